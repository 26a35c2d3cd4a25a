import assert from 'node:assert/strict';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectLockConfigurationCommand,
  GetObjectLegalHoldCommand,
  GetObjectRetentionCommand,
  HeadObjectCommand,
  type ObjectLockRule,
  PutObjectLegalHoldCommand,
  PutObjectLockConfigurationCommand,
  PutObjectRetentionCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { type Check, copySource, refused, type Subject } from '../subject';

const OVERVIEW = 'userguide/object-lock.html';
const CONSIDERATIONS = 'userguide/object-lock-managing.html';

const tomorrow = () => new Date(Math.ceil(Date.now() / 1000) * 1000 + 24 * 3600_000);

function check(
  name: string,
  page: string,
  run: (subject: Subject, bucket: string) => Promise<void>,
): Check {
  return {
    name,
    page,
    run: async (subject) => run(subject, await subject.bucket({ objectLock: true })),
  };
}

function remove(
  subject: Subject,
  bucket: string,
  VersionId?: string,
  BypassGovernanceRetention?: boolean,
) {
  return subject.client.send(
    new DeleteObjectCommand({ Bucket: bucket, Key: 'key', VersionId, BypassGovernanceRetention }),
  );
}

/** Sets the defaults of the bucket. */
function configure(subject: Subject, bucket: string, Rule?: ObjectLockRule) {
  return subject.client.send(
    new PutObjectLockConfigurationCommand({
      Bucket: bucket,
      ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled', Rule },
    }),
  );
}

async function ruleOf(subject: Subject, bucket: string): Promise<ObjectLockRule | undefined> {
  const { ObjectLockConfiguration } = await subject.client.send(
    new GetObjectLockConfigurationCommand({ Bucket: bucket }),
  );
  return ObjectLockConfiguration?.Rule;
}

async function lockOf(subject: Subject, bucket: string, key = 'key') {
  const head = await subject.client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
  const { ObjectLockRetainUntilDate: until, LastModified } = head;
  const days = until && Math.round((until.getTime() - LastModified!.getTime()) / 24 / 3600_000);
  return {
    mode: head.ObjectLockMode,
    days,
    hold: head.ObjectLockEventHold && head.ObjectLockEventHoldDurationDays,
  };
}

async function uploadInParts(subject: Subject, bucket: string): Promise<void> {
  const upload = { Bucket: bucket, Key: 'parts' };
  const { UploadId } = await subject.client.send(new CreateMultipartUploadCommand(upload));
  const part = { ...upload, UploadId, PartNumber: 1 };
  const { ETag } = await subject.client.send(new UploadPartCommand({ ...part, Body: 'x' }));
  const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
  await subject.client.send(
    new CompleteMultipartUploadCommand({ ...upload, UploadId, MultipartUpload }),
  );
}

const DEFAULT_RETENTION: ObjectLockRule = { DefaultRetention: { Mode: 'GOVERNANCE', Days: 3 } };
const DEFAULT_HOLD: ObjectLockRule = { DefaultRetention: { DefaultEventHold: { Days: 5 } } };
const RULE = 'API/API_ObjectLockRule.html';

