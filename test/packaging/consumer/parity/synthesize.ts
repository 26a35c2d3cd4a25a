import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { CloudAssembly } from 'aws-cdk-lib/cx-api';

/**
 * The context that the CDK CLI gives an app. It puts paths, asset metadata and data for AWS about
 * the app into the template.
 */
export const CLI_CONTEXT = {
  'aws:cdk:enable-path-metadata': true,
  'aws:cdk:enable-asset-metadata': true,
  'aws:cdk:version-reporting': true,
};

const COMMANDS = {
  typescript: (scenario: string) => [process.execPath, `js/examples/typescript/${scenario}/app.js`],
  python: (scenario: string) => ['venv/bin/python', `examples/python/${scenario}/app.py`],
};

/** Synthesizes an example into a folder in its own process, like the CDK CLI. */
export async function synthesize(
  language: keyof typeof COMMANDS,
  scenario: string,
  outdir: string,
): Promise<void> {
  const [command, file] = COMMANDS[language](scenario);
  await promisify(execFile)(command, [file], {
    env: { ...process.env, CDK_OUTDIR: outdir, CDK_CONTEXT_JSON: JSON.stringify(CLI_CONTEXT) },
  });
}

/** Returns the errors and warnings that CDK would report when the app is deployed. */
export function readAnnotations(assembly: string): string[] {
  return new CloudAssembly(assembly).stacksRecursively
    .flatMap(({ messages }) => messages)
    .filter(({ level }) => level !== 'info')
    .map(({ level, id, entry }) => `${level} ${id}: ${String(entry.data)}`);
}
