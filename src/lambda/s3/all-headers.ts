import type { GetObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import { isUnlisted } from '../../contract/object-attributes';

const METADATA = 'x-amz-meta-';

interface HttpAnswer {
  readonly headers?: Readonly<Record<string, string>>;
}

/** Headers of an answer about an object that the SDK omits. */
export interface AllHeaders {
  /** Headers about the object that this version does not know. Unset: none. */
  unlisted?: readonly string[];
  /** Without a prototype. The SDK's object cannot hold an entry with the name `__proto__`. */
  Metadata?: Readonly<Record<string, string>>;
}

/** Adds to the answer what the SDK does not know, because a copy could lose it. */
export function withAllHeaders<C extends HeadObjectCommand | GetObjectCommand>(command: C): C {
  (command as HeadObjectCommand).middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { headers = {} } = result.response as HttpAnswer;
      Object.assign(result.output as object, readAllHeaders(headers));
      return result;
    },
    { name: 'allHeaders', step: 'deserialize', priority: 'high' },
  );
  return command;
}

export function readAllHeaders(headers: Readonly<Record<string, string>>): AllHeaders {
  const unlisted: string[] = [];
  let entries: Record<string, string> | undefined;
  for (const header of Object.keys(headers)) {
    const name = header.toLowerCase();
    if (name.startsWith(METADATA)) {
      entries ??= Object.create(null) as Record<string, string>;
      entries[name.slice(METADATA.length)] = headers[header];
    } else if (isUnlisted(name)) {
      unlisted.push(name);
    }
  }
  return {
    ...(unlisted.length > 0 && { unlisted }),
    ...(entries && { Metadata: entries }),
  };
}
