import {
  type Encryption,
  getHeader,
  type KeySource,
  readEncryption,
  type Step,
  type StoredObject,
  toAction,
} from 'cdk-s3-dated-archiver-s3-double';
/**
 * A request to S3. Without a store, as in front of another S3, only what the request itself says is
 * known.
 */
export type RequestContext = KeySource;

/** A use of the KMS key of an object, or of an upload. */
export interface KeyUse {
  readonly action: 'kms:Decrypt' | 'kms:GenerateDataKey';
  readonly encryption: Encryption;
}

/**
 * Permissions that a step of an S3 request needs: actions on the bucket or the object, and uses of
 * KMS keys.
 */
export interface Needs {
  /** Actions such as `s3:GetObject`; on the object, or on the bucket if the step has no key. */
  readonly actions: string[];
  readonly keyUses: KeyUse[];
}

/**
 * "Required permissions for Amazon S3 API operations", using-with-s3-policy-actions, operation by
 * operation; conditional permissions are from the operation's page of the API reference.
 */
export function getRequirements(context: RequestContext, step: Step): Needs {
  const action = toAction(step.operation, step.versionId);
  const more = NEEDS[step.operation]?.(context, step);
  return { actions: [action, ...(more?.actions ?? [])], keyUses: more?.keyUses ?? [] };
}

type Further = (context: RequestContext, step: Step) => Partial<Needs>;

const NEEDS: Record<string, Further> = {
  // API_GetObject: "kms:Decrypt" for SSE-KMS.
  GetObject: (context, step) => ({
    keyUses: decrypt(objectAt(context, step)?.attributes.encryption),
  }),
  // API_HeadObject: "If you enable checksum mode and the object is ... encrypted with a KMS key,
  // you must have permission to use the kms:Decrypt action".
  HeadObject: (context, step) => ({
    keyUses:
      getHeader(context.request, 'x-amz-checksum-mode') === 'ENABLED'
        ? decrypt(objectAt(context, step)?.attributes.encryption)
        : [],
  }),
  // API_GetObjectAttributes: "both of these permissions", GetObject and GetObjectAttributes.
  GetObjectAttributes: (context, step) => ({
    actions: [toAction('GetObject', step.versionId)],
    keyUses: decrypt(objectAt(context, step)?.attributes.encryption),
  }),
  // API_PutObject: PutObjectTagging with x-amz-tagging; conditional-writes: If-Match needs
  // GetObject.
  PutObject: (context) => ({
    actions: [...writing(context), ...ifMatch(context)],
    keyUses: generate(writtenEncryption(context)),
  }),
  // Its source, and tags and annotations that it copies, are steps of their own.
  CopyObject: (context) => ({
    actions: [...writing(context), ...ifMatch(context)],
    keyUses: generate(writtenEncryption(context)),
  }),
  // API_CreateMultipartUpload: "the requester must have permission to the kms:Decrypt and
  // kms:GenerateDataKey* actions on the key".
  CreateMultipartUpload: (context) => ({
    actions: writing(context),
    keyUses: [...generate(writtenEncryption(context)), ...decrypt(writtenEncryption(context))],
  }),
  UploadPart: (context) => ({ keyUses: generate(uploadsEncryption(context)) }),
  UploadPartCopy: (context) => ({ keyUses: generate(uploadsEncryption(context)) }),
  // "Amazon S3 must decrypt and read data from the encrypted file parts before it completes the
  // multipart upload", mpuoverview.
  CompleteMultipartUpload: (context) => ({
    actions: ifMatch(context),
    keyUses: decrypt(uploadsEncryption(context)),
  }),
  // API_ListParts: "you must have permission to the kms:Decrypt action for the ListParts request to
  // succeed".
  ListParts: (context) => ({ keyUses: decrypt(uploadsEncryption(context)) }),
  // conditional-deletes: "you must have s3:DeleteObject and s3:GetObject permissions".
  DeleteObject: (context, { etag }) => ({
    actions:
      etag !== undefined || getHeader(context.request, 'if-match') !== undefined
        ? ['s3:GetObject']
        : [],
  }),
};

/**
 * The key of a bucket's object, as a resource: bucket and object share it ("Amazon S3 defines",
 * list_amazons3).
 */
export function toResource({ bucket, key }: Step, partition: string): string {
  return key ? `arn:${partition}:s3:::${bucket}/${key}` : `arn:${partition}:s3:::${bucket}`;
}

/** Permissions that the headers of a write require. */
function writing({ request }: RequestContext): string[] {
  return [
    ...(getHeader(request, 'x-amz-tagging') ? ['s3:PutObjectTagging'] : []),
    ...(getHeader(request, 'x-amz-object-lock-mode') ||
    getHeader(request, 'x-amz-object-lock-event-hold')
      ? ['s3:PutObjectRetention']
      : []),
    ...(getHeader(request, 'x-amz-object-lock-legal-hold') ? ['s3:PutObjectLegalHold'] : []),
  ];
}

function ifMatch({ request }: RequestContext): string[] {
  return getHeader(request, 'if-match') === undefined ? [] : ['s3:GetObject'];
}

function objectAt(
  { store }: RequestContext,
  { bucket: name, key = '', versionId }: Step,
): StoredObject | undefined {
  return store?.buckets.get(name)?.find(key, versionId);
}

/** The encryption of what a request writes. The default of a bucket of another S3 is not known. */
function writtenEncryption({ request, store }: RequestContext): Encryption | undefined {
  if (store) {
    return readEncryption({ request, store });
  }
  const kmsKeyId = getHeader(request, 'x-amz-server-side-encryption-aws-kms-key-id');
  const bucketKey =
    getHeader(request, 'x-amz-server-side-encryption-bucket-key-enabled') === 'true';
  return kmsKeyId === undefined
    ? undefined
    : { algorithm: 'aws:kms', kmsKeyId, bucketKey: bucketKey || undefined };
}

function uploadsEncryption({ request, store }: RequestContext): Encryption | undefined {
  return store?.buckets.get(request.bucket)?.uploads.get(request.query.get('uploadId') ?? '')
    ?.attributes.encryption;
}

function decrypt(encryption: Encryption | undefined): KeyUse[] {
  return encryption?.kmsKeyId ? [{ action: 'kms:Decrypt', encryption }] : [];
}

function generate(encryption: Encryption | undefined): KeyUse[] {
  return encryption?.kmsKeyId ? [{ action: 'kms:GenerateDataKey', encryption }] : [];
}
