/** The parameters for writing a copy in parts, or an object out of a pack. */
import type { CreateMultipartUploadCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { KnownValues } from './answer';
import type { Lock, Values, WriteInput } from './attribute';
import { listAttributes, ROWS } from './rows';
import { toQuery } from './tags';
import type { AttributeName } from '../../contract/object-attributes';

/**
 * Attributes that CopyObject keeps and that other requests must state. The archive decides the
 * rest.
 */
const WRITTEN = listAttributes(({ isCopied, shown }) => isCopied && shown !== 'ask');

/** Node.js changes other bytes of some headers: https://github.com/nodejs/node/pull/46528 */
const PLAIN = /^[\t\x20-\x7e]*$/;
/**
 * The limit for tags in the headers of a request. With 2 KB of metadata, they stay within the 8 KB
 * that S3 accepts: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
 */
const MAX_TAGS_LENGTH = 4_096;

export function toWriteInput(values: KnownValues): Required<WriteInput> {
  const fields: Record<string, unknown> = {};
  const headers: Record<string, string> = {};
  for (const name of WRITTEN) {
    const input = toInput(name, values[name]);
    Object.assign(fields, input.fields);
    Object.assign(headers, input.headers);
  }
  return { fields, headers };
}

function toInput<N extends AttributeName>(name: N, value: Values[N] | undefined): WriteInput {
  return (value !== undefined && ROWS[name].toInput?.(value)) || {};
}

/** Says what of the object no request could write as it is. Undefined: all can be written. */
export function findUnwritable(values: KnownValues): string | undefined {
  if (values.unreadable) {
    return values.unreadable.message;
  }
  for (const name of WRITTEN) {
    if (!listTexts(name, values).every((text) => PLAIN.test(text))) {
      return `its ${name} has bytes that are not ASCII, which another request may change`;
    }
  }
  return undefined;
}

/** The texts that become headers as they are. Tags are encoded. */
function listTexts(name: AttributeName, values: KnownValues): readonly string[] {
  const value = values[name];
  if (typeof value === 'string') {
    return [value];
  }
  return name === 'metadata' ? (values.metadata ?? []).flat() : [];
}

/** Whether the tags fit into the headers of a request. */
export function fitsIntoHeaders({ tags = [] }: KnownValues): boolean {
  return toQuery(tags).length <= MAX_TAGS_LENGTH;
}

/** The properties of an archived object that the archive decides, not the source. */
export interface Placement {
  readonly storageClass?: string;
  /** Undefined: the bucket's default encryption. */
  readonly keyArn?: string;
  readonly lock?: Lock;
}

/** Parameters that CopyObject, CreateMultipartUpload and PutObject have in common. */
export interface PlacementInput extends Lock {
  readonly StorageClass?: 'STANDARD';
  readonly ServerSideEncryption?: 'aws:kms';
  readonly SSEKMSKeyId?: string;
  readonly BucketKeyEnabled?: boolean;
}

export function toPlacementInput({ storageClass, keyArn, lock }: Placement): PlacementInput {
  return {
    // The SDK's type has the classes that it knows, and S3 may know others.
    StorageClass: storageClass as 'STANDARD' | undefined,
    ...(keyArn && {
      ServerSideEncryption: 'aws:kms' as const,
      SSEKMSKeyId: keyArn,
      BucketKeyEnabled: true,
    }),
    ...lock,
  };
}

/** Sets headers for which the SDK has no parameters. */
export function withHeaders<C extends CreateMultipartUploadCommand | PutObjectCommand>(
  command: C,
  headers: Readonly<Record<string, string>>,
): C {
  (command as CreateMultipartUploadCommand).middlewareStack.add(
    (next) => (args) => {
      Object.assign((args.request as { headers: Record<string, string> }).headers, headers);
      return next(args);
    },
    { name: 'headers', step: 'build' },
  );
  return command;
}
