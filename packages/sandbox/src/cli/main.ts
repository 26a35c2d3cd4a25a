import * as fs from 'node:fs';
import { type Arguments, describeSynopsis, describeUsage, readArguments } from './arguments';
import type { Invocation } from './invocation';
import { ProgressLine } from './progress';
import { summaryText } from './summary-text';
import { UsageError } from '../errors';
import { openSandbox } from '../open-sandbox';
import type { SandboxSummary } from '../summary/summary';

/** Runs the command and returns its exit status. */
export async function main(argv: string[], { command, directory, version }: Invocation): Promise<number> {
  try {
    const read = readArguments(argv, directory);
    if (read === 'help' || read === 'version') {
      console.log(read === 'help' ? describeUsage(command) : version);
      return 0;
    }
    return (await run(read)).status === 'SUCCEEDED' ? 0 : 1;
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(`sandbox: ${error.message}\n${describeSynopsis(command)}; --help lists them`);
      return 2;
    }
    console.error(`sandbox: ${(error as Error).stack ?? error}`);
    return 1;
  }
}

async function run({ input, now, json, ...options }: Arguments): Promise<SandboxSummary> {
  const progress = new ProgressLine(process.stdout);
  const sandbox = await openSandbox({ ...options, onProgress: (state) => progress.update(state) });
  try {
    const summary = await sandbox.run({ input, now });
    progress.finish();
    console.log(summaryText(summary));
    for (const path of sandbox.functionsNotRun) {
      console.log(`not run      ${path}: it is not the archiver's, and a rule of the app invokes it; --run-other-functions runs it, too`);
    }
    if (json) { fs.writeFileSync(json, `${JSON.stringify(summary, null, 2)}\n`); }
    return summary;
  } finally {
    await sandbox.close();
  }
}
