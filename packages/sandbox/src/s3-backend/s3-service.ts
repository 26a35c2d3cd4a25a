import {
  CreateBucketCommand,
  HeadBucketCommand,
  PutBucketVersioningCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { createS3Client } from 'cdk-s3-dated-archiver-engine';
import {
  type Bill,
  type S3Double,
  type S3DoubleOptions,
  startS3,
} from 'cdk-s3-dated-archiver-s3-double';
import { Identities } from './identities';
import { startS3Proxy } from './s3-proxy';
import type { BucketSetup } from '../assembly/archiver-parts';
import { UsageError } from '../common/errors';
import { printable } from '../common/printable';
import type { Permissions } from '../iam/permissions';
import type { Credentials } from '../lambda/environment';

/** The sandbox itself, which creates, fills and reads buckets. Faults concern the archiver only. */
export const OWN_CALLER = 'sandbox';

/** The S3 of a sandbox: the embedded double, or another one behind a proxy that counts requests. */
export interface S3Service {
  readonly endpoint: string;
  readonly double?: S3Double;
  readonly requests: Record<string, number>;
  readonly bill: Bill;
  resetRequests(): void;
  /**
   * Embedded: the caller's name is its access key. Another S3: an access key that only the proxy
   * knows, which signs with the credentials of the sandbox's caller.
   */
  credentialsFor(logicalId: string): Credentials;
  close(): Promise<void>;
}

export async function startS3Service(
  endpoint: string | undefined,
  permissions: Permissions,
  options?: S3DoubleOptions,
): Promise<S3Service> {
  if (endpoint !== undefined) {
    await checkAnswers(endpoint);
    const identities = new Identities();
    const callers = {
      identities,
      guard: permissions.foreignS3Guard(),
      credentials: callersCredentials(),
    };
    const proxy = await startS3Proxy(endpoint, {
      faults: options?.faults,
      sparedFromFaults: OWN_CALLER,
      hooks: options?.hooks,
      callers,
    });
    return { ...proxy, credentialsFor: (logicalId) => identities.credentialsFor(logicalId) };
  }
  const double = await startS3({
    sparedFromFaults: OWN_CALLER,
    ...options,
    guard: permissions.s3Guard(),
  });
  return {
    endpoint: double.endpoint,
    double,
    requests: double.requests,
    bill: double.bill,
    resetRequests: () => double.resetRequests(),
    credentialsFor: (logicalId) => ({ accessKeyId: logicalId, secretAccessKey: 'sandbox' }),
    close: () => double.close(),
  };
}

/** Any answer is accepted: many servers answer 403 to a request without a signature. */
async function checkAnswers(endpoint: string): Promise<void> {
  try {
    await fetch(endpoint, { signal: AbortSignal.timeout(10_000), redirect: 'manual' });
  } catch (error) {
    const { cause, message } = error as Error & { cause?: Error };
    throw new UsageError(
      `--endpoint ${endpoint} does not answer: ${printable(cause?.message ?? message)}`,
    );
  }
}

function callersCredentials(): Credentials {
  const {
    AWS_ACCESS_KEY_ID = 'test',
    AWS_SECRET_ACCESS_KEY = 'test',
    AWS_SESSION_TOKEN,
  } = process.env;
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    sessionToken: AWS_SESSION_TOKEN,
  };
}

/** S3 as a caller sees it. */
export function s3Client(service: S3Service, region: string, logicalId: string): S3Client {
  return createS3Client({
    endpoint: service.endpoint,
    region,
    credentials: service.credentialsFor(logicalId),
    forcePathStyle: true,
  });
}

/**
 * Creates missing buckets. Those of the embedded S3 get the account, region, encryption and default
 * retention that the template gives them.
 */
export async function ensureBuckets(
  service: S3Service,
  buckets: Iterable<BucketSetup>,
  region: string,
  endpoint?: string,
): Promise<void> {
  const s3 = s3Client(service, region, OWN_CALLER);
  for (const bucket of buckets) {
    const { name, encryption, lockDefaults, account, region: knownRegion } = bucket;
    try {
      if (!(await exists(s3, name))) {
        await create(s3, bucket, region);
      }
    } catch (error) {
      throw toUsageError(error as Refusal, name, region, endpoint);
    }
    // A user who looks at the buckets of the stack with any tool need not know its region.
    const otherRegion = knownRegion === region ? undefined : knownRegion;
    if (service.double) {
      Object.assign(service.double.store.bucket(name), {
        account,
        knownRegion: otherRegion,
        ...(encryption && { encryption }),
        ...(lockDefaults && { lockDefaults }),
      });
    }
  }
}

async function create(
  s3: S3Client,
  { name, versioned, objectLock }: BucketSetup,
  region: string,
): Promise<void> {
  await s3.send(
    new CreateBucketCommand({
      Bucket: name,
      ...(objectLock && { ObjectLockEnabledForBucket: true }),
      ...(region === 'us-east-1'
        ? {}
        : { CreateBucketConfiguration: { LocationConstraint: region as 'eu-west-1' } }),
    }),
  );
  if (versioned) {
    await s3.send(
      new PutBucketVersioningCommand({
        Bucket: name,
        VersioningConfiguration: { Status: 'Enabled' },
      }),
    );
  }
}

async function exists(s3: S3Client, bucket: string): Promise<boolean> {
  try {
    await s3.send(new HeadBucketCommand({ Bucket: bucket }));
    return true;
  } catch (error) {
    if (getStatus(error as Refusal) === 404) {
      return false;
    }
    throw error;
  }
}

type Refusal = Error & { $metadata?: { httpStatusCode?: number } };

const getStatus = ({ $metadata }: Refusal) => $metadata?.httpStatusCode;

/**
 * Says what to do about a bucket that cannot be read or created. An answer to HEAD has no message.
 */
function toUsageError(error: Refusal, bucket: string, region: string, endpoint?: string): Error {
  const status = getStatus(error);
  if (status === undefined) {
    return error;
  }
  const who = endpoint === undefined ? 'the embedded S3' : `--endpoint ${endpoint}`;
  const said = /^(Unknown|\d+)/.test(error.name)
    ? ''
    : ` (${printable(`${error.name}: ${error.message}`)})`;
  return new UsageError(
    `${who} answers ${status} for the bucket ${bucket}${said}: ` +
      `${adviceOn(endpoint === undefined ? 'name' : status, region)}`,
  );
}

function adviceOn(status: number | 'name', region: string): string {
  switch (status) {
    case 301:
      return `it is in another region than ${region}, the stack's: set that (env)`;
    case 409:
      return 'somebody else has it: give another name with --bucket LOGICALID=NAME';
    case 'name':
      return 'give another name with --bucket LOGICALID=NAME';
    default:
      return (
        'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to credentials that may use it, and the ' +
        `region of the stack (env), ${region}, to its own`
      );
  }
}
