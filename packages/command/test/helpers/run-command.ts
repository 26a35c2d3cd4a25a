/** Runs `archive` and `verify` against an S3 double, with the function processes that users get. */
import * as path from 'node:path';
import { type S3Double, type S3DoubleOptions, startS3 } from 'cdk-s3-dated-archiver-s3-double';
import type { LedgerLine } from '../../../../src/contract/payloads/ledger-line';
import { systemClock } from '../../../../src/lambda/s3/retry';
import { createClient } from '../../src/cli/client';
import type { RunInvocation } from '../../src/cli/run-invocation';
import { runMain } from '../../src/cli/run-main';
import type { CommandSummary } from '../../src/run/summarize-run';
import type { RunAction } from '../../src/settings/flags';

export const OWNER = '123456789012';
export const ASSETS = path.join(__dirname, '../../assets');

export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What `--json` prints. */
  readonly summary?: CommandSummary;
}

export interface Command {
  readonly s3: S3Double;
  /** Runs with the places of the tests, and with `--json`. */
  run(
    action: RunAction,
    flags?: readonly string[],
    given?: Partial<RunInvocation>,
    places?: readonly string[],
  ): Promise<Ran>;
  /** A dry run, and the run that confirms it. */
  archive(
    flags?: readonly string[],
    given?: Partial<RunInvocation>,
    places?: readonly string[],
  ): Promise<Ran>;
  /** The lines of the ledgers of all runs but dry ones. */
  ledger(): LedgerLine[];
  close(): Promise<void>;
}

const PLACES = ['s3://source/incoming/', 's3://source/archive/'];
export const DAYS = ['--date', '2026-11-24'];

export async function openCommand(options: S3DoubleOptions = {}): Promise<Command> {
  const s3 = await startS3(options);
  for (const bucket of ['source', 'reports']) {
    s3.store.createBucket(bucket);
  }
  const run: Command['run'] = (action, flags = DAYS, given = {}, places = PLACES) =>
    runWith(
      action,
      [
        ...places,
        ...['--reports', 's3://reports/runs/', '--json'],
        ...['--endpoint', s3.endpoint, '--path-style'],
        ...flags,
      ],
      given,
    );
  return {
    s3,
    run,
    archive: async (flags = DAYS, given = {}, places = PLACES) => {
      const { summary, stderr } = await run('archive', [...flags, '--dry-run'], given, places);
      if (!summary) {
        throw new Error(stderr);
      }
      return run('archive', [...flags, '--confirm', summary.id], given, places);
    },
    ledger: () => readLedger(s3, 'reports'),
    close: () => s3.close(),
  };
}

export function readLedger({ store }: S3Double, bucket: string): LedgerLine[] {
  return store
    .keys(bucket)
    .filter((key) => /\/ledger\/day=/.test(key))
    .flatMap((key) => store.get(bucket, key)!.body.bytes().toString().split('\n'))
    .filter(Boolean)
    .map((line) => JSON.parse(line) as LedgerLine);
}

export async function runWith(
  action: RunAction,
  argv: readonly string[],
  given: Partial<RunInvocation> = {},
): Promise<Ran> {
  let [stdout, stderr] = ['', ''];
  const status = await runMain(action, argv, {
    command: 'npx s3-dated-archiver',
    version: '1.2.3',
    directory: '.',
    assets: ASSETS,
    stdout: { write: (text: string) => Boolean((stdout += text)) },
    stderr: { isTTY: false, write: (text: string) => Boolean((stderr += text)) },
    clock: systemClock,
    cores: 2,
    createClient: (config) =>
      createClient({
        region: 'us-east-1',
        credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
        ...config,
      }),
    readAccount: () => Promise.resolve(OWNER),
    onInterrupt: () => () => undefined,
    ...given,
  });
  const summary = stdout.startsWith('{') ? (JSON.parse(stdout) as CommandSummary) : undefined;
  return { status, stdout, stderr, summary };
}
