/*
 * Runs all checks against any S3 endpoint: tsx packages/s3-double/test/conformance/run.ts
 * http://127.0.0.1:9000
 */
import { CHECKS } from './checks';
import { type Check, type Credentials, Subject } from './subject';

export interface Outcome {
  readonly group: string;
  readonly check: Check;
  /** There is no failure if the server behaves as documented. */
  readonly failure?: string;
}

/** Runs the checks one after another, so that a slow server does not fail because of its speed. */
export async function runChecks(endpoint: string, credentials?: Credentials): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const [group, checks] of Object.entries(CHECKS)) {
    for (const check of checks) {
      outcomes.push({
        group,
        check,
        failure: await failureOf(check, new Subject(endpoint, credentials)),
      });
    }
  }
  return outcomes;
}

async function failureOf(check: Check, subject: Subject): Promise<string | undefined> {
  try {
    await check.run(subject);
    return undefined;
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  } finally {
    subject.client.destroy();
  }
}

async function main([endpoint]: string[]): Promise<void> {
  if (!endpoint?.startsWith('http')) {
    console.error(
      'usage: tsx packages/s3-double/test/conformance/run.ts URL\n  credentials: ' +
        'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, if the server checks them',
    );
    process.exitCode = 2;
    return;
  }
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = process.env;
  const outcomes = await runChecks(
    endpoint,
    accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : undefined,
  );
  const failed = outcomes.filter(({ failure }) => failure !== undefined);
  for (const { group, check, failure } of failed) {
    console.log(`${group}: ${check.name} (${check.page})\n    ${failure?.split('\n')[0]}`);
  }
  console.log(`${outcomes.length - failed.length} of ${outcomes.length} checks passed`);
  process.exitCode = failed.length > 0 ? 1 : 0;
}

if (require.main === module) {
  void main(process.argv.slice(2));
}
