/** A request to S3 as the guard sees it: what it is about, for every operation in the same form. */
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectAnnotationCommand,
  GetObjectCommand,
  GetObjectLockConfigurationCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectAnnotationsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectAnnotationCommand,
  PutObjectCommand,
  RestoreObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';

/**
 * `inspect` reads a bucket's settings, `list` what is below a prefix, `read` an object. `write`
 * makes an object, `prepare` does what comes before or after that. `thaw` has S3 restore an object
 * from Glacier.
 */
export type RequestKind = 'inspect' | 'list' | 'read' | 'write' | 'prepare' | 'thaw' | 'delete';

/** The fields of all commands that the guard looks at. */
export interface RequestInput {
  readonly Bucket?: string;
  readonly Key?: string;
  readonly Prefix?: string;
  readonly VersionId?: string;
  readonly CopySource?: string;
  readonly CopySourceIfMatch?: string;
  readonly IfMatch?: string;
  readonly IfNoneMatch?: string;
  readonly ExpectedBucketOwner?: string;
  readonly ExpectedSourceBucketOwner?: string;
  readonly BypassGovernanceRetention?: boolean;
  readonly MFA?: string;
  readonly Delete?: { readonly Objects?: readonly DeletedObject[] };
}

interface DeletedObject {
  readonly Key?: string;
  readonly VersionId?: string;
  readonly ETag?: string;
}

export interface Command {
  readonly input: RequestInput;
}

export interface GuardedRequest {
  readonly operation: string;
  /** Undefined: the archiver has no such request. */
  readonly kind?: RequestKind;
  readonly input: RequestInput;
  /** What it deletes. */
  readonly deletions: readonly DeletedObject[];
  /** Of a copy. */
  readonly copySource?: { readonly bucket: string; readonly key: string };
}

type CommandClass = abstract new (...given: never[]) => object;

/** Found by class, because the bundler shortens class names. */
const OPERATIONS: ReadonlyArray<readonly [string, CommandClass, RequestKind]> = [
  ['GetObjectLockConfiguration', GetObjectLockConfigurationCommand, 'inspect'],
  ['ListObjectsV2', ListObjectsV2Command, 'list'],
  ['ListMultipartUploads', ListMultipartUploadsCommand, 'list'],
  ['HeadObject', HeadObjectCommand, 'read'],
  ['GetObject', GetObjectCommand, 'read'],
  ['GetObjectTagging', GetObjectTaggingCommand, 'read'],
  ['GetObjectAnnotation', GetObjectAnnotationCommand, 'read'],
  ['ListObjectAnnotations', ListObjectAnnotationsCommand, 'read'],
  ['ListParts', ListPartsCommand, 'read'],
  ['CopyObject', CopyObjectCommand, 'write'],
  ['PutObject', PutObjectCommand, 'write'],
  ['CompleteMultipartUpload', CompleteMultipartUploadCommand, 'write'],
  ['CreateMultipartUpload', CreateMultipartUploadCommand, 'prepare'],
  ['UploadPart', UploadPartCommand, 'prepare'],
  ['UploadPartCopy', UploadPartCopyCommand, 'prepare'],
  ['AbortMultipartUpload', AbortMultipartUploadCommand, 'prepare'],
  ['PutObjectAnnotation', PutObjectAnnotationCommand, 'prepare'],
  ['RestoreObject', RestoreObjectCommand, 'thaw'],
  ['DeleteObject', DeleteObjectCommand, 'delete'],
  ['DeleteObjects', DeleteObjectsCommand, 'delete'],
];

export function toRequest(command: Command): GuardedRequest {
  const [operation, , kind] = OPERATIONS.find(([, type]) => command instanceof type) ?? [
    command.constructor.name,
  ];
  const { input } = command;
  const { Key, VersionId, IfMatch, Delete } = input;
  return {
    operation,
    kind,
    input,
    deletions: kind === 'delete' ? (Delete?.Objects ?? [{ Key, VersionId, ETag: IfMatch }]) : [],
    copySource: input.CopySource === undefined ? undefined : parseCopySource(input.CopySource),
  };
}

/** `bucket/key`, or `/bucket/key`, and the key is encoded. A version id is a part of the key. */
function parseCopySource(text: string): GuardedRequest['copySource'] {
  const [, bucket, key] = /^\/?([^/]+)\/(.*)$/s.exec(text) ?? ['', '', ''];
  return { bucket, key: decode(key) };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
