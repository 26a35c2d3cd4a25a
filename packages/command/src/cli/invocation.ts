import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3';
import type { Clock } from '../../../../src/lambda/s3/retry';

/** What surrounds the command. Tests have one of their own. */
export interface Invocation {
  /** What the usage text calls `look`. */
  readonly command: string;
  readonly version: string;
  /** Relative paths start here. */
  readonly directory: string;
  readonly stdout: Pick<NodeJS.WriteStream, 'write'>;
  readonly stderr: Pick<NodeJS.WriteStream, 'write' | 'isTTY'>;
  readonly clock: Clock;
  readonly createClient: (config: S3ClientConfig) => S3Client;
}

/** The caller asked for something impossible. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}
