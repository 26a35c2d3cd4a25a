/** Attributes that are headers: those of HTTP, and user metadata. */
import type { Answer, Attribute, Entries } from './attribute';
import { known } from './attribute';

type TextField =
  'ContentType' | 'CacheControl' | 'ContentEncoding' | 'ContentDisposition' | 'ContentLanguage';

/** An empty header says as much as none. */
function textOf(field: keyof Answer): Attribute<string>['of'] {
  return (answer) => known((answer[field] as string | undefined) || undefined);
}

const isEqual = (source: string | undefined, copy: string | undefined): boolean => source === copy;

export function header(field: TextField): Attribute<string> {
  return {
    of: textOf(field),
    keeps: isEqual,
    toInput: (value) => ({ fields: { [field]: value } }),
  };
}

/** The SDK's parameter takes a date, and S3 keeps any text. */
export const expires: Attribute<string> = {
  of: textOf('ExpiresString'),
  keeps: isEqual,
  toInput: (value) => ({ headers: { expires: value } }),
};

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html */
export const metadata: Attribute<Entries> = {
  of: ({ Metadata = {}, MissingMeta = 0 }) => {
    if (MissingMeta > 0) {
      const message =
        `${MissingMeta} of its user metadata entries cannot be read over HTTP ` +
        '(x-amz-missing-meta), so their values are unknown: rewrite or remove them';
      return {
        is: 'unreadable',
        error: Object.assign(new Error(message), { name: 'MissingMeta' }),
      };
    }
    const entries = Object.entries(Metadata);
    return known(entries.length > 0 ? entries : undefined);
  },
  keeps: areEqual,
  toInput: (value) => ({ fields: { Metadata: toObject(value) } }),
  toJson: toObject,
  fromJson: fromObject,
};

/** Attributes that the archive decides. Only the index of a pack records those of a source. */
export function ignored(field: keyof Answer): Attribute<string> {
  return { of: textOf(field), keeps: () => true };
}

export function areEqual(source: Entries = [], copy: Entries = []): boolean {
  return toSortedText(source) === toSortedText(copy);
}

/** S3 has no order of names. */
function toSortedText(entries: Entries): string {
  return JSON.stringify([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Without a prototype, so that each name is one of the object's own. */
export function toObject(entries: Entries): Record<string, string> {
  const object = Object.create(null) as Record<string, string>;
  for (const [name, value] of entries) {
    object[name] = value;
  }
  return object;
}

/** @throws if a value is no text */
export function fromObject(json: unknown): Entries {
  const entries = Object.entries(json as Record<string, unknown>);
  if (entries.some(([, value]) => typeof value !== 'string')) {
    throw new Error('a value is no text');
  }
  return entries as [string, string][];
}
