import {
  DescribeExecutionCommand,
  type DescribeExecutionOutput,
  RedriveExecutionCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { InvocationHook } from '../../packages/engine/src/lambda/host';
import type { VerifyCounts } from '../../packages/sandbox/src';
import type { LedgerLine } from '../../src/contract/payloads/ledger-line';
import { expectSchema, schemaErrors, VERIFICATION_SCHEMA } from '../helpers/report-schema';
import { rehearse, type Rehearsal } from '../helpers/run-in-sandbox';

const COUNTS: VerifyCounts = {
  listed: 0,
  present: 0,
  changed: 0,
  missing: 0,
  unproven: 0,
  skipped: 0,
};
const DAY = '2026-11-24';
const NEXT = { now: '2026-11-26T01:00:00Z' };

describe('a verification', () => {
  let rehearsal: Rehearsal;
  beforeAll(async () => {
    rehearsal = await rehearse({ batchSize: 10 });
  });
  beforeEach(() => rehearsal.startOver());
  afterEach(() => expectSchema(rehearsal.ledger()));
  afterAll(() => rehearsal.close());

  const archived = (name: string) => `archive/2026/11/24/${name}-${DAY}.log`;
  const store = () => rehearsal.sandbox.s3!.store;
  const verify = (input: object = {}, name?: string) =>
    rehearsal.sandbox.run<VerifyCounts>({
      ...NEXT,
      name,
      input: { action: 'verify', date: DAY, ...input },
    });
  async function archive(
    names: readonly string[],
    name = 'nightly',
    now = '2026-11-25T01:00:00Z',
    content = 'content',
  ): Promise<void> {
    for (const each of names) {
      rehearsal.put(`incoming/${each}-${DAY}.log`, `${content} of ${each}`);
    }
    const { counts } = await rehearsal.sandbox.run({ now, name });
    expect(counts!.archived).toBe(names.length);
  }
  const names = Array.from({ length: 30 }, (_, i) => `n${String(i).padStart(2, '0')}`);

  test.each([[{}], [{ deep: true }]])(
    'finds what a run archived, and sends no message (%j)',
    async (input) => {
      await archive(names);
      const before = rehearsal.archive();
      const summary = await verify(input);
      expect(summary).toMatchObject({
        status: 'SUCCEEDED',
        action: 'verify',
        counts: { ...COUNTS, listed: 30, present: 30 },
        alerts: [],
      });
      expect(rehearsal.archive()).toEqual(before);
    },
  );

  test.each([[{}], [{ deep: true }]])(
    'finds exactly what was removed or replaced, and sends one message (%j)',
    async (input) => {
      await archive(names);
      store().delete('source', archived('n03'));
      store().put('source', archived('n07'), 'other content');
      store().put('source', archived('n11'), 'content of n12');
      // The same bytes, written again the same way, are the same object.
      store().put('source', archived('n15'), 'content of n15');
      const { status, error, counts, alerts, report } = await verify(input);
      expect({ status, error, counts }).toEqual({
        status: 'FAILED',
        error: 'ObjectsUnaccounted',
        counts: { ...COUNTS, listed: 30, present: 27, changed: 2, missing: 1 },
      });
      expect(alerts).toHaveLength(1);
      expect(alerts[0].subject).toBe(
        `Verification FAILED, 1 missing, 2 changed: ${DAY} (Rehearsal/Archiver)`,
      );
      for (const text of [
        archived('n03'),
        archived('n07'),
        archived('n11'),
        'aws s3api list-object-versions --bucket source',
        '{"action":"verify"',
      ]) {
        expect(alerts[0].message).toContain(text);
      }
      expect(alerts[0].message).not.toContain('n15');
      expect(
        rehearsal
          .ledger()
          .map(({ status: found }) => String(found))
          .filter((found) => found !== 'archived')
          .sort(),
      ).toEqual(['changed', 'changed', 'missing']);
      const written = JSON.parse(
        store().get(report!.bucket, report!.key)!.body.bytes().toString(),
      ) as object;
      expect(written).toMatchObject({ action: 'verify', counts, deep: 'deep' in input });
      expect(schemaErrors(written, VERIFICATION_SCHEMA)).toEqual([]);
    },
  );

  test('finds a loss although the key was written and archived again', async () => {
    await archive(names);
    store().delete('source', archived('n03'));
    await archive(['n03'], 'again', '2026-11-25T02:00:00Z', 'newer content');
    // Today's copy is in the archive. The first one is lost.
    expect(await verify({ run: 'nightly', date: undefined })).toMatchObject({
      status: 'FAILED',
      counts: { ...COUNTS, listed: 30, present: 29, changed: 1 },
    });
    expect(await verify()).toMatchObject({
      status: 'FAILED',
      error: 'ObjectsUnaccounted',
      counts: { ...COUNTS, listed: 31, present: 30, changed: 1 },
    });
    store().delete('source', archived('n03'));
    expect(await verify()).toMatchObject({
      status: 'FAILED',
      counts: { ...COUNTS, listed: 31, present: 29, missing: 2 },
    });
  });

  test('finds what is lost although a later run had found it in the archive, and counts it once', async () => {
    await archive(names);
    // As where sources are kept: the second run copies nothing, and its ledger has a line of the
    // same object.
    store().put('source', `incoming/n03-${DAY}.log`, 'content of n03');
    await rehearsal.sandbox.run({ now: '2026-11-25T02:00:00Z', name: 'again' });
    expect(await verify()).toMatchObject({
      status: 'SUCCEEDED',
      counts: { ...COUNTS, listed: 30, present: 30 },
    });
    store().delete('source', archived('n03'));
    expect(await verify({ run: 'nightly', date: undefined })).toMatchObject({
      status: 'FAILED',
      counts: { listed: 30, present: 29, missing: 1 },
    });
    expect(await verify()).toMatchObject({
      status: 'FAILED',
      counts: { ...COUNTS, listed: 30, present: 29, missing: 1 },
    });
  });

  test('finds a loss of an earlier version, which a source that was rewritten after its copy has', async () => {
    await archive(names);
    // As a batch writes it when the source was rewritten after its copy: the new content stays at
    // the source.
    const [key] = store().keys(
      rehearsal.sandbox.reportBucket,
      `runs/ledger/day=${DAY}/run=nightly/`,
    );
    const lines = store()
      .get(rehearsal.sandbox.reportBucket, key)!
      .body.bytes()
      .toString()
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as LedgerLine);
    const [{ destination, etag, size, day, archivedEtag, ...line }, ...others] = lines;
    const rewritten = {
      ...line,
      status: 'conflicting',
      code: 'SOURCE_CHANGED',
      destination,
      etag: '"new"',
      size,
      day,
      earlier: [{ destination, etag, size, day, archivedEtag }],
    };
    store().put(
      rehearsal.sandbox.reportBucket,
      key,
      [rewritten, ...others].map((each) => `${JSON.stringify(each)}\n`).join(''),
    );
    expect(await verify()).toMatchObject({
      status: 'SUCCEEDED',
      counts: { ...COUNTS, listed: 30, present: 30 },
    });
    store().delete('source', destination);
    expect(await verify()).toMatchObject({
      status: 'FAILED',
      counts: { ...COUNTS, listed: 30, present: 29, missing: 1 },
    });
  });

  test('names the part of a ledger that is gone, and counts its lines as unproven', async () => {
    await archive(names);
    const [key] = store().keys(
      rehearsal.sandbox.reportBucket,
      `runs/ledger/day=${DAY}/run=nightly/`,
    );
    store().delete(rehearsal.sandbox.reportBucket, key);
    const { status, counts, alerts } = await verify();
    expect({ status, counts }).toEqual({
      status: 'SUCCEEDED',
      counts: { ...COUNTS, listed: 30, present: 20, unproven: 10 },
    });
    expect(alerts).toEqual([
      {
        subject: `Verification incomplete, 10 unproven: ${DAY} (Rehearsal/Archiver)`,
        message: expect.stringContaining(
          `10 lines of s3://${rehearsal.sandbox.reportBucket}/${key}`,
        ),
      },
    ]);
    expect((await verify({ dryRun: true })).counts).toEqual({
      ...COUNTS,
      listed: 30,
      present: 20,
      unproven: 10,
    });
  });

  test('a dry run says what the verification would cost, and looks at nothing', async () => {
    await archive(names);
    store().delete('source', archived('n03'));
    const { counts, alerts, status, requests } = await verify({ dryRun: true });
    expect({ status, counts }).toEqual({
      status: 'SUCCEEDED',
      counts: { ...COUNTS, listed: 30, present: 30 },
    });
    expect(requests.HeadObject ?? 0).toBe(0);
    expect(alerts).toEqual([
      {
        subject: expect.stringMatching(/^Dry run of a verification, 30 objects/),
        message: expect.stringContaining('would cost about $'),
      },
    ]);
  });

  test('is refused for days without a ledger, and says which days have one', async () => {
    await archive(names);
    const { status, cause, alerts } = await verify({ date: '2026-11-20' });
    expect([status, cause]).toEqual([
      'FAILED',
      expect.stringContaining(`the latest days that have one are ${DAY}`),
    ]);
    expect(alerts[0].message).toContain('"action":"verify"');
  });
});

