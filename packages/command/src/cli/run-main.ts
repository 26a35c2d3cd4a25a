/** `archive` and `verify`. */
import type { S3Client } from '@aws-sdk/client-s3';
import { explainError } from './explain-error';
import { type RunArguments, readRunArguments } from './run-arguments';
import type { RunInvocation } from './run-invocation';
import { RunProgressLine } from './run-progress';
import { describeRunSynopsis, RUN_COMMANDS } from './run-usage';
import type { Settings } from '../../../../src/contract/payloads/settings';
import { readSettings } from '../../../../src/lambda/runtime/environment';
import { toS3Error } from '../../../../src/lambda/s3/s3-error';
import { escapeUnprintable, toAsciiJson } from '../../../../src/lambda/text/escape';
import { expectOwners, guardRequests } from '../guard/guard-requests';
import type { RequestLimits } from '../guard/limits';
import { confirmDryRun, type Planned, writeDryRun } from '../run/dry-run';
import { explainRun } from '../run/explain-run';
import { findEndpoint } from '../run/find-endpoint';
import { toLimits } from '../run/owners';
import { createRunPolicy } from '../run/policy';
import { type EndedRun, runArchiver } from '../run/run-archiver';
import { createRunName } from '../run/run-name';
import { type CommandSummary, summarizeRun } from '../run/summarize-run';
import { addTarget, omitFlags, toCommandLine } from '../settings/command-line';
import type { RunAction } from '../settings/flags';
import { toGivenSettings, toVariables } from '../settings/given-settings';

const INDENT = 2;
const DAYS = ['date', 'from', 'to', 'run', 'deep'];
const OF_ONE_RUN = ['dry-run', 'confirm'];

/** Runs the command and returns its exit status. */
export async function runMain(
  action: RunAction,
  argv: readonly string[],
  invocation: RunInvocation,
): Promise<number> {
  const { stdout, stderr, command } = invocation;
  let ready: Ready;
  try {
    const args = readRunArguments(action, argv, invocation);
    if (typeof args === 'string') {
      stdout.write(`${args}\n`);
      return 0;
    }
    ready = prepare(args, argv, invocation);
    if (args.printsPolicy) {
      const mode = args.input.dryRun ? 'dry-run' : action;
      const policy = createRunPolicy(args.places, ready.settings, mode, args.region);
      stdout.write(`${toAsciiJson(policy, INDENT)}\n`);
      return 0;
    }
  } catch (error) {
    stderr.write(
      `${escapeLines((error as Error).message)}\n` +
        `${describeRunSynopsis(command, action)}; --help explains them\n`,
    );
    return 2;
  }
  try {
    return await run(ready, invocation);
  } catch (error) {
    stderr.write(`${escapeLines((error as Error).message)}\n`);
    return 1;
  }
}

interface Ready {
  readonly args: RunArguments;
  readonly settings: Settings;
  /** The settings as variables. */
  readonly environment: Record<string, string>;
  /** The command line with other flags. */
  readonly toLine: (omitted: readonly string[], ...added: readonly string[]) => string;
}

/** Refuses wrong settings by the functions' own check, before anything is sent. */
function prepare(
  args: RunArguments,
  argv: readonly string[],
  { command, cores, variables }: RunInvocation,
): Ready {
  const { action, archiverName, places, values } = args;
  const given = toGivenSettings(places, values, { archiverName, cores });
  const environment = { ...toVariables(given), ...variables };
  const { flags } = RUN_COMMANDS[action];
  const toLine: Ready['toLine'] = (omitted, ...added) =>
    toCommandLine(`${command} ${action}`, [...omitFlags(argv, flags, omitted), ...added]);
  const ready = { args, settings: readSettings(environment), environment, toLine };
  if (action === 'archive' && !args.printsPolicy) {
    demandDryRun(ready);
  }
  return ready;
}

function demandDryRun({ args: { input, confirm }, toLine }: Ready): void {
  if (input.dryRun && confirm !== undefined) {
    throw new Error('--dry-run changes nothing, and --confirm archives: give one of both');
  }
  if (!input.dryRun && confirm === undefined) {
    throw new Error(
      'nothing is archived without a dry run of the same settings: it counts what would be ' +
        'archived, changes nothing, and prints what to type next. Type:\n' +
        `  ${toLine(OF_ONE_RUN, '--dry-run')}`,
    );
  }
}

