import { App, Aspects, CfnStack, Fn, NestedStack, Stack, Stage, TimeZone } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { CfnStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { openSandbox, type Sandbox, type SandboxOptions } from '../src/internal';
import { cleanUp, temporaryDirectory } from './fixtures/assembly';
import { S3DatedArchiver, type S3DatedArchiverProps } from '../../../src';

const open: Sandbox[] = [];
afterEach(() => Promise.all(open.splice(0).map((sandbox) => sandbox.close())));
afterAll(cleanUp);

/** Synthesizes an archiver with the bundles in `assets/`. */
function synthesized(
  props: Partial<S3DatedArchiverProps> = {},
  scopeOf: (app: App) => Construct = (app) => app,
  Kind: typeof Stack | typeof NestedStack = Stack,
): string {
  const app = new App({ outdir: temporaryDirectory() });
  const stack = new Kind(scopeOf(app), 'Stack');
  new S3DatedArchiver(stack, 'Archiver', {
    bucket: new Bucket(stack, 'Source'),
    prefix: 'in/',
    ...props,
  });
  return app.synth().directory;
}

async function archiver(app: string, options: Partial<SandboxOptions> = {}): Promise<Sandbox> {
  const sandbox = await openSandbox({ app, retryScale: 0, ...options });
  open.push(sandbox);
  return sandbox;
}

let plain: string;
beforeAll(() => {
  plain = synthesized();
});

function seed(sandbox: Sandbox, keys: string[]): void {
  for (const key of keys) {
    sandbox.s3!.store.put(sandbox.sourceBucket, key, `content of ${key}`);
  }
}

test('archives the day that the schedule stands for, and nothing else', async () => {
  const sandbox = await archiver(
    synthesized({
      schedule: ScheduleExpression.cron({ hour: '1', minute: '0', timeZone: TimeZone.ASIA_TOKYO }),
    }),
  );
  seed(sandbox, [
    'in/a-2026-11-23.log',
    'in/x/b-2026-11-24.log',
    'in/c-2026-11-25.log',
    'out/d-2026-11-24.log',
  ]);
  // It is one o'clock on the 25th in Tokyo.
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
    'archive/2026/11/24/x/b-2026-11-24.log',
    'in/a-2026-11-23.log',
    'in/c-2026-11-25.log',
    'out/d-2026-11-24.log',
  ]);
  expect(sandbox.s3!.store.get(sandbox.reportBucket, summary.report!.key)).toBeDefined();
});

test('is what is synthesized: without a field of BatchInput the batches have nothing to go by', async () => {
  const sandbox = await archiver(
    synthesized({}, (app) => {
      Aspects.of(app).add({
        visit: (node) => {
          if (!(node instanceof CfnStateMachine)) {
            return;
          }
          const { 'Fn::Sub': definition } = node.stack.resolve(node.definitionString) as {
            'Fn::Sub': string;
          };
          node.definitionString = Fn.sub(definition.replace('"progress.$":"$.progress"', '"x":1'));
        },
      });
      return app;
    }),
  );
  seed(sandbox, ['in/a-2026-11-24.log']);
  const { status, error, alerts } = await sandbox.run({ input: { date: '2026-11-24' } });
  expect([status, error, alerts.length]).toEqual([
    'FAILED',
    'States.ExceedToleratedFailureThreshold',
    1,
  ]);
  expect(sandbox.s3!.store.keys(sandbox.sourceBucket)).toEqual(['in/a-2026-11-24.log']);
});

test('runs from within a Stage, next to another one', async () => {
  const sandbox = await archiver(
    synthesized({}, (app) => {
      const stage = new Stage(app, 'Prod');
      const other = new Stack(stage, 'Other');
      new S3DatedArchiver(other, 'Archiver', { bucket: new Bucket(other, 'Source') });
      return stage;
    }),
    { stack: 'Prod/Stack/Archiver' },
  );
  seed(sandbox, ['in/a-2026-11-24.log']);
  expect((await sandbox.run({ input: { date: '2026-11-24' } })).counts).toMatchObject({
    archived: 1,
  });
});

test(
  'runs from within a nested stack of an app that no CLI synthesized, next to another one whose ' +
    'template is elsewhere',
  async () => {
    const sandbox = await archiver(
      synthesized(
        {},
        (app) => {
          const parent = new Stack(app, 'Parent');
          new CfnStack(parent, 'Foreign', { templateUrl: 'https://example.com/t.json' });
          return parent;
        },
        NestedStack,
      ),
    );
    seed(sandbox, ['in/a-2026-11-24.log']);
    expect((await sandbox.run({ input: { date: '2026-11-24' } })).counts).toMatchObject({
      archived: 1,
    });
  },
);

test('a batch whose instance is lost is not lost: it is invoked again and finishes', async () => {
  let kills = 1;
  const sandbox = await archiver(plain, {
    onInvoke: ({ logicalId, kill }) => {
      if (logicalId.includes('ArchiveBatch') && kills-- > 0) {
        setTimeout(kill, 20);
      }
    },
  });
  const keys = Array.from({ length: 50 }, (_, i) => `in/${i}-2026-11-24.log`);
  seed(sandbox, keys);
  expect(await sandbox.run({ input: { date: '2026-11-24' } })).toMatchObject({
    status: 'SUCCEEDED',
    counts: { listed: 50, failed: 0, conflicting: 0 },
    alerts: [],
  });
  expect(kills).toBeLessThan(0);
  expect(sandbox.s3!.store.keys(sandbox.sourceBucket, 'archive/')).toHaveLength(50);
  expect(sandbox.s3!.store.keys(sandbox.sourceBucket, 'in/')).toEqual([]);
});

test('a run with failures beyond the tolerance still has its counts and report', async () => {
  const sandbox = await archiver(plain);
  seed(sandbox, ['in/a-2026-11-24.log', `in/2026-11-24-${'x'.repeat(1000)}`]);
  expect(await sandbox.run({ input: { date: '2026-11-24' } })).toMatchObject({
    status: 'FAILED',
    error: 'ToleranceExceeded',
    counts: { listed: 2, archived: 1, failed: 1 },
    report: { bucket: sandbox.reportBucket },
  });
});
