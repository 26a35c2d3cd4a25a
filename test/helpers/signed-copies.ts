/** Copies that the SDK signs, for comparison with signatures of our own. */
import type { S3ClientConfig } from '@aws-sdk/client-s3';
import fc from 'fast-check';

export const CREDENTIALS = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  sessionToken: 'token/with+signs==',
};
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Returns the time at which a request was signed. */
export function readSigningTime({ headers }: { readonly headers: Record<string, string> }): Date {
  return new Date(headers['x-amz-date'].replace(/(....)(..)(..T..)(..)(..)/, '$1-$2-$3:$4:$5'));
}

export const keys = fc
  .oneof(
    fc.string({ unit: 'grapheme', minLength: 1 }),
    fc.stringMatching(/^[ -~]{1,40}$/),
    fc.constantFrom('a//b', '/lead', "in/2026-11-24~*'()!.gz", '🚀/ü'),
  )
  .filter((key) => !LONE_SURROGATE.test(key) && !/(^|\/)\.\.?(\/|$)/.test(key));
export const configs = fc.record({
  region: fc.constantFrom('us-east-1', 'cn-north-1', 'us-gov-west-1'),
  forcePathStyle: fc.boolean(),
  credentials: fc.constantFrom(CREDENTIALS, { ...CREDENTIALS, sessionToken: undefined }),
}) as fc.Arbitrary<S3ClientConfig & { credentials: typeof CREDENTIALS }>;
export const inputs = fc.record({
  StorageClass: fc.constantFrom(undefined, 'GLACIER_IR' as const),
  SSEKMSKeyId: fc.constantFrom(undefined, 'arn:aws:kms:eu-central-1:123456789012:key/k'),
  ObjectLockRetainUntilDate: fc.constantFrom(undefined, new Date('2027-01-01')),
});
