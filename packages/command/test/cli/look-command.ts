import { createClient } from '../../src/cli/client';
import type { Invocation } from '../../src/cli/invocation';
import { main } from '../../src/cli/main';
import { clock } from '../helpers/look-at';

export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command in this process, with credentials that the S3 double takes. */
export async function run(
  argv: readonly string[],
  given: Partial<Invocation> & { readonly isTTY?: boolean } = {},
): Promise<Ran> {
  const { isTTY = false, ...invocation } = given;
  let [stdout, stderr] = ['', ''];
  const status = await main(['look', ...argv], {
    command: 'npx s3-dated-archiver look',
    version: '1.2.3',
    directory: '.',
    stdout: { write: (text: string) => Boolean((stdout += text)) },
    stderr: { isTTY, write: (text: string) => Boolean((stderr += text)) },
    clock,
    createClient: (config) =>
      createClient({
        region: 'us-east-1',
        credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
        maxAttempts: 1,
        ...config,
      }),
    ...invocation,
  });
  return { status, stdout, stderr };
}