describe('a verification of a run', () => {
  let rehearsal: Rehearsal;
  let onReport: (hook: InvocationHook) => void;
  let beforePut: (key: string) => Promise<void>;
  beforeEach(async () => {
    onReport = () => undefined;
    beforePut = async () => undefined;
    rehearsal = await rehearse(
      { batchSize: 10, retryPolicy: { maxAttempts: 0 } },
      {
        onInvoke: (hook) => {
          if (hook.logicalId.includes('ReportRun')) {
            onReport(hook);
          }
        },
        s3: {
          hooks: {
            before: async ({ operation, key }) => {
              if (operation === 'PutObject') {
                await beforePut(key!);
              }
              return undefined;
            },
          },
        },
      },
    );
    for (let i = 0; i < 12; i++) {
      rehearsal.put(`incoming/n${i}-${DAY}.log`);
    }
  });
  afterEach(() => rehearsal.close());
  const verify = () =>
    rehearsal.sandbox.run<VerifyCounts>({ ...NEXT, input: { action: 'verify', date: DAY } });
  const connect = () =>
    new SFNClient({
      endpoint: rehearsal.sandbox.awsEndpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'x', secretAccessKey: 'y' },
    });
  const archive = () => rehearsal.sandbox.run({ now: '2026-11-25T01:00:00Z', name: 'nightly' });

  test(
    'that ended without a report reads its ledger, and says what is not proven until a redrive ' +
      'writes the report',
    async () => {
      onReport = ({ kill }) => {
        onReport = () => undefined;
        kill();
      };
      const crashed = await archive();
      expect(crashed.status).toBe('FAILED');
      const { status, counts, alerts } = await verify();
      expect({ status, counts }).toEqual({
        status: 'SUCCEEDED',
        counts: { ...COUNTS, listed: 12, present: 12 },
      });
      expect(alerts).toEqual([
        {
          subject: `Verification incomplete, 1 run without a report: ${DAY} (Rehearsal/Archiver)`,
          message: expect.stringContaining('aws stepfunctions redrive-execution'),
        },
      ]);

      await connect().send(
        new RedriveExecutionCommand({
          executionArn: /redrive-execution .*--execution-arn (\S+)/.exec(alerts[0].message)![1],
        }),
      );
      await rehearsal.sandbox.settled();
      expect(await verify()).toMatchObject({
        status: 'SUCCEEDED',
        counts: { ...COUNTS, listed: 12, present: 12 },
        alerts: [],
      });
    },
  );

  test('that is still going says nothing about it', async () => {
    let early: DescribeExecutionOutput | undefined;
    beforePut = async (key) => {
      if (!key.endsWith('/nightly/report.html')) {
        return;
      }
      beforePut = async () => undefined;
      const sfn = connect();
      const input = JSON.stringify({ action: 'verify', date: DAY });
      const { executionArn } = await sfn.send(
        new StartExecutionCommand({
          stateMachineArn: rehearsal.sandbox.stateMachineArn,
          name: 'early',
          input,
        }),
      );
      do {
        early = await sfn.send(new DescribeExecutionCommand({ executionArn }));
        await new Promise((resolve) => setTimeout(resolve, 20));
      } while (early.status === 'RUNNING');
    };
    expect((await archive()).status).toBe('SUCCEEDED');
    expect(early).toMatchObject({
      status: 'FAILED',
      error: 'InvalidRunInput',
      cause: expect.stringContaining('nothing can be verified yet: run nightly has not ended'),
    });
    expect(await verify()).toMatchObject({
      status: 'SUCCEEDED',
      counts: { ...COUNTS, listed: 12, present: 12 },
    });
  });
});

