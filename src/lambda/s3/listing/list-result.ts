/**
 * Reads S3's pages of a listing. The SDK spends five times as long on one ("CPU of a listing" in
 * docs/decisions.md).
 */
import type {
  _Object,
  ChecksumAlgorithm,
  ChecksumType,
  ListObjectsV2Output,
  ObjectStorageClass,
} from '@aws-sdk/client-s3';

/** Parses a text. Undefined: S3 would not write this text. */
type Read = (text: string) => unknown;

/** The content of an element: a text, or other elements. */
interface Content {
  readonly read?: Read;
  readonly members?: readonly Member[];
  readonly isRepeated?: boolean;
  /** Reads it at once if it is written as most of them are. Otherwise nothing is read. */
  readonly readUsual?: (cursor: Cursor) => object | undefined;
}

interface Member extends Content {
  readonly name: string;
  readonly begin: string;
  readonly end: string;
  /** Instead of both. */
  readonly empty: string;
}

interface Cursor {
  readonly xml: string;
  at: number;
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['&quot;', '"'],
  ['&#34;', '"'],
  ['&amp;', '&'],
  ['&lt;', '<'],
  ['&gt;', '>'],
  ['&apos;', "'"],
]);
const ENTITY = /&[^;]*;?/g;

function readText(text: string): string | undefined {
  // Most texts have none, and ETags have this one.
  const quoted = text.replaceAll('&quot;', '"');
  if (!quoted.includes('&')) {
    return detach(quoted);
  }
  const entities = text.match(ENTITY)!;
  return entities.every((entity) => ENTITIES.has(entity))
    ? text.replace(ENTITY, (entity) => ENTITIES.get(entity)!)
    : undefined;
}

/**
 * Copies a text. V8 keeps a part of a string as a reference to the whole one, so a key that is kept
 * would keep its page of 400 KB.
 */
function detach(text: string): string {
  return ` ${text}`.slice(1);
}

const NUMBER = /^\d{1,15}$/;
const DATE = /^\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):\d\d:\d\d(?:\.\d{3})?Z$/;

function readDate(text: string): Date | undefined {
  const time = DATE.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(time) ? undefined : new Date(time);
}

const text: Content = { read: readText };
const number: Content = { read: (digits) => (NUMBER.test(digits) ? Number(digits) : undefined) };
const boolean: Content = {
  read: (word) => (word === 'true' || word === 'false' ? word === 'true' : undefined),
};
const date: Content = { read: readDate };
const struct = (members: Record<string, Content>): Content => ({
  members: Object.entries(members).map(([name, content]) => ({
    name,
    begin: `<${name}>`,
    end: `</${name}>`,
    empty: `<${name}/>`,
    ...content,
  })),
});
const list = (content: Content): Content => ({ ...content, isRepeated: true });

/**
 * An object without optional fields, as S3 writes most of them. One pattern takes half of the time
 * that reading one element after the other takes.
 */
const USUAL_OBJECT =
  /<Contents><Key>([^<&]+)<\/Key><LastModified>([^<&]+)<\/LastModified><ETag>&quot;([^<&]+)&quot;<\/ETag>(?:<ChecksumAlgorithm>([^<&]+)<\/ChecksumAlgorithm><ChecksumType>([^<&]+)<\/ChecksumType>)?<Size>(\d{1,15})<\/Size><StorageClass>([^<&]+)<\/StorageClass><\/Contents>/y;

function readUsualObject(cursor: Cursor): _Object | undefined {
  USUAL_OBJECT.lastIndex = cursor.at;
  const [, key, time, etag, algorithm, type, size, storageClass] =
    USUAL_OBJECT.exec(cursor.xml) ?? [];
  const LastModified = key === undefined ? undefined : readDate(time);
  if (!LastModified) {
    return undefined;
  }
  cursor.at = USUAL_OBJECT.lastIndex;
  return {
    Key: detach(key),
    LastModified,
    ETag: detach(`"${etag}"`),
    ChecksumAlgorithm:
      algorithm === undefined ? undefined : [detach(algorithm) as ChecksumAlgorithm],
    ChecksumType: type === undefined ? undefined : (detach(type) as ChecksumType),
    Size: Number(size),
    StorageClass: detach(storageClass) as ObjectStorageClass,
    RestoreStatus: undefined,
  };
}

