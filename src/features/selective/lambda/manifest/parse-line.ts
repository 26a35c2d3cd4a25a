import * as v from 'valibot';
import { ListedObject } from '../../../../contract/payloads/listing';
import type { Manifest } from '../../../../contract/payloads/run';
import { isIsoDate } from '../../../../dates/calendar';
import { isTooLong } from '../../../../lambda/selection/destination-key';

export const ManifestObject = v.object({
  ...v.partial(ListedObject).entries,
  Key: ListedObject.entries.Key,
});
export type ManifestObject = v.InferOutput<typeof ManifestObject>;

/** The fields that have a meaning, by their names in lower case. All others are ignored. */
export const FIELDS = [
  'key',
  'etag',
  'size',
  'date',
  'lastmodified',
  'storageclass',
  'islatest',
  'isdeletemarker',
] as const;
export type Field = (typeof FIELDS)[number];
export type Fields = { readonly [field in Field]?: unknown };

export function toField(name: string, fields: readonly Field[]): Field | undefined {
  const lower = name.trim().toLowerCase();
  return fields.find((field) => field === lower);
}

export interface LineOptions {
  readonly keyEncoding: Manifest['keyEncoding'];
  readonly needsHour: boolean;
  /** S3 wrote the line, so its ETag and its size belong together. */
  readonly isInventory: boolean;
}

/**
 * @throws an error that says which rule the line breaks. It never quotes the line: a reader of the
 * message may have no permission to read the file
 */
export function toObject(
  fields: Fields,
  { keyEncoding, needsHour, isInventory }: LineOptions,
): ManifestObject {
  const { key, etag, size, date, lastmodified, storageclass } = fields;
  const described = {
    ...(isGiven(lastmodified) && { LastModified: toEpochSeconds(lastmodified) }),
    ...(isGiven(storageclass) && { StorageClass: toText(storageclass) }),
    ...(isGiven(date) && { Date: toDate(date, needsHour) }),
  };
  const version = {
    ...(isGiven(etag) && { Etag: toEtag(etag) }),
    ...(isGiven(size) && { Size: toSize(size) }),
  };
  // A person may state the right ETag with a wrong size, which would get into the ledger. So S3 is
  // asked for both.
  return { Key: toKey(key, keyEncoding), ...(isInventory && version), ...described };
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

function toText(value: unknown): string {
  if (typeof value !== 'string') {
    throw new Error('the storage class is no text');
  }
  return value;
}

function toKey(value: unknown, encoding: Manifest['keyEncoding']): string {
  if (typeof value !== 'string' || value === '') {
    throw new Error('it has no key');
  }
  const key = encoding === 'none' ? value : decode(value, encoding === 'url');
  if (/\p{Surrogate}/u.test(key)) {
    throw new Error('the key has half of a character, which no key in S3 has');
  }
  if (isTooLong(key)) {
    throw new Error('the key is longer than 1,024 bytes, which no key in S3 is');
  }
  return key;
}

/** A plus sign is a space, as in all that S3 encodes (list-page.ts). */
function decode(text: string, isEncoded: boolean): string {
  let decoded: string | undefined;
  try {
    decoded = decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    if (isEncoded) {
      throw new Error('the key is not URL-encoded: give the manifest with "keyEncoding": "none"');
    }
  }
  if (isEncoded) {
    return decoded!;
  }
  if (decoded !== text) {
    throw new Error(
      'the key has a "+" or a "%", so it may be URL-encoded and mean another key: ' +
        'say how keys are written, and start the run with "manifest": {"uri": "s3://...", ' +
        '"keyEncoding": "url"} or with "keyEncoding": "none"',
    );
  }
  return text;
}

function toEtag(value: unknown): string {
  const etag = typeof value === 'string' ? value.trim().replace(/^"(.*)"$/, '$1') : '';
  const quoted = `"${etag}"`;
  if (!v.is(ListedObject.entries.Etag, quoted)) {
    throw new Error('the etag is not one that S3 makes');
  }
  return quoted;
}

function toSize(value: unknown): number {
  const size = typeof value === 'string' && /^\d+$/.test(value.trim()) ? Number(value) : value;
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) {
    throw new Error('the size is not a number of bytes');
  }
  return size;
}

function toDate(value: unknown, needsHour: boolean): string {
  const date = typeof value === 'string' ? value.trim() : '';
  const [, day, hour] = /^(\d{4}-\d\d-\d\d)(?:T(\d\d))?$/.exec(date) ?? [];
  if (day === undefined || !isIsoDate(day) || (hour !== undefined && Number(hour) > 23)) {
    throw new Error('the date is not a day of the calendar such as 2026-11-24');
  }
  if (needsHour && hour === undefined) {
    throw new Error(
      'the date needs an hour, such as 2026-11-24T05, because the archive has a folder for each ' +
        'hour',
    );
  }
  return date;
}

function toEpochSeconds(value: unknown): number {
  const instant =
    typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d.*(Z|[+-]\d\d:?\d\d)$/.test(value)
      ? Date.parse(value)
      : NaN;
  if (Number.isNaN(instant)) {
    throw new Error(
      'lastModified is not an instant with Z or an offset, such as 2026-11-24T16:00:00Z',
    );
  }
  return instant / 1000;
}
