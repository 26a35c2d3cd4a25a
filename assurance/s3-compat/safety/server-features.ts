import * as assert from 'node:assert';
import { createHash } from 'node:crypto';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  type CopyObjectCommandInput,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { copySource } from '../../../src/lambda/move/multipart-copy';

const WRONG_ETAG = '"00000000000000000000000000000000"';
const KMS_KEY = 'arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555';

/** Tests a server in a bucket of its own. */
class Probe {
  constructor(
    readonly s3: S3Client,
    readonly bucket: string,
  ) {}

  put(key: string, more: Partial<PutObjectCommandInput> = {}) {
    return this.s3.send(
      new PutObjectCommand({ Bucket: this.bucket, Key: key, Body: key, ...more }),
    );
  }

  copy(from: string, to: string, more: Partial<CopyObjectCommandInput> = {}) {
    return this.s3.send(
      new CopyObjectCommand({
        Bucket: this.bucket,
        Key: to,
        CopySource: copySource(this.bucket, from),
        ...more,
      }),
    );
  }

  head(key: string) {
    return this.s3.send(
      new HeadObjectCommand({ Bucket: this.bucket, Key: key, ChecksumMode: 'ENABLED' }),
    );
  }

  async tags(key: string) {
    return (await this.s3.send(new GetObjectTaggingCommand({ Bucket: this.bucket, Key: key })))
      .TagSet;
  }

  /** Makes a multipart copy of one part. */
  async copyInParts(
    from: string,
    to: string,
    more: Partial<CreateMultipartUploadCommandInput> = {},
    conditions: { part?: object; complete?: object } = {},
  ) {
    const target = { Bucket: this.bucket, Key: to };
    const { UploadId } = await this.s3.send(
      new CreateMultipartUploadCommand({ ...target, ...more }),
    );
    const { CopyPartResult } = await this.s3.send(
      new UploadPartCopyCommand({
        ...target,
        UploadId,
        PartNumber: 1,
        CopySource: copySource(this.bucket, from),
        ...conditions.part,
      }),
    );
    await this.s3.send(
      new CompleteMultipartUploadCommand({
        ...target,
        UploadId,
        MultipartUpload: { Parts: [{ PartNumber: 1, ETag: CopyPartResult!.ETag }] },
        ...conditions.complete,
      }),
    );
  }

  async keeps(key: string): Promise<void> {
    await this.put(key);
    const listed = await this.s3.send(
      new ListObjectsV2Command({ Bucket: this.bucket, Prefix: key }),
    );
    assert.deepStrictEqual(
      listed.Contents?.map(({ Key }) => Key),
      [key],
    );
    const copy = `copy/${key}`;
    await this.copy(key, copy);
    const { Body } = await this.s3.send(new GetObjectCommand({ Bucket: this.bucket, Key: copy }));
    assert.strictEqual(await Body!.transformToString(), key);
    await this.s3.send(new DeleteObjectCommand({ Bucket: this.bucket, Key: key }));
    await refused(this.head(key));
  }
}

async function refused(request: Promise<unknown>): Promise<void> {
  const accepted = await request.then(
    () => true,
    () => false,
  );
  assert.ok(!accepted, 'accepted');
}

