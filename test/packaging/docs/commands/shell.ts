/** Types commands of pages into a shell with the AWS CLI. */
import { execFile } from 'node:child_process';

export interface Typed {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export function type(script: string, folder: string, endpoint?: string): Promise<Typed> {
  const env = {
    ...process.env,
    HOME: folder,
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'person',
    AWS_SECRET_ACCESS_KEY: 'x',
    AWS_MAX_ATTEMPTS: '1',
  };
  return new Promise((resolve) => {
    execFile('bash', ['-euc', script], { cwd: folder, env }, (error, stdout, stderr) =>
      resolve({ status: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });
}

/** What the installed AWS CLI does not know, because it is older than the page asks for. */
export async function findUnknown(folder: string): Promise<readonly RegExp[]> {
  const { stdout } = await type('aws --version', folder);
  const [major, minor] = /^aws-cli\/(\d+)\.(\d+)/.exec(stdout)!.slice(1).map(Number);
  return [
    ...(major < 2 ? [/^aws logs tail /] : []),
    ...(major < 2 || minor < 33 ? [/--no-overwrite /] : []),
  ];
}