export const locks: Check[] = [
  check('a retained version cannot be deleted', OVERVIEW, async (subject, bucket) => {
    const { versionId } = await subject.put(bucket, 'key', 'x', {
      ObjectLockMode: 'COMPLIANCE',
      ObjectLockRetainUntilDate: tomorrow(),
    });
    await refused(remove(subject, bucket, versionId), { status: 403, code: 'AccessDenied' });
  }),
  check(
    'a retained object can be hidden by a delete marker',
    CONSIDERATIONS,
    async (subject, bucket) => {
      const { versionId } = await subject.put(bucket, 'key', 'x', {
        ObjectLockMode: 'COMPLIANCE',
        ObjectLockRetainUntilDate: tomorrow(),
      });
      assert.equal((await remove(subject, bucket)).DeleteMarker, true);
      await subject.client.send(
        new HeadObjectCommand({ Bucket: bucket, Key: 'key', VersionId: versionId }),
      );
    },
  ),
  check(
    'a retained version in a bulk delete is AccessDenied inside the 200',
    OVERVIEW,
    async (subject, bucket) => {
      const { versionId } = await subject.put(bucket, 'key', 'x', {
        ObjectLockMode: 'GOVERNANCE',
        ObjectLockRetainUntilDate: tomorrow(),
      });
      const output = await subject.client.send(
        new DeleteObjectsCommand({
          Bucket: bucket,
          Delete: { Objects: [{ Key: 'key', VersionId: versionId }] },
        }),
      );
      assert.deepEqual(
        output.Errors?.map(({ Code }) => Code),
        ['AccessDenied'],
      );
    },
  ),
  check('governance can be bypassed, compliance cannot', OVERVIEW, async (subject, bucket) => {
    const until = { ObjectLockRetainUntilDate: tomorrow() };
    const governed = await subject.put(bucket, 'key', 'x', {
      ObjectLockMode: 'GOVERNANCE',
      ...until,
    });
    const complied = await subject.put(bucket, 'key', 'x', {
      ObjectLockMode: 'COMPLIANCE',
      ...until,
    });
    await remove(subject, bucket, governed.versionId, true);
    await refused(remove(subject, bucket, complied.versionId, true), {
      status: 403,
      code: 'AccessDenied',
    });
  }),
  check('a legal hold keeps a version until it is lifted', OVERVIEW, async (subject, bucket) => {
    const { versionId } = await subject.put(bucket, 'key', 'x', {
      ObjectLockLegalHoldStatus: 'ON',
    });
    await refused(remove(subject, bucket, versionId), { status: 403, code: 'AccessDenied' });
    await subject.client.send(
      new PutObjectLegalHoldCommand({ Bucket: bucket, Key: 'key', LegalHold: { Status: 'OFF' } }),
    );
    const { LegalHold } = await subject.client.send(
      new GetObjectLegalHoldCommand({ Bucket: bucket, Key: 'key' }),
    );
    assert.equal(LegalHold?.Status, 'OFF');
    await remove(subject, bucket, versionId);
  }),
  check(
    'an event hold keeps a version, and its duration begins when it is released',
    'API/API_control_S3ObjectLockEventHoldDuration.html',
    async (subject, bucket) => {
      const { versionId } = await subject.put(bucket, 'key', 'x', {
        ObjectLockEventHold: 'ON',
        ObjectLockEventHoldDurationDays: 2,
      });
      await refused(remove(subject, bucket, versionId), { status: 403, code: 'AccessDenied' });
      const head = await subject.client.send(new HeadObjectCommand({ Bucket: bucket, Key: 'key' }));
      assert.deepEqual(
        [
          head.ObjectLockEventHold,
          head.ObjectLockEventHoldDurationDays,
          head.ObjectLockEventHoldDurationYears,
        ],
        ['ON', 2, undefined],
      );
      await subject.client.send(
        new PutObjectRetentionCommand({
          Bucket: bucket,
          Key: 'key',
          Retention: { EventHold: 'OFF' },
        }),
      );
      const { Retention } = await subject.client.send(
        new GetObjectRetentionCommand({ Bucket: bucket, Key: 'key' }),
      );
      assert.ok(Retention!.RetainUntilDate! > tomorrow());
      await refused(remove(subject, bucket, versionId), { status: 403, code: 'AccessDenied' });
    },
  ),
  check(
    'an event hold has one duration, in days or in years, within limits',
    'API/API_CopyObject.html',
    async (subject, bucket) => {
      const wrong = [
        { ObjectLockEventHoldDurationDays: 1, ObjectLockEventHoldDurationYears: 1 },
        {},
        { ObjectLockEventHoldDurationDays: 36_501 },
        { ObjectLockEventHoldDurationYears: 101 },
        { ObjectLockEventHoldDurationDays: 0 },
      ];
      for (const duration of wrong) {
        await refused(subject.put(bucket, 'key', 'x', { ObjectLockEventHold: 'ON', ...duration }), {
          status: 400,
          code: 'InvalidArgument',
        });
      }
      await subject.put(bucket, 'key', 'x', {
        ObjectLockEventHold: 'ON',
        ObjectLockEventHoldDurationYears: 100,
      });
    },
  ),
  check('a retention can be extended, not shortened', OVERVIEW, async (subject, bucket) => {
    const until = tomorrow();
    await subject.put(bucket, 'key', 'x', {
      ObjectLockMode: 'COMPLIANCE',
      ObjectLockRetainUntilDate: until,
    });
    const retain = (RetainUntilDate: Date) =>
      subject.client.send(
        new PutObjectRetentionCommand({
          Bucket: bucket,
          Key: 'key',
          Retention: { Mode: 'COMPLIANCE', RetainUntilDate },
        }),
      );
    await refused(retain(new Date(until.getTime() - 3600_000)), {
      status: 403,
      code: 'AccessDenied',
    });
    const later = new Date(until.getTime() + 3600_000);
    await retain(later);
    const { Retention } = await subject.client.send(
      new GetObjectRetentionCommand({ Bucket: bucket, Key: 'key' }),
    );
    assert.deepEqual(Retention, { Mode: 'COMPLIANCE', RetainUntilDate: later });
  }),
  check(
    'a HEAD tells retention and legal hold',
    'API/API_HeadObject.html',
    async (subject, bucket) => {
      const until = tomorrow();
      await subject.put(bucket, 'key', 'x', {
        ObjectLockMode: 'GOVERNANCE',
        ObjectLockRetainUntilDate: until,
        ObjectLockLegalHoldStatus: 'ON',
      });
      const output = await subject.client.send(
        new HeadObjectCommand({ Bucket: bucket, Key: 'key' }),
      );
      assert.equal(output.ObjectLockMode, 'GOVERNANCE');
      assert.deepEqual(output.ObjectLockRetainUntilDate, until);
      assert.equal(output.ObjectLockLegalHoldStatus, 'ON');
    },
  ),
  check(
    'a copy is locked as its request says, not as its source was',
    'API/API_CopyObject.html',
    async (subject, bucket) => {
      await subject.put(bucket, 'key', 'x', { ObjectLockLegalHoldStatus: 'ON' });
      await subject.client.send(
        new CopyObjectCommand({
          Bucket: bucket,
          Key: 'copy',
          CopySource: copySource(bucket, 'key'),
        }),
      );
      assert.equal(
        (await subject.client.send(new HeadObjectCommand({ Bucket: bucket, Key: 'copy' })))
          .ObjectLockLegalHoldStatus,
        undefined,
      );
      await subject.client.send(
        new CopyObjectCommand({
          Bucket: bucket,
          Key: 'copy',
          CopySource: copySource(bucket, 'key'),
          ObjectLockMode: 'GOVERNANCE',
          ObjectLockRetainUntilDate: tomorrow(),
        }),
      );
      assert.equal(
        (await subject.client.send(new HeadObjectCommand({ Bucket: bucket, Key: 'copy' })))
          .ObjectLockMode,
        'GOVERNANCE',
      );
    },
  ),
  check(
    'the default retention of a bucket is kept, and can be removed',
    RULE,
    async (subject, bucket) => {
      assert.equal(await ruleOf(subject, bucket), undefined);
      await configure(subject, bucket, DEFAULT_RETENTION);
      assert.deepEqual(await ruleOf(subject, bucket), DEFAULT_RETENTION);
      await configure(subject, bucket);
      assert.equal(await ruleOf(subject, bucket), undefined);
    },
  ),
  check(
    'the default event hold of a bucket is kept, alone or with retention',
    RULE,
    async (subject, bucket) => {
      await configure(subject, bucket, DEFAULT_HOLD);
      assert.deepEqual(await ruleOf(subject, bucket), DEFAULT_HOLD);
      const both = {
        DefaultRetention: { Mode: 'COMPLIANCE' as const, Years: 1, DefaultEventHold: { Years: 2 } },
      };
      await configure(subject, bucket, both);
      assert.deepEqual(await ruleOf(subject, bucket), both);
    },
  ),
  check(
    'a default has days or years, and a mode goes with a period',
    RULE,
    async (subject, bucket) => {
      for (const DefaultRetention of [
        { Mode: 'GOVERNANCE' as const, Days: 1, Years: 1 },
        { Mode: 'GOVERNANCE' as const },
        { Days: 1 },
      ]) {
        await refused(configure(subject, bucket, { DefaultRetention }), {
          status: 400,
          code: ['MalformedXML', 'InvalidArgument'],
        });
      }
    },
  ),
  check(
    'a put, a copy and an upload in parts get the default retention',
    OVERVIEW,
    async (subject, bucket) => {
      await configure(subject, bucket, DEFAULT_RETENTION);
      await subject.put(bucket, 'key');
      const CopySource = copySource(bucket, 'key');
      await subject.client.send(new CopyObjectCommand({ Bucket: bucket, Key: 'copy', CopySource }));
      await uploadInParts(subject, bucket);
      for (const key of ['key', 'copy', 'parts']) {
        const { mode, days } = await lockOf(subject, bucket, key);
        assert.deepEqual([mode, days], ['GOVERNANCE', 3]);
      }
    },
  ),
  check(
    'a put, a copy and an upload in parts get the default event hold',
    RULE,
    async (subject, bucket) => {
      await configure(subject, bucket, DEFAULT_HOLD);
      await subject.put(bucket, 'key');
      const CopySource = copySource(bucket, 'key');
      await subject.client.send(new CopyObjectCommand({ Bucket: bucket, Key: 'copy', CopySource }));
      await uploadInParts(subject, bucket);
      for (const key of ['key', 'copy', 'parts']) {
        assert.deepEqual(await lockOf(subject, bucket, key), {
          mode: undefined,
          days: undefined,
          hold: 5,
        });
      }
    },
  ),
  check(
    'an upload that states a retention has no default event hold',
    OVERVIEW,
    async (subject, bucket) => {
      await configure(subject, bucket, DEFAULT_HOLD);
      const until = {
        ObjectLockMode: 'GOVERNANCE',
        ObjectLockRetainUntilDate: tomorrow(),
      } as const;
      await subject.put(bucket, 'key', 'x', until);
      assert.deepEqual(await lockOf(subject, bucket), {
        mode: 'GOVERNANCE',
        days: 1,
        hold: undefined,
      });
      const CopySource = copySource(bucket, 'key');
      await subject.client.send(
        new CopyObjectCommand({ Bucket: bucket, Key: 'copy', CopySource, ...until }),
      );
      assert.deepEqual(await lockOf(subject, bucket, 'copy'), {
        mode: 'GOVERNANCE',
        days: 1,
        hold: undefined,
      });
    },
  ),
  check('a mode without a date is refused', 'API/API_PutObject.html', async (subject, bucket) => {
    await refused(subject.put(bucket, 'key', 'x', { ObjectLockMode: 'GOVERNANCE' }), {
      status: 400,
      code: ['InvalidArgument', 'InvalidRequest'],
    });
  }),
  check('lock headers need a bucket with Object Lock', OVERVIEW, async (subject) => {
    const plain = await subject.bucket();
    await refused(subject.put(plain, 'key', 'x', { ObjectLockLegalHoldStatus: 'ON' }), {
      status: 400,
      code: 'InvalidRequest',
    });
  }),
];
