import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3';

/**
 * What depends on where the functions run. In Lambda, nothing replaces the defaults. The command
 * (packages/command) does, before the first client is made. docs/architecture.md names the places
 * that ask: there may be six.
 */
export interface Surroundings {
  /** What each client of S3 is created with, besides its own configuration. */
  readonly s3Config: S3ClientConfig;
  /** Returns the client that the function uses in place of the given one. */
  readonly guardS3: (client: S3Client) => S3Client;
  /** Returns the text that starts a run with this input. Unset: a command of the AWS CLI. */
  readonly toStartCommand?: (input: object) => string;
  /**
   * Whether there is a deployment: it is what a reader changes, and AWS bills its states,
   * invocations, messages and logs.
   */
  readonly isDeployed: boolean;
}

const IN_LAMBDA: Surroundings = {
  s3Config: {},
  guardS3: (client) => client,
  isDeployed: true,
};

let current = IN_LAMBDA;

export function getSurroundings(): Surroundings {
  return current;
}

export function replaceSurroundings(surroundings: Surroundings): void {
  current = surroundings;
}
