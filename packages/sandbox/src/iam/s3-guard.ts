import {
  getHeader, parseCopySource, readAccessKeyId, type S3Answer, type S3Context, S3Error, type S3Guard, type Step,
} from 'cdk-s3-dated-archiver-s3-double';
import type { Access } from './access';
import { AccessDenied } from './denied';
import type { Keys } from './keys';
import { keysOfListing, type KeyUse, getRequirements, toResource } from './s3-requirements';
import type { Environment } from '../assembly/template';

/** Headers that S3 omits if the caller may not see them: API_HeadObject, "Response Elements". */
const GUARDED_HEADERS: Record<string, string> = {
  'x-amz-tagging-count': 's3:GetObjectTagging',
  'x-amz-object-lock-mode': 's3:GetObjectRetention',
  'x-amz-object-lock-retain-until-date': 's3:GetObjectRetention',
  'x-amz-object-lock-legal-hold': 's3:GetObjectLegalHold',
};
const GUARDED = Object.keys(GUARDED_HEADERS);

/** Enforces the policies of the templates in the embedded S3. */
export function guardS3(access: Access, keys: Keys, { partition, region }: Environment): S3Guard {
  const bucketArn = (bucket: string) => toResource({ operation: '', bucket }, partition);

  function authorize(context: S3Context, step: Step): void {
    // Each key of a DeleteObjects is a step of its own; a missing bucket is reported to every caller.
    if (step.operation === 'DeleteObjects' || !context.store.buckets.has(step.bucket)) { return; }
    const caller = readAccessKeyId(context.request);
    if (!access.caller(caller)) { return; }
    const { actions, keyUses } = getRequirements(context, step);
    const resource = toResource(step, partition);
    refusing(() => {
      for (const action of actions) { access.demand(caller, { action, resource, keys: keysOfListing(context) }); }
      for (const use of keyUses) { demandKey(caller, use, resource); }
    });
  }

  function demandKey(caller: string | undefined, { action, encryption }: KeyUse, object: string): void {
    const resource = keys.arnOf(encryption.kmsKeyId);
    if (resource === undefined) { return; }
    // With a bucket key, the context is the bucket (bucket-key, "Encryption context").
    const context = encryption.bucketKey ? object.split('/')[0]! : object;
    access.demand(caller, {
      action,
      resource,
      keys: () => [['kms:ViaService', `s3.${region}.amazonaws.com`], ['kms:EncryptionContext:aws:s3:arn', context]],
    });
  }

  /**
   * API_HeadObject: "If you have the s3:ListBucket permission on the bucket, Amazon S3 returns ... 404"; else 403. The
   * request states no prefix.
   */
  function conceal(context: S3Context, error: unknown): void {
    if (!(error instanceof S3Error) || error.code !== 'NoSuchKey') { return; }
    const source = getHeader(context.request, 'x-amz-copy-source');
    const bucket = source === undefined ? context.request.bucket : parseCopySource(source).bucket;
    refusing(() => access.demand(readAccessKeyId(context.request), { action: 's3:ListBucket', resource: bucketArn(bucket) }));
  }

  function withoutSecrets(context: S3Context, answer: S3Answer): S3Answer {
    const { headers } = answer;
    const { operation, bucket, key } = context.request;
    if (!headers || (operation !== 'HeadObject' && operation !== 'GetObject') || !GUARDED.some((name) => name in headers)) {
      return answer;
    }
    const resource = toResource({ operation, bucket, key }, partition);
    const caller = readAccessKeyId(context.request);
    const secret = GUARDED.filter((name) => name in headers && !access.allows(caller, { action: GUARDED_HEADERS[name]!, resource }));
    return { ...answer, headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !secret.includes(name))) };
  }

  return {
    authorize,
    serve: (context, perform) => {
      try {
        return withoutSecrets(context, perform());
      } catch (error) {
        conceal(context, error);
        throw error;
      }
    },
  };
}

function refusing(demand: () => void): void {
  try {
    demand();
  } catch (error) {
    throw error instanceof AccessDenied ? new S3Error('AccessDenied', { message: error.message }) : error;
  }
}
