/** What a copy in parts, or an object out of a pack, has to be written with. */
import type { CreateMultipartUploadCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { KnownValues } from './answer';
import type { Values, WriteInput } from './attribute';
import { listAttributes, ROWS } from './rows';
import { toQuery } from './tags';
import type { AttributeName } from '../../contract/object-attributes';

/** What CopyObject keeps and others have to be told. The archive decides about the rest. */
const WRITTEN = listAttributes(({ kept, shown }) => kept.includes('CopyObject') && shown !== 'ask');

/** Node.js changes other bytes of some headers: https://github.com/nodejs/node/pull/46528 */
const PLAIN = /^[\t\x20-\x7e]*$/;
/**
 * Of the tags in the headers of a request. Together with 2 KB of metadata, S3 takes 8 KB:
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
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
    const value = values[name];
    if (name === 'tags' || value === undefined) {
      continue;
    }
    const texts = typeof value === 'string' ? [value] : [...(values.metadata ?? [])].flat();
    if (!texts.every((text) => PLAIN.test(text))) {
      return `its ${name} has bytes that are not ASCII, which another request may change`;
    }
  }
  return undefined;
}

/** Whether a request can have the tags beside everything else that it has in its headers. */
export function fitsIntoHeaders({ tags = [] }: KnownValues): boolean {
  return toQuery(tags).length <= MAX_TAGS_LENGTH;
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
