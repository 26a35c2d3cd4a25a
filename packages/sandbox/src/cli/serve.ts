import type { Sandbox } from '../core/sandbox';

/**
 * The lines that make the AWS CLI and every SDK talk to the sandbox, and never to AWS, with every
 * setup of the terminal. All variables of AWS go first: one for a single service wins over
 * AWS_ENDPOINT_URL (https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html), and
 * a profile or a session token over the credentials. A profile may also say that such endpoints are
 * ignored, so no configuration file is read.
 */
export function describeEndpoints(sandbox: Sandbox): string {
  const {
    awsEndpoint,
    s3Endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey },
  } = sandbox;
  return [
    'Serving. For the commands above, in another terminal:',
    "  unset AWS_PROFILE $(env | sed -n 's/^\\(AWS_[A-Z0-9_]*\\)=.*/\\1/p')",
    '  export AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null ' +
      'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=false',
    `  export AWS_ENDPOINT_URL=${awsEndpoint}`,
    `  export AWS_ENDPOINT_URL_S3=${s3Endpoint}`,
    `  export AWS_REGION=${region} AWS_DEFAULT_REGION=${region}`,
    `  export AWS_ACCESS_KEY_ID=${accessKeyId} AWS_SECRET_ACCESS_KEY=${secretAccessKey}`,
    `  aws s3 ls --recursive s3://${sandbox.destinationBucket}/`,
    'Ctrl-C ends it.',
  ].join('\n');
}

/** Often enough for a person. */
const LOOK_MS = 200;

/**
 * Resolves when the user ends the command.
 *
 * @param look what is done again and again until then
 */
export function untilInterrupted(look: () => void): Promise<void> {
  return new Promise((resolve) => {
    // A pending promise alone does not keep a process alive.
    const alive = setInterval(look, LOOK_MS);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        clearInterval(alive);
        resolve();
      });
    }
  });
}
