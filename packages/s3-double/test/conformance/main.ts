/**
 * `npm run conformance` runs the checks against the double and against other S3 servers, and writes
 * docs/results/conformance.md.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readResults, type Result, resultOf, type Results, writeResults } from './results';
import { runChecks } from './run';
import { type Contender, CONTENDERS, DOUBLE } from './servers';
import { NotInstalled } from './servers/server';
import { renderTable } from './table';

const PAGE = join(__dirname, '../../../../docs/results/conformance.md');
const NOTES = join(__dirname, 'notes.md');

async function main(): Promise<void> {
  // Otherwise the SDK prints a notice about the age of this Node.js version among the results.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  const { values } = parseArgs({
    options: {
      all: { type: 'boolean' },
      check: { type: 'boolean' },
      only: { type: 'string' },
      verbose: { type: 'boolean' },
    },
  });
  const before = readResults();
  const results: Results = { ...before };
  for (const contender of CONTENDERS.filter(({ name, large }) =>
    values.only === undefined ? values.all || !large : name === values.only,
  )) {
    const result = await resultsOf(contender, values.verbose ?? false);
    if (result) {
      results[contender.name] = result;
    }
  }
  if ((results[DOUBLE]?.failed.length ?? 0) > 0) {
    process.exitCode = 1;
  }
  const page = renderTable(results, readFileSync(NOTES, 'utf8'));
  if (!values.check) {
    writeResults(results);
    writeFileSync(PAGE, page);
    return;
  }
  if (page !== readFileSync(PAGE, 'utf8')) {
    console.log(
      'docs/results/conformance.md says otherwise: run `npm run conformance` and look at what ' +
        'changes',
    );
    process.exitCode = 1;
  }
}

async function resultsOf(
  { name, start }: Contender,
  verbose: boolean,
): Promise<Result | undefined> {
  const server = await start().catch((error: Error) => {
    // The results of the other servers are still useful.
    console.log(`${name}: not run. ${error.message}`);
    if (!(error instanceof NotInstalled)) {
      process.exitCode = 1;
    }
    return undefined;
  });
  if (!server) {
    return undefined;
  }
  try {
    const began = Date.now();
    const outcomes = await runChecks(server.endpoint, server.credentials);
    const result = resultOf(server.version, outcomes);
    console.log(
      `${name} ${server.version}: ${result.passed.length} of ${outcomes.length} checks passed ` +
        `in ${Math.round((Date.now() - began) / 1000)} s`,
    );
    for (const { group, check, failure } of outcomes) {
      if (failure !== undefined && (verbose || name === DOUBLE)) {
        console.log(`  ${group}: ${check.name}\n    ${failure.split('\n')[0]}`);
      }
    }
    return result;
  } finally {
    await server.stop();
  }
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
