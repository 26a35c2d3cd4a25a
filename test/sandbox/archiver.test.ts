import { App, Stack, Stage, TimeZone } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { cleanUp, temporaryDirectory } from './fixtures/assembly';
import { openSandbox, Sandbox, SandboxOptions } from '../../sandbox';
import { S3DatedArchiver, S3DatedArchiverProps } from '../../src';

const open: Sandbox[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((sandbox) => sandbox.close()));
  cleanUp();
});

/** The archiver itself, synthesised with the bundles in `assets/`. */
async function archiver(
  props: Partial<S3DatedArchiverProps> = {}, options: Partial<SandboxOptions> = {}, scopeOf: (app: App) => Construct = (app) => app,
): Promise<Sandbox> {
  const app = new App({ outdir: temporaryDirectory() });
  const stack = new Stack(scopeOf(app), 'Stack');
  new S3DatedArchiver(stack, 'Archiver', { bucket: new Bucket(stack, 'Source'), prefix: 'in/', ...props });
  new S3DatedArchiver(stack, 'Other', { bucket: new Bucket(stack, 'OtherSource') });
  const sandbox = await openSandbox({ app: app.synth().directory, stack: 'Stack/Archiver', retryScale: 0, ...options });
  open.push(sandbox);
  return sandbox;
}

function seed(sandbox: Sandbox, keys: string[]): void {
  for (const key of keys) sandbox.s3!.store.put(sandbox.sourceBucket, key, `content of ${key}`);
}

test('archives the day that the schedule stands for, and nothing else', async () => {
  const sandbox = await archiver({ schedule: ScheduleExpression.cron({ hour: '1', minute: '0', timeZone: TimeZone.ASIA_TOKYO }) });
  seed(sandbox, ['in/a-2026-11-23.log', 'in/x/b-2026-11-24.log', 'in/c-2026-11-25.log', 'out/d-2026-11-24.log']);
  // One o'clock in Tokyo on the 25th.
  const summary = await sandbox.run({ now: '2026-11-24T16:00:00Z' });
  expect(summary).toMatchObject({
    status: 'SUCCEEDED',
    counts: { listed: 3, archived: 1, skipped: 2, conflicting: 0, failed: 0 },
    bytes: 'content of in/x/b-2026-11-24.log'.length,
    children: 1,
    alerts: [],
    report: { bucket: sandbox.reportBucket },
  });
  expect(sandbox.s3!.store.keys(sandbox.sourceBucket)).toEqual([
    'archive/2026/11/24/x/b-2026-11-24.log', 'in/a-2026-11-23.log', 'in/c-2026-11-25.log', 'out/d-2026-11-24.log',
  ]);
  expect(sandbox.s3!.store.get(sandbox.reportBucket, summary.report!.key)).toBeDefined();
});

test('runs from within a Stage', async () => {
  const sandbox = await archiver({}, { stack: 'Prod/Stack/Archiver' }, (app) => new Stage(app, 'Prod'));
  seed(sandbox, ['in/a-2026-11-24.log']);
  expect((await sandbox.run({ input: { date: '2026-11-24' } })).counts).toMatchObject({ archived: 1 });
});

test('a batch whose instance is lost is not lost: a new run finishes it', async () => {
  let kills = 1;
  const sandbox = await archiver({}, {
    onInvoke: ({ logicalId, kill }) => { if (logicalId.includes('ArchiveBatch') && kills-- > 0) setTimeout(kill, 20); },
  });
  const keys = Array.from({ length: 50 }, (_, i) => `in/${i}-2026-11-24.log`);
  seed(sandbox, keys);
  const failed = await sandbox.run({ input: { date: '2026-11-24' } });
  expect(failed).toMatchObject({ status: 'FAILED', counts: null });
  expect(failed.alerts).toHaveLength(1);
  const again = await sandbox.run({ input: { date: '2026-11-24' } });
  expect(again).toMatchObject({ status: 'SUCCEEDED', counts: { failed: 0, conflicting: 0 } });
  expect(sandbox.s3!.store.keys(sandbox.sourceBucket, 'archive/')).toHaveLength(50);
  expect(sandbox.s3!.store.keys(sandbox.sourceBucket, 'in/')).toEqual([]);
});

test('a run with failures beyond the tolerance still has its counts and report', async () => {
  const sandbox = await archiver({});
  seed(sandbox, ['in/a-2026-11-24.log', `in/2026-11-24-${'x'.repeat(1000)}`]);
  expect(await sandbox.run({ input: { date: '2026-11-24' } })).toMatchObject({
    status: 'FAILED', error: 'ToleranceExceeded', counts: { listed: 2, archived: 1, failed: 1 }, report: { bucket: sandbox.reportBucket },
  });
});
