import { writeFileSync } from 'node:fs';
import * as path from 'node:path';
import type { S3Client } from '@aws-sdk/client-s3';
import { type LookArguments, readArguments } from './arguments';
import { explainError } from './explain-error';
import { describeSynopsis } from './flags';
import { type Invocation, UsageError } from './invocation';
import { ProgressLine } from './progress';
import { escapeUnprintable, toAsciiJson } from '../../../../src/lambda/text/escape';
import { formatCount, formatUsd } from '../../../../src/lambda/text/format';
import { look } from '../look/look';
import { createPolicy } from '../look/policy';
import { type LookReport, priceOfPages } from '../look/report';
import { renderPage } from '../output/page';
import { renderText } from '../output/text';

const INDENT = 2;

/** Runs the command and returns its exit status. */
export async function main(argv: readonly string[], invocation: Invocation): Promise<number> {
  const { stdout, stderr, command } = invocation;
  try {
    const read = readArguments(argv, invocation);
    if (typeof read === 'string') {
      stdout.write(`${read}\n`);
      return 0;
    }
    if (read.printsPolicy) {
      stdout.write(
        `${toAsciiJson(createPolicy(read.source, read.destination, read.region), INDENT)}\n`,
      );
      return 0;
    }
    return await run(read, invocation);
  } catch (error) {
    if (!(error instanceof UsageError)) {
      throw error;
    }
    stderr.write(
      `${escapeUnprintable(error.message)}\n${describeSynopsis(command)}; --help ` +
        'explains them\n',
    );
    return 2;
  }
}

async function run(args: LookArguments, invocation: Invocation): Promise<number> {
  const { stdout, stderr, clock, command } = invocation;
  const { pages, source, region } = args;
  const s3 = invocation.createClient({
    ...(region !== undefined && { region }),
    ...(args.endpoint !== undefined && { endpoint: args.endpoint }),
    ...(args.pathStyle && { forcePathStyle: true }),
  });
  const progress = new ProgressLine(stderr, pages, () => clock.now());
  try {
    const priced = region ?? (await readRegion(s3));
    const place = escapeUnprintable(`s3://${source.bucket}/${source.prefix}`);
    stderr.write(
      `Listing ${place}: ${formatCount(pages)} pages at most, which cost ` +
        `${formatUsd(priceOfPages(pages, priced))}\n`,
    );
    const report = await look({
      ...args,
      s3,
      clock,
      region: priced,
      onProgress: (state) => progress.update(state),
    });
    progress.clear();
    stdout.write(`${args.json ? toAsciiJson(report, INDENT) : renderText(report)}\n`);
    return writePage(report, args, invocation);
  } catch (error) {
    progress.clear();
    stderr.write(`${escapeUnprintable(explainError(error, args, command))}\n`);
    return 1;
  } finally {
    s3.destroy();
  }
}

/** Undefined: none is set, and the first request says so. */
async function readRegion(s3: S3Client): Promise<string | undefined> {
  try {
    return await s3.config.region();
  } catch {
    return undefined;
  }
}

function writePage(
  report: LookReport,
  { out }: LookArguments,
  { directory, stderr }: Invocation,
): number {
  if (out === undefined) {
    return 0;
  }
  try {
    writeFileSync(path.resolve(directory, out), renderPage(report));
    return 0;
  } catch (error) {
    stderr.write(
      escapeUnprintable(
        `the page could not be written to ${out}: ${(error as Error).message}. What was seen is ` +
          'printed: name a file in a folder that exists with --out',
      ) + '\n',
    );
    return 1;
  }
}