describe('a verification after a restore', () => {
  let rehearsal: Rehearsal;
  beforeAll(async () => {
    rehearsal = await rehearse({ allowRestore: true });
  });
  beforeEach(async () => {
    rehearsal.startOver();
    for (let i = 0; i < 5; i++) {
      rehearsal.put(`incoming/n${i}-${DAY}.log`);
    }
    await rehearsal.sandbox.run({ now: '2026-11-25T01:00:00Z', name: 'nightly' });
    await rehearsal.sandbox.run({
      ...NEXT,
      name: 'undo',
      input: { action: 'restore', run: 'nightly' },
    });
  });
  afterEach(() => expectSchema(rehearsal.ledger()));
  afterAll(() => rehearsal.close());
  const verify = () =>
    rehearsal.sandbox.run<VerifyCounts>({ ...NEXT, input: { action: 'verify', date: DAY } });
  const copy = (i: number) => `archive/2026/11/24/n${i}-${DAY}.log`;

  test('skips copies that were removed, as long as the old key holds the object', async () => {
    const { store } = rehearsal.sandbox.s3!;
    for (let i = 0; i < 5; i++) {
      store.delete('source', copy(i));
    }
    expect(await verify()).toMatchObject({
      status: 'SUCCEEDED',
      counts: { ...COUNTS, listed: 5, skipped: 5 },
      alerts: [],
    });
    store.delete('source', `incoming/n1-${DAY}.log`);
    store.put('source', `incoming/n2-${DAY}.log`, 'edited');
    expect(await verify()).toMatchObject({
      status: 'FAILED',
      counts: { ...COUNTS, listed: 5, missing: 2, skipped: 3 },
    });
  });

  test('counts what is archived again once', async () => {
    await rehearsal.sandbox.run({
      now: '2026-11-26T02:00:00Z',
      name: 'again',
      input: { date: DAY },
    });
    expect(await verify()).toMatchObject({
      status: 'SUCCEEDED',
      counts: { ...COUNTS, listed: 5, present: 5 },
      alerts: [],
    });
    rehearsal.sandbox.s3!.store.delete('source', copy(0));
    expect(await verify()).toMatchObject({
      status: 'FAILED',
      counts: { ...COUNTS, listed: 5, present: 4, missing: 1 },
    });
  });
});
