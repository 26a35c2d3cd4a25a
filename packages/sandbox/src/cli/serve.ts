import type { Sandbox } from '../sandbox';

/** The lines that make the AWS CLI talk to the sandbox. */
export function describeEndpoints(sandbox: Sandbox, endpoint: string | undefined): string {
  return [
    'Serving. For the commands above, in another terminal:',
    `  export AWS_ENDPOINT_URL=${sandbox.awsEndpoint}`,
    `  export AWS_ENDPOINT_URL_S3=${endpoint ?? sandbox.s3Endpoint}`,
    ...endpoint === undefined ? [`  export AWS_REGION=${sandbox.region} AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test`] : [`  export AWS_REGION=${sandbox.region}`],
    `  aws s3 ls --recursive s3://${sandbox.destinationBucket}/`,
    'Ctrl-C ends it.',
  ].join('\n');
}

/** Resolves when somebody ends the command. */
export function untilInterrupted(): Promise<void> {
  return new Promise((resolve) => {
    // A pending promise alone does not keep a process alive.
    const alive = setInterval(() => undefined, 2 ** 30);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        clearInterval(alive);
        resolve();
      });
    }
  });
}