async function run(ready: Ready, invocation: RunInvocation): Promise<number> {
  const { args, settings, environment } = ready;
  const { action, input, places, owners, profile, region, endpoint, pathStyle } = args;
  const client = invocation.createClient({
    ...(profile !== undefined && { profile }),
    ...(region !== undefined && { region }),
    ...(endpoint !== undefined && { endpoint }),
    ...(pathStyle && { forcePathStyle: true }),
  });
  try {
    const isDryRun = action === 'verify' || input.dryRun === true;
    const limits = await toLimits(places, owners, isDryRun, () =>
      invocation.readAccount({ region, profile }).catch((error) => explainStart(error, ready)),
    );
    const s3 = expectOwners(guardRequests(client, limits), limits);
    const found = await findEndpoint(client, s3, limits.reports).catch((error) =>
      explainStart(error, ready),
    );
    const planned = { environment, limits, input };
    if (args.confirm !== undefined) {
      await confirmDryRun(s3, settings, planned, args.confirm, new Date(invocation.clock.now()));
    }
    const ended = await runOnce(ready, { s3, limits, endpoint: endpoint ?? found }, invocation);
    return await tell(ready, s3, planned, ended, invocation);
  } finally {
    client.destroy();
  }
}

/** Nothing has begun: the first request says whether the credentials are any good. */
function explainStart(error: unknown, { args, toLine }: Ready): never {
  const { places, region, endpoint, profile } = args;
  const { bucket, prefix } = places.reports;
  if (toS3Error(error).kind !== 'denied') {
    throw new Error(explainError(error, { source: places.reports, region, endpoint, profile }, ''));
  }
  throw new Error(
    `S3 denied the listing of the reports, s3://${bucket}/${prefix}, so nothing was begun. The ` +
      'bucket may also be of another account than the credentials: then add --reports-owner. ' +
      `This prints the policy that is needed:\n  ${toLine([], '--print-policy')}`,
  );
}

interface Opened {
  readonly s3: S3Client;
  readonly limits: RequestLimits;
  /** Another S3 than that of AWS. */
  readonly endpoint?: string;
}

async function runOnce(
  { args, settings, environment, toLine }: Ready,
  { s3, limits, endpoint }: Opened,
  { assets, clock, command, stdout, stderr, onInterrupt }: RunInvocation,
): Promise<EndedRun> {
  const progress = new RunProgressLine(stderr, () => clock.now());
  const stop = new AbortController();
  const endInterrupts = onInterrupt(() => {
    progress.clear();
    stderr.write('Stopping: the batches that have begun come to their end. Again to kill them.\n');
    stop.abort();
  });
  const { region, credentials } = s3.config;
  const line = toLine([...DAYS, ...OF_ONE_RUN]).slice(`${command} ${args.action}`.length);
  try {
    return await runArchiver({
      assets,
      settings,
      environment,
      process: {
        limits,
        pathStyle: args.pathStyle,
        commands: { archive: `${command} archive${line}`, verify: `${command} verify${line}` },
      },
      input: args.input,
      name: createRunName(new Date(clock.now())),
      s3,
      credentials,
      region: await region(),
      endpoint,
      processes: settings.maxConcurrency!,
      signal: stop.signal,
      onProgress: (state) => progress.update(state),
      onMessage: ({ message }) => {
        progress.clear();
        (args.json ? stderr : stdout).write(`${addTarget(message, args)}\n`);
      },
    });
  } finally {
    progress.clear();
    endInterrupts();
  }
}

/** Says how the run ended, and returns the exit status. */
async function tell(
  { args, settings, toLine }: Ready,
  s3: S3Client,
  planned: Planned,
  ended: EndedRun,
  { stdout, stderr, clock }: RunInvocation,
): Promise<number> {
  const summary = summarizeRun(ended.record);
  if (args.json) {
    stdout.write(`${toAsciiJson(summary, INDENT)}\n`);
  }
  if (!hasReport(summary)) {
    const again = toLine(OF_ONE_RUN, ...(args.action === 'archive' ? ['--dry-run'] : []));
    stderr.write(`${escapeLines(explainRun(ended, { action: args.action, again }))}\n`);
    return 1;
  }
  const { id, outcome } = summary;
  if (outcome === 'FAILED') {
    stderr.write(`${ended.record.cause}\n`);
  }
  if (args.input.dryRun) {
    const endedAt = new Date(clock.now());
    await writeDryRun(s3, settings, planned, { runId: id, outcome }, endedAt);
    stderr.write(
      outcome === 'FAILED'
        ? 'A dry run that failed cannot be confirmed.\n'
        : `To archive them, type:\n  ${toLine(OF_ONE_RUN, '--confirm', id)}\n`,
    );
  }
  return outcome === 'CLEAN' ? 0 : 1;
}

type Reported = CommandSummary & { readonly outcome: NonNullable<CommandSummary['outcome']> };

const hasReport = (summary: CommandSummary): summary is Reported => summary.outcome !== null;

/** Messages have lines of their own, and texts of strangers. */
function escapeLines(text: string): string {
  return text.split('\n').map(escapeUnprintable).join('\n');
}
