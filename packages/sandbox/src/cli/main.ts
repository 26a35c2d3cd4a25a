import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { wrap } from 'cdk-s3-dated-archiver-s3-double';
import { type Arguments, readArguments } from './arguments';
import { describeSynopsis } from './flags';
import type { Invocation } from './invocation';
import { count, formatBytes, ProgressLine } from './progress';
import { listMoves, listSkipped } from './run-report';
import { describeEndpoints, untilInterrupted } from './serve';
import { styleFor } from './style';
import { alertText, type AnySummary, endText, field, summaryText } from './summary-text';
import { UsageError } from '../common/errors';
import { printable, printableLines } from '../common/printable';
import { openSandbox } from '../core/open-sandbox';
import type { Sandbox } from '../core/sandbox';
import { seedDemo } from '../demo/seed';
import { fillBucket } from '../files/fill';
import { checkOut, writeOut } from '../files/write-out';

/** How many of a long list are shown. */
const SHOWN = 5;

/** Runs the command and returns its exit status. */
export async function main(argv: string[], invocation: Invocation): Promise<number> {
  try {
    const read = readArguments(argv, invocation);
    if (typeof read === 'string') {
      console.log(read);
      return 0;
    }
    return (await withApp(read, invocation, (app) => run(app, read))).status === 'SUCCEEDED'
      ? 0
      : 1;
  } catch (error) {
    const { message, stack } = error as Error;
    if (error instanceof UsageError) {
      console.error(
        `sandbox: ${printableLines(message)}\n${describeSynopsis(invocation.command)}; --help ` +
          'lists them',
      );
      return 2;
    }
    console.error(
      'sandbox: it broke: ' +
        `${process.env.DEBUG ? printableLines(stack!) : `${printable(message)} (DEBUG=1 shows where)`}`,
    );
    return 1;
  }
}

async function withApp<T>(
  { app }: Arguments,
  { synthesizeDemo }: Invocation,
  use: (app: string) => Promise<T>,
): Promise<T> {
  if (app !== undefined) {
    return use(app);
  }
  const outdir = fs.mkdtempSync(path.join(os.tmpdir(), 'sandbox-demo-'));
  try {
    synthesizeDemo(outdir);
    return await use(outdir);
  } finally {
    fs.rmSync(outdir, { recursive: true, force: true });
  }
}

async function run(app: string, args: Arguments): Promise<AnySummary> {
  const { input, now, json, out, list, keepServing, faults, endpoint, ...options } = args;
  const progress = new ProgressLine(process.stdout);
  const sandbox = await openSandbox({
    ...options,
    app,
    endpoint,
    s3: { faults },
    onProgress: (state) => progress.update(state),
  });
  try {
    if (out !== undefined) {
      checkOut(out, sandbox.bucketNames);
    }
    await fill(sandbox, args);
    const summary: AnySummary = await sandbox.run({ input, now });
    progress.finish();
    console.log(summaryText(summary, sandbox.lastRun, styleFor(process.stdout)));
    for (const lines of list ? [listMoves, listSkipped] : []) {
      for await (const line of lines(sandbox, summary)) {
        console.log(line);
      }
    }
    if (summary.dryRun && !list) {
      console.log(field('moves', '--list shows each of them'));
    }
    for (const name of sandbox.functionsNotRun) {
      print(
        `not run   ${name}: it is not the archiver's, and a rule of the app invokes it; ` +
          '--run-other-functions runs it, too',
      );
    }
    if (json) {
      fs.writeFileSync(json, `${JSON.stringify(summary, null, 2)}\n`);
    }
    if (out !== undefined) {
      await writeBuckets(sandbox, out, summary);
    }
    if (keepServing) {
      console.log(describeEndpoints(sandbox));
      await untilInterrupted(tellLaterRuns(sandbox));
      if (out !== undefined) {
        await writeOut(sandbox.objects, out, sandbox.bucketNames);
      }
    }
    return summary;
  } finally {
    await sandbox.close();
  }
}

/**
 * Returns a function that tells what has ended, and what was published, since it was called before.
 */
function tellLaterRuns(sandbox: Sandbox): () => void {
  const style = styleFor(process.stdout);
  // A redrive continues the execution, so the same one may end several times.
  const ends = new Map(
    [...sandbox.records.executions.values()].map((record) => [record, record.redriveCount]),
  );
  let told = sandbox.published.length;
  return () => {
    for (const record of sandbox.records.executions.values()) {
      if (
        record.status === 'RUNNING' ||
        record.mapRunArn !== undefined ||
        ends.get(record) === record.redriveCount
      ) {
        continue;
      }
      ends.set(record, record.redriveCount);
      console.log(endText(record, style));
    }
    for (const alert of sandbox.published.slice(told)) {
      console.log(alertText(alert, style));
    }
    told = sandbox.published.length;
  };
}

async function fill(
  sandbox: Sandbox,
  { fill: folder, demo, now, input }: Arguments,
): Promise<void> {
  const { sourceBucket, settings } = sandbox;
  const sourcePrefix = settings.SOURCE_PREFIX ?? '';
  if (demo) {
    const instant = now === undefined ? new Date() : new Date(now);
    const { date, to = date } = (input ?? {}) as { date?: string; to?: string };
    const objects = await seedDemo(
      sandbox.objects,
      { bucket: sourceBucket, settings },
      instant,
      to,
    );
    console.log(
      `${count(objects)} objects with names of real producers lie in ` +
        `s3://${sourceBucket}/${sourcePrefix}`,
    );
  }
  if (folder === undefined) {
    return;
  }
  const { objects, bytes, belowPrefix, leftOut } = await fillBucket(
    sandbox.objects,
    sourceBucket,
    folder,
    sourcePrefix,
  );
  print(
    `${count(objects)} ${objects === 1 ? 'file' : 'files'} (${formatBytes(bytes)}) of ${folder} ` +
      `put into s3://${sourceBucket}/`,
  );
  if (leftOut.length > 0) {
    print(`left out ${shorten(leftOut.map(printable))}: not files`);
  }
  if (belowPrefix === 0) {
    print(
      `none of them lies below ${sourcePrefix}, where the archiver looks: keys are paths ` +
        `relative to ${folder}`,
    );
  }
}

async function writeBuckets(sandbox: Sandbox, out: string, { report }: AnySummary): Promise<void> {
  const { objects, notWritten } = await writeOut(sandbox.objects, out, sandbox.bucketNames);
  print(`${count(objects)} objects written to ${out}`);
  if (notWritten.length > 0) {
    print(`${count(notWritten.length)} could not become files:`);
    for (const { bucket, key, why } of notWritten.slice(0, SHOWN)) {
      console.log(`  s3://${bucket}/${printable(key)}: ${printable(why)}`);
    }
    if (notWritten.length > SHOWN) {
      console.log(`  and ${count(notWritten.length - SHOWN)} more`);
    }
  }
  const page = report && path.join(out, report.bucket, report.key.replace(/json$/, 'html'));
  if (page && fs.existsSync(page)) {
    console.log(`report page: ${page}`);
  }
}

function shorten(names: string[]): string {
  return names.length > SHOWN
    ? `${names.slice(0, SHOWN).join(', ')} and ${count(names.length - SHOWN)} more`
    : names.join(', ');
}

function print(text: string): void {
  console.log(wrap(text, 80).join('\n'));
}