/**
 * In the order of S3, although any order is read.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html ("Response Syntax")
 */
const PAGE = struct({
  Name: text,
  Prefix: text,
  StartAfter: text,
  ContinuationToken: text,
  NextContinuationToken: text,
  KeyCount: number,
  MaxKeys: number,
  Delimiter: text,
  EncodingType: text,
  IsTruncated: boolean,
  Contents: list({
    ...struct({
      Key: text,
      LastModified: date,
      ETag: text,
      ChecksumAlgorithm: list(text),
      ChecksumType: text,
      Size: number,
      Owner: struct({ ID: text, DisplayName: text }),
      StorageClass: text,
      RestoreStatus: struct({ IsRestoreInProgress: boolean, RestoreExpiryDate: date }),
    }),
    readUsual: readUsualObject,
  }),
  CommonPrefixes: list(struct({ Prefix: text })),
});

const BEGIN = /^[ \t\n]*(?:<\?xml [^<>]*\?>[ \t\n]*)?<ListBucketResult(?: xmlns="[^"<>&]*")?>/;
const END = /^<\/ListBucketResult>[ \t\n]*$/;

/**
 * Undefined: the document is not written exactly as S3 writes a page, such as an error, a new
 * element, or that of another server. Then the SDK reads it.
 */
export function readListResult(xml: string): ListObjectsV2Output | undefined {
  const begin = BEGIN.exec(xml)?.[0];
  if (begin === undefined || hasLines(xml, begin.length)) {
    return undefined;
  }
  const cursor = { xml, at: begin.length };
  const page = readMembers(cursor, PAGE.members!);
  return page && END.test(xml.slice(cursor.at)) ? page : undefined;
}

/** Some white space is not part of a text. S3 writes a page without any. */
function hasLines(xml: string, begin: number): boolean {
  const newline = xml.indexOf('\n', begin);
  return xml.includes('\r') || (newline >= 0 && newline < xml.lastIndexOf('>'));
}

/**
 * Reads elements up to the end of the one that they are in. None of them has attributes, and
 * comments and CDATA are no members.
 */
function readMembers(
  cursor: Cursor,
  members: readonly Member[],
): Record<string, unknown> | undefined {
  const { xml } = cursor;
  const values: Record<string, unknown> = {};
  let last = 0;
  while (!xml.startsWith('</', cursor.at)) {
    last = findMember(cursor, members, last);
    const member = members[last];
    const value = member && readContent(cursor, member);
    if (value === undefined) {
      return undefined;
    }
    const { name, isRepeated } = member;
    if (isRepeated) {
      ((values[name] ??= []) as unknown[]).push(value);
    } else if (name in values) {
      return undefined;
    } else {
      values[name] = value;
    }
  }
  return values;
}

/** Elements have an order, so it looks for the last one and for those after it first. */
function findMember({ xml, at }: Cursor, members: readonly Member[], last: number): number {
  const count = members.length;
  for (let tried = 0; tried < count; tried++) {
    const index = (last + tried) % count;
    const { begin, empty } = members[index];
    if (xml.startsWith(begin, at) || xml.startsWith(empty, at)) {
      return index;
    }
  }
  return -1;
}

function readContent(cursor: Cursor, member: Member): unknown {
  const { xml } = cursor;
  const { begin, end, empty, read, members } = member;
  const usual = member.readUsual?.(cursor);
  if (usual) {
    return usual;
  }
  if (xml.startsWith(empty, cursor.at)) {
    cursor.at += empty.length;
    return read?.('');
  }
  cursor.at += begin.length;
  if (members && xml.startsWith(end, cursor.at)) {
    return undefined;
  }
  const value = read ? read(readUntilTag(cursor)) : readMembers(cursor, members!);
  if (value === undefined || !xml.startsWith(end, cursor.at)) {
    return undefined;
  }
  cursor.at += end.length;
  return value;
}

function readUntilTag(cursor: Cursor): string {
  const begin = cursor.at;
  const end = cursor.xml.indexOf('<', begin);
  cursor.at = end < 0 ? cursor.xml.length : end;
  return cursor.xml.slice(begin, cursor.at);
}
