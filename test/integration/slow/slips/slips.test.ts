/**
 * The mistakes that people make first, and what they are told: at synth where the app shows it,
 * else by the first run, which may be a dry run. Each sentence names the correction. The table is
 * docs/results/slips.md.
 *
 * WRITE_SLIPS=1 writes the page. SLIPS_TO=FILE writes what was said, as before.json has it: the
 * folder of this test also runs in a checkout of an earlier commit.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { COMMAND_SLIPS } from './commands';
import { DENIAL_SLIPS } from './denials';
import { INPUT_SLIPS } from './inputs';
import { NAMES_SLIPS } from './names';
import { PROPS_SLIPS, type PropsSlip } from './props';
import { PAGE, renderTables } from './table';
import { S3DatedArchiver } from '../../../../src';
import type { Report } from '../../../../src/lambda/report-run/report/report';
import { rehearse, type Rehearsal } from '../../../helpers/run-in-sandbox';

jest.setTimeout(120_000);

const ROOT = path.resolve(__dirname, '../../../..');
const said: Record<string, Record<string, string>> = {};

function tell(group: string, slip: string, sentence: string): void {
  said[group] ??= {};
  said[group][slip] = sentence
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'ID')
    .replace(/\s+/g, ' ')
    .trim();
}

/** The error, or what the annotations say. */
function whatSynthSays({ props, isSubscribed = true }: PropsSlip): string {
  const app = new App();
  const stack = new Stack(app, 'Stack', { env: { account: '111122223333', region: 'us-east-1' } });
  try {
    const given = { bucket: new Bucket(stack, 'Source'), prefix: 'incoming/', ...props(stack) };
    const archiver = new S3DatedArchiver(stack, 'Archiver', given as never);
    if (isSubscribed) {
      archiver.alertTopic.addSubscription(new EmailSubscription('a@b.example'));
    }
  } catch (error) {
    return (error as Error).message;
  }
  return app
    .synth()
    .getStackByName('Stack')
    .messages.map(({ entry }) => String(entry.data))
    .join('\n');
}

test.each(PROPS_SLIPS)('$slip: synth', (slip) => {
  const sentence = whatSynthSays(slip);
  tell('In props: synth says', slip.slip, sentence);
  expect(sentence).toMatch(slip.correction);
});

describe('with default props', () => {
  let stage: Rehearsal;
  beforeAll(async () => {
    stage = await rehearse({ retryPolicy: { maxAttempts: 0 } });
  });
  afterAll(() => stage.close());

  test.each(INPUT_SLIPS)('$slip: the message of the run', async ({ slip, input, correction }) => {
    const {
      status,
      alerts: [alert],
    } = await stage.sandbox.run({ input });
    const message = alert?.message ?? '';
    tell('In the input of a run: its message says', slip, causeOf(message));
    expect(status).toBe('FAILED');
    expect(message).toMatch(correction);
    expect(message).toContain('aws stepfunctions start-execution');
  });

  test.each(DENIAL_SLIPS)('$slip: the message', async ({ slip, operations, correction }) => {
    const { store } = stage.sandbox.s3!;
    stage.put('incoming/a-2026-11-24.csv');
    const allow = store.deny({ operations: [...operations] });
    const {
      alerts: [alert],
    } = await stage.sandbox.run({ input: { date: '2026-11-24' } });
    allow();
    const message = alert?.message ?? '';
    tell('In policies: the message of the run says', slip, reasonOf(message));
    expect(message).toMatch(correction);
  });

  test.each(NAMES_SLIPS)(
    '$slip: one message, also of a dry run',
    async ({ slip, keys, correction }) => {
      const { store } = stage.sandbox.s3!;
      for (const key of stage.source()) {
        store.delete(stage.sandbox.sourceBucket, key);
      }
      for (const key of keys) {
        stage.put(`incoming/${key}`);
      }
      const messages: string[] = [];
      for (const dryRun of [true, false]) {
        const {
          status,
          counts,
          alerts: [alert],
          report,
        } = await stage.sandbox.run({
          input: { date: '2026-11-24', dryRun },
          now: '2026-11-25T01:00:00Z',
        });
        messages.push(/\S+ looks like .*$/m.exec(alert?.message ?? '')?.[0] ?? '');
        tell(
          'In the format of names: a dry run and a run both send a message that says',
          slip,
          [...new Set(messages)].join(' '),
        );
        expect({ status, counts }).toMatchObject({
          status: 'SUCCEEDED',
          counts: { archived: 0, skipped: keys.length },
        });
        expect(alert?.subject).toMatch(/found nothing/);
        expect(alert?.message).toMatch(correction);
        const written = store.get(stage.sandbox.reportBucket, report!.key)!.body.bytes();
        expect(JSON.parse(written.toString()) as Report).toMatchObject({ undated: keys.length });
      }
    },
  );
});

/** What the message says about the reason. */
function causeOf(message: string): string {
  return /^Cause: (.*)$/m.exec(message)?.[1] ?? message;
}

/** What happened, why, and what comes next, without commands and identities. */
function reasonOf(message: string): string {
  const [opening] = message.split('\n\n');
  const why = /^(?:Cause: .*|Why:\n.*)$/m.exec(message)?.[0] ?? '';
  const next = /^Next: .*$/m.exec(message)?.[0] ?? '';
  return [opening, why, next].join(' ');
}

describe("the sandbox's command", () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'slips-'));
  beforeAll(() => {
    const app = new App({ outdir: path.join(folder, 'cdk.out') });
    const stack = new Stack(app, 'Slips');
    for (const id of ['One', 'Two']) {
      const bucket = new Bucket(stack, `${id}Source`);
      new S3DatedArchiver(stack, id, { bucket, prefix: 'incoming/' });
    }
    app.synth();
    mkdirSync(path.join(folder, 'data/incoming'), { recursive: true });
    writeFileSync(path.join(folder, 'data/incoming/orders-20261124.csv'), 'content');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each(COMMAND_SLIPS)('$slip: the terminal', ({ slip, argv, correction }) => {
    const { stdout, stderr } = spawnSync(
      process.execPath,
      ['--import', 'tsx', 'packages/sandbox/src/cli.ts', ...argv],
      {
        cwd: ROOT,
        encoding: 'utf8',
        env: {
          ...process.env,
          INIT_CWD: folder,
          TSX_TSCONFIG_PATH: path.join(ROOT, 'tsconfig.dev.json'),
        },
      },
    );
    const terminal = (stderr.trim() || stdout).replaceAll(folder, '').replace(/\s+/g, ' ');
    const sentence = stderr.trim() ? terminal : /\S+ looks like .*? finds it\./.exec(terminal)?.[0];
    tell(
      "In the sandbox's command: the terminal says",
      slip,
      // Engines differ in what they say about JSON.
      (sentence ?? '').replace(/ usage: .*$/, '').replace(/ \(Expected [^:]*\):/, ':'),
    );
    expect(terminal).toMatch(correction);
  });
});

test('the page says what was said', () => {
  const { SLIPS_TO: to, WRITE_SLIPS: writes } = process.env;
  if (to) {
    writeFileSync(to, `${JSON.stringify(said, null, 2)}\n`);
    return;
  }
  const [head] = readFileSync(PAGE, 'utf8').split(/^## /m);
  const page = `${head}${renderTables(said)}\n`;
  if (writes) {
    writeFileSync(PAGE, page);
  }
  expect(readFileSync(PAGE, 'utf8')).toBe(page);
});