export const HEADERS = {
  ContentType: 'text/csv',
  CacheControl: 'max-age=60, private',
  ContentDisposition: 'attachment; filename="a b.csv"',
  ContentEncoding: 'gzip',
  ContentLanguage: 'de, en',
  Expires: new Date('2030-01-02T03:04:05Z'),
};
export const METADATA = { owner: 'ops', 'with-dash': 'a b=c;d', upper: 'MiXeD' };
export const TAGS = { team: 'data', 'a b': 'c+d', 'e/f': '' };
export const TAGGING = Object.entries(TAGS)
  .map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`)
  .join('&');

async function demandHeaders(probe: Probe, key: string): Promise<void> {
  const {
    ContentType,
    CacheControl,
    ContentDisposition,
    ContentEncoding,
    ContentLanguage,
    ExpiresString,
  } = await probe.head(key);
  assert.deepStrictEqual(
    {
      ContentType,
      CacheControl,
      ContentDisposition,
      ContentEncoding,
      ContentLanguage,
      Expires: new Date(ExpiresString ?? ''),
    },
    HEADERS,
  );
}

/**
 * Each entry describes, for the table, something that a server may or may not do, and how to find
 * out. The probe throws an error if the server does not do it.
 */
const PROBES = {
  copySourceIfMatch: [
    'refuses a copy whose source has another ETag',
    async (probe) => {
      await probe.put('a');
      await refused(probe.copy('a', 'new', { CopySourceIfMatch: WRONG_ETAG }));
    },
  ],
  copyIfNoneMatch: [
    'refuses a copy over an object, with If-None-Match',
    async (probe) => {
      await probe.put('a');
      await probe.put('taken');
      await refused(probe.copy('a', 'taken', { IfNoneMatch: '*' }));
    },
  ],
  partIfMatch: [
    'refuses a part whose source has another ETag',
    async (probe) => {
      await probe.put('a');
      await refused(
        probe.copyInParts('a', 'new-parts', {}, { part: { CopySourceIfMatch: WRONG_ETAG } }),
      );
    },
  ],
  putIfNoneMatch: [
    'refuses a PUT over an object, with If-None-Match',
    async (probe) => {
      await probe.put('taken');
      await probe.put('free', { IfNoneMatch: '*' });
      await refused(probe.put('taken', { IfNoneMatch: '*' }));
    },
  ],
  putChecksum: [
    'says the SHA-256 with which an object was put',
    async (probe) => {
      const ChecksumSHA256 = createHash('sha256').update('a').digest('base64');
      await probe.put('a', { ChecksumSHA256 });
      assert.strictEqual((await probe.head('a')).ChecksumSHA256, ChecksumSHA256);
    },
  ],
  completeIfNoneMatch: [
    'refuses a multipart copy over an object, with If-None-Match',
    async (probe) => {
      await probe.put('a');
      await probe.put('taken');
      await refused(probe.copyInParts('a', 'taken', {}, { complete: { IfNoneMatch: '*' } }));
    },
  ],
  deleteEtag: [
    'refuses, in DeleteObjects, a key that has another ETag',
    async (probe) => {
      await probe.put('changed');
      const { Errors = [] } = await probe.s3.send(
        new DeleteObjectsCommand({
          Bucket: probe.bucket,
          Delete: { Objects: [{ Key: 'changed', ETag: WRONG_ETAG }] },
        }),
      );
      assert.strictEqual(Errors.length, 1);
      await probe.head('changed');
    },
  ],
  headers: [
    'keeps content headers',
    async (probe) => {
      await probe.put('headers', HEADERS);
      await probe.copy('headers', 'headers-copy');
      await demandHeaders(probe, 'headers-copy');
    },
  ],
  partsHeaders: [
    'keeps content headers of multipart uploads',
    async (probe) => {
      await probe.put('a');
      await probe.copyInParts('a', 'headers-parts', HEADERS);
      await demandHeaders(probe, 'headers-parts');
    },
  ],
  metadata: [
    'keeps user metadata',
    async (probe) => {
      await probe.put('metadata', { Metadata: METADATA });
      await probe.copy('metadata', 'metadata-copy');
      assert.deepStrictEqual((await probe.head('metadata-copy')).Metadata, METADATA);
    },
  ],
  partsMetadata: [
    'keeps user metadata of multipart uploads',
    async (probe) => {
      await probe.put('a');
      await probe.copyInParts('a', 'metadata-parts', { Metadata: METADATA });
      assert.deepStrictEqual((await probe.head('metadata-parts')).Metadata, METADATA);
    },
  ],
  tags: [
    'copies tags',
    async (probe) => {
      await probe.put('tags', { Tagging: TAGGING });
      const before = await probe.tags('tags');
      await probe.copy('tags', 'tags-copy');
      assert.deepStrictEqual([before?.length, await probe.tags('tags-copy')], [3, before]);
    },
  ],
  partsTags: [
    'keeps tags of multipart uploads',
    async (probe) => {
      await probe.put('a');
      await probe.copyInParts('a', 'tags-parts', { Tagging: TAGGING });
      assert.strictEqual((await probe.tags('tags-parts'))?.length, 3);
    },
  ],
  checksum: [
    'copies the checksum of an object',
    async (probe) => {
      await probe.put('checksum', {
        ...HEADERS,
        Metadata: METADATA,
        Tagging: TAGGING,
        ChecksumAlgorithm: 'CRC32',
      });
      await probe.copy('checksum', 'checksum-copy');
      const [before, after] = [await probe.head('checksum'), await probe.head('checksum-copy')];
      assert.ok(before.ChecksumCRC32);
      assert.strictEqual(after.ChecksumCRC32, before.ChecksumCRC32);
    },
  ],
  partsChecksum: [
    'tells the type of a checksum, and keeps it in a multipart copy',
    async (probe) => {
      // The content is large, because servers store small contents in a different way.
      await probe.put('checksum', {
        Body: Buffer.alloc(11 * 1024 ** 2),
        ChecksumAlgorithm: 'CRC32',
      });
      const { ChecksumCRC32, ChecksumType } = await probe.head('checksum');
      assert.strictEqual(ChecksumType, 'FULL_OBJECT');
      const type = { ChecksumType: 'FULL_OBJECT' as const };
      await probe.copyInParts(
        'checksum',
        'checksum-parts',
        { ChecksumAlgorithm: 'CRC32', ...type },
        { complete: { ChecksumCRC32, ...type } },
      );
      assert.ok(ChecksumCRC32);
      assert.strictEqual((await probe.head('checksum-parts')).ChecksumCRC32, ChecksumCRC32);
    },
  ],
  storageClass: [
    'has storage classes',
    async (probe) => {
      await probe.put('a');
      await probe.copy('a', 'class', { StorageClass: 'GLACIER_IR' });
      assert.strictEqual((await probe.head('class')).StorageClass, 'GLACIER_IR');
    },
  ],
  partsStorageClass: [
    'has storage classes of multipart uploads',
    async (probe) => {
      await probe.put('a');
      await probe.copyInParts('a', 'class-parts', { StorageClass: 'GLACIER_IR' });
      assert.strictEqual((await probe.head('class-parts')).StorageClass, 'GLACIER_IR');
    },
  ],
  kms: [
    'encrypts copies with a key of KMS',
    async (probe) => {
      await probe.put('a');
      await probe.copy('a', 'kms', { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: KMS_KEY });
      const { ServerSideEncryption, SSEKMSKeyId } = await probe.head('kms');
      assert.deepStrictEqual([ServerSideEncryption, SSEKMSKeyId], ['aws:kms', KMS_KEY]);
    },
  ],
  versioning: [
    'keeps versions',
    async (probe) => {
      await probe.s3.send(
        new PutBucketVersioningCommand({
          Bucket: probe.bucket,
          VersioningConfiguration: { Status: 'Enabled' },
        }),
      );
      await probe.put('versions');
      await probe.put('versions');
      await probe.s3.send(
        new DeleteObjectsCommand({
          Bucket: probe.bucket,
          Delete: { Objects: [{ Key: 'versions' }] },
        }),
      );
      const { Versions, DeleteMarkers } = await probe.s3.send(
        new ListObjectVersionsCommand({ Bucket: probe.bucket, Prefix: 'versions' }),
      );
      assert.deepStrictEqual([Versions?.length, DeleteMarkers?.length], [2, 1]);
    },
  ],
  suspended: [
    'has suspended versioning',
    async (probe) => {
      for (const Status of ['Enabled', 'Suspended'] as const) {
        await probe.s3.send(
          new PutBucketVersioningCommand({
            Bucket: probe.bucket,
            VersioningConfiguration: { Status },
          }),
        );
        await probe.put('suspended');
      }
      await probe.put('suspended');
      const { Versions } = await probe.s3.send(
        new ListObjectVersionsCommand({ Bucket: probe.bucket, Prefix: 'suspended' }),
      );
      assert.deepStrictEqual(
        Versions?.map(({ VersionId }) => VersionId === 'null'),
        [true, false],
      );
    },
  ],
  dotKeys: [
    'keeps keys with the segments . and ..',
    async (probe) => {
      for (const key of ['k/./x', 'k/../y', 'k/.', 'k/..']) {
        await probe.keeps(key);
      }
    },
  ],
  slashKeys: [
    'keeps keys with empty segments',
    async (probe) => {
      for (const key of ['k//x', 'k///y', 'k/z//w']) {
        await probe.keeps(key);
      }
    },
  ],
  longKeys: [
    'keeps keys of 1,000 bytes in one segment',
    (probe) => probe.keeps(`k/${'n'.repeat(998)}`),
  ],
  controlKeys: ['keeps keys with control characters', (probe) => probe.keeps('k/\u0001x')],
  signKeys: [
    'keeps keys with + % # ? & = ; quotes, angle brackets and spaces',
    (probe) => probe.keeps('k/ +%2B#?&=;"<b>\'x'),
  ],
  unicodeKeys: ['keeps keys with accents and emoji', (probe) => probe.keeps('k/é ä 🚀')],
} satisfies Record<string, [string, (probe: Probe) => Promise<unknown>]>;

export type Feature = keyof typeof PROBES;

export const FEATURES = Object.keys(PROBES) as Feature[];

export function describeFeature(feature: Feature): string {
  return PROBES[feature][0];
}

/** Returns the features that the server supports. */
export async function findSupportedFeatures(s3: S3Client): Promise<Set<Feature>> {
  const supported = new Set<Feature>();
  for (const [i, feature] of FEATURES.entries()) {
    const bucket = `probe-${Date.now().toString(36)}-${i}`;
    await s3.send(new CreateBucketCommand({ Bucket: bucket }));
    const holds = await PROBES[feature][1](new Probe(s3, bucket)).then(
      () => true,
      () => false,
    );
    if (holds) {
      supported.add(feature);
    }
  }
  return supported;
}
