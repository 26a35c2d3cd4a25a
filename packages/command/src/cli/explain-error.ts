/** What went wrong, what it means, and what to type next. */
import type { LookArguments } from './arguments';
import { ReasonCode } from '../../../../src/contract/payloads/reason-codes';
import { toS3Error } from '../../../../src/lambda/s3/s3-error';
import { isExpired } from '../processes/credentials';

const NO_CREDENTIALS = new Set(['CredentialsProviderError', 'TokenProviderError']);
const UNKNOWN_KEY = new Set(['InvalidAccessKeyId', 'SignatureDoesNotMatch']);

/** @param command what calls this command */
export function explainError(
  error: unknown,
  {
    source: { bucket, prefix },
    region,
    endpoint,
    profile,
  }: Pick<LookArguments, 'source' | 'region' | 'endpoint'> & { readonly profile?: string },
  command: string,
): string {
  const { name } = error as { name?: string };
  const { code, message, kind } = toS3Error(error);
  const place = `s3://${bucket}/${prefix}`;
  const at = endpoint === undefined ? '' : ` at ${endpoint}`;
  if (NO_CREDENTIALS.has(name!)) {
    return (
      `no credentials were found, so nothing was listed (${message}). Log in with ` +
      '`aws sso login` or set AWS_PROFILE, check with `aws sts get-caller-identity`, and try again'
    );
  }
  if (isExpired(name)) {
    return (
      `the credentials have expired (${message}). Log in again, for example with ` +
      '`aws sso login`, and try again'
    );
  }
  if (UNKNOWN_KEY.has(name!)) {
    return (
      `S3${at} does not accept the credentials (${message}). Check AWS_PROFILE and the ` +
      'environment with `aws sts get-caller-identity`'
    );
  }
  if (/Region is missing/.test(message)) {
    const missing =
      profile === undefined
        ? 'no region is set'
        : `the profile "${profile}" is unknown, or has no region`;
    return `${missing}, so no endpoint is known. Add --region REGION, or set AWS_REGION`;
  }
  if (code === ReasonCode.NO_SUCH_BUCKET) {
    return (
      `there is no bucket "${bucket}"${at} (${message}). Check its name with ` +
      '`aws s3 ls`; a bucket of another account is not listed there'
    );
  }
  if (isOtherRegion(error)) {
    const actual = readRegion(error);
    return (
      `"${bucket}" is not in the region that was asked (${region ?? 'the default one'}), and ` +
      'S3 refused the request ' +
      `(${message}). Add --region ${actual ?? 'REGION'}`
    );
  }
  if (kind === 'denied') {
    return (
      `S3 denied the listing of ${place} (${message}). These credentials need s3:ListBucket, and ` +
      `nothing else: \`${command} ${place} --print-policy\` prints the policy`
    );
  }
  return (
    `${place} could not be listed${at}: ${message}. Nothing was changed. ` +
    'Check the endpoint and the network, and try again'
  );
}

function isOtherRegion(error: unknown): boolean {
  const { name } = error as { name?: string };
  return name === 'PermanentRedirect' || name === 'AuthorizationHeaderMalformed';
}

function readRegion(error: unknown): string | undefined {
  const { $response } = error as {
    readonly $response?: { readonly headers?: Record<string, string | undefined> };
  };
  const region = $response?.headers?.['x-amz-bucket-region'];
  return region !== undefined && /^[a-z0-9-]+$/.test(region) ? region : undefined;
}
