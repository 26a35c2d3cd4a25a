import type { HeadObjectCommand, HeadObjectCommandOutput } from '@aws-sdk/client-s3';

/** The locks that this version carries over to a copy: retention and the legal hold. */
const KNOWN: ReadonlySet<string> = new Set(['x-amz-object-lock-mode', 'x-amz-object-lock-retain-until-date', 'x-amz-object-lock-legal-hold']);
const PREFIX = 'x-amz-object-lock-';

/** What an answer says of locks that this version does not know, as the names of its headers. */
export interface UnknownLocks { readonly unknownLocks?: readonly string[] }

/**
 * Makes the answer say which other locks the object has. S3 may get more of them, and the SDK drops headers that it does not know.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
 */
export function withUnknownLocks(command: HeadObjectCommand): HeadObjectCommand {
  command.middlewareStack.add((next) => async (args) => {
    const result = await next(args);
    const { headers = {} } = result.response as { headers?: Record<string, string> };
    const unknownLocks = Object.keys(headers).map((name) => name.toLowerCase()).filter((name) => name.startsWith(PREFIX) && !KNOWN.has(name));
    if (unknownLocks.length > 0) { Object.assign(result.output as HeadObjectCommandOutput & UnknownLocks, { unknownLocks }); }
    return result;
  }, { name: 'unknownLocks', step: 'deserialize', priority: 'high' });
  return command;
}
