import * as fs from 'node:fs';
import { type Arguments, readArguments, USAGE } from './cli/arguments';
import { ProgressLine } from './cli/progress';
import { summaryText } from './cli/summary-text';
import { openSandbox, type SandboxSummary, UsageError } from './internal';

async function main(argv: string[]): Promise<number> {
  try {
    const read = readArguments(argv);
    if (read === 'help') {
      console.log(USAGE);
      return 0;
    }
    return (await run(read)).status === 'SUCCEEDED' ? 0 : 1;
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(`sandbox: ${error.message}\n\n${USAGE}`);
      return 2;
    }
    console.error(`sandbox: ${(error as Error).stack ?? error}`);
    return 1;
  }
}

async function run({ app, stack, endpoint, buckets, input, now, json }: Arguments): Promise<SandboxSummary> {
  const progress = new ProgressLine(process.stdout);
  const sandbox = await openSandbox({ app, stack, endpoint, buckets, onProgress: (state) => progress.update(state) });
  try {
    const summary = await sandbox.run({ input, now });
    progress.finish();
    console.log(summaryText(summary));
    if (json) { fs.writeFileSync(json, `${JSON.stringify(summary, null, 2)}\n`); }
    return summary;
  } finally {
    await sandbox.close();
  }
}

void main(process.argv.slice(2)).then((status) => { process.exitCode = status; });
