import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { CloudAssembly } from 'aws-cdk-lib/cx-api';

/** What the CDK CLI hands to an app: paths and asset metadata in the template, and what is told to AWS about the app. */
export const CLI_CONTEXT = {
  'aws:cdk:enable-path-metadata': true,
  'aws:cdk:enable-asset-metadata': true,
  'aws:cdk:version-reporting': true,
};

const COMMANDS = {
  typescript: (scenario: string) => [process.execPath, `js/examples/typescript/${scenario}/app.js`],
  python: (scenario: string) => ['venv/bin/python', `examples/python/${scenario}/app.py`],
};

/** Synthesizes an example as the CDK CLI does, in a process of its own, into a folder. */
export async function synthesize(language: keyof typeof COMMANDS, scenario: string, outdir: string): Promise<void> {
  const [command, file] = COMMANDS[language](scenario);
  await promisify(execFile)(command, [file], { env: { ...process.env, CDK_OUTDIR: outdir, CDK_CONTEXT_JSON: JSON.stringify(CLI_CONTEXT) } });
}

/** What CDK would stop at, or warn of, when the app is deployed. */
export function readAnnotations(assembly: string): string[] {
  return new CloudAssembly(assembly).stacksRecursively
    .flatMap(({ messages }) => messages)
    .filter(({ level }) => level !== 'info')
    .map(({ level, id, entry }) => `${level} ${id}: ${String(entry.data)}`);
}
