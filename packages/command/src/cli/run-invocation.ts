import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3';
import type { Clock } from '../../../../src/lambda/s3/retry';

/** What surrounds the commands that run an archiver. Tests have one of their own. */
export interface RunInvocation {
  /** What calls the command, without `archive`. */
  readonly command: string;
  readonly version: string;
  /** Relative paths start here. */
  readonly directory: string;
  /** The folder of the bundles and the definitions. */
  readonly assets: string;
  readonly stdout: Pick<NodeJS.WriteStream, 'write'>;
  readonly stderr: Pick<NodeJS.WriteStream, 'write' | 'isTTY'>;
  readonly clock: Clock;
  readonly cores: number;
  readonly createClient: (config: S3ClientConfig) => S3Client;
  /** The account of the credentials. */
  readonly readAccount: (config: {
    readonly region?: string;
    readonly profile?: string;
  }) => Promise<string>;
  /** Settings that no flag has, as variables: tests lower limits. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Calls back at each Ctrl-C. Returns what ends that. */
  readonly onInterrupt: (callback: () => void) => () => void;
}
