/**
 * Every attribute of an object that S3 knows, in every form that was ever awkward. A form is one
 * attribute in one form, so that what is lost has a name.
 */
import type { PutOptions } from '../../../packages/s3-double/src';
import type { Attributes, ObjectLock } from '../../../packages/s3-double/src/store/stored-object';

/** The rows of the table "attribute by way". */
export const ROWS = [
  'bytes',
  'content headers',
  'metadata',
  'tags',
  'annotations',
  'lock',
  'storage class',
  'website redirect',
  'unlisted header',
] as const;
export type Row = (typeof ROWS)[number];

/** What the buckets are. */
export type Setup =
  | 'plain'
  | 'locks'
  | 'retention'
  | 'default retention'
  | 'default event hold'
  | 'default event hold and retention'
  | 'vault';

export type Change = (attributes: Attributes) => Partial<Attributes>;

export interface Form {
  readonly name: string;
  readonly row: Row;
  /** Default: plain. */
  readonly setup?: Setup;
  readonly options?: PutOptions;
  readonly size?: number;
  /** The folder of the object. */
  readonly isTagDenied?: true;
  /** Attributes that the double's own `put` does not take. */
  readonly attributes?: Partial<Attributes>;
  /** What its owner does later to the object, ETag and time aside. */
  readonly change?: Change;
  /** What its owner puts there later instead. */
  readonly rewrite?: {
    readonly content?: (content: Buffer) => Buffer;
    readonly options?: PutOptions;
  };
  /** A pack cannot keep it, so the object is moved. */
  readonly isRefusedByPacks?: true;
  /** A copy in parts cannot keep it, so the object stays. */
  readonly isRefusedByParts?: true;
  /** A pack loses it, as the documents say. */
  readonly isDroppedByPacks?: true;
  /** It may stay where a copy in parts would have to write it. */
  readonly mayStayInParts?: true;
  /** It stays, on every way. */
  readonly isRefused?: true;
}

/** Latin 1, as HTTP headers are read. */
const AS_BYTES = Buffer.from('Übersicht.csv', 'utf8').toString('latin1');
const FAR = Date.parse('2046-01-01T00:00:00Z');
const KMS_KEY = 'arn:aws:kms:us-east-1:123456789012:key/own';

/** Names that an object of JavaScript has already, as S3 keeps them: in lower case. */
const INHERITED = [
  'constructor',
  '__proto__',
  'prototype',
  'tostring',
  'hasownproperty',
  'valueof',
];
const INHERITED_TAGS = ['constructor', '__proto__', 'prototype', 'toString', 'hasOwnProperty'];

const HEADERS: readonly (readonly [header: string, value: string, note?: string])[] = [
  ['content-type', 'text/csv; charset=utf-8'],
  ['content-type', 'application/x-directory'],
  ['cache-control', 'no-store, max-age=0'],
  ['content-encoding', 'gzip'],
  ['content-encoding', 'br, gzip'],
  ['content-disposition', 'attachment; filename="a b.csv"'],
  ['content-language', 'de, en'],
  ['expires', '0'],
  ['expires', 'never'],
  ['expires', 'Wed, 21 Oct 2037 07:28:00 GMT'],
];

const headers: Form[] = HEADERS.map(([header, value]) => ({
  name: `${header} ${value}`,
  row: 'content headers',
  options: { headers: { [header]: value } },
}));

const wideHeaders: Form[] = [
  ['content-disposition', `attachment; filename="${AS_BYTES}"`],
  ['content-disposition', 'attachment; filename="\u00dc.csv"'],
  ['cache-control', 'private="\u00e9"'],
  ['content-language', '\u00fc'],
  ['content-type', 'text/\u00fc'],
].map(([header, value], i) => ({
  name: `${header} with bytes above 0x7E${i === 0 ? ' (UTF-8)' : ''}`,
  row: 'content headers',
  options: { headers: { [header]: value } },
  isRefusedByPacks: true,
  mayStayInParts: true,
}));

const metadata: Form[] = [
  ...INHERITED.map((name): Form => ({
    name: `metadata named ${name}`,
    row: 'metadata',
    options: { metadata: Object.fromEntries([[name, 'of the owner']]) },
  })),
  {
    name: 'metadata of all inherited names',
    row: 'metadata',
    options: {
      metadata: Object.fromEntries(INHERITED.map((name, i) => [name, String(i)])),
    },
  },
  { name: 'metadata', row: 'metadata', options: { metadata: { owner: 'ops', note: 'a b' } } },
  { name: 'empty metadata', row: 'metadata', options: { metadata: { owner: '' } } },
  {
    name: 'metadata in the form of RFC 2047',
    row: 'metadata',
    options: { metadata: { city: '=?UTF-8?B?TcO8bmNoZW4=?=', q: '=?UTF-8?Q?M=C3=BCnchen?=' } },
  },
  {
    name: 'metadata with bytes above 0x7E',
    row: 'metadata',
    options: { metadata: { city: Buffer.from('München').toString('latin1') } },
    isRefusedByPacks: true,
    mayStayInParts: true,
  },
  {
    name: 'metadata with punctuation',
    row: 'metadata',
    options: { metadata: { 'a.b_c-d': `!"#$%&'()*+,-./:;<=>?@[]^_{|}~` } },
  },
  {
    name: '2 KB of metadata',
    row: 'metadata',
    options: {
      metadata: Object.fromEntries(
        Array.from({ length: 20 }, (_, i) => [
          `name-${String(i).padStart(2, '0')}`,
          'v'.repeat(94),
        ]),
      ),
    },
  },
];

const tenTags = Object.fromEntries(
  ['a', 'B', 'ü', '日本', 'x y', 'a+b', 'a=b', 'k:v', 'p/q', '@_.-'].map((name, i) => [
    name,
    ['', 'x=y + z', 'ß/:@', '日本', ' ', '+', '=', '-', '.', '_'][i],
  ]),
);

const tags: Form[] = [
  { name: 'no tags', row: 'tags', options: {} },
  { name: 'one tag', row: 'tags', options: { tags: { team: 'data' } } },
  { name: 'an empty tag', row: 'tags', options: { tags: { team: '' } } },
  { name: '10 tags of awkward characters', row: 'tags', options: { tags: tenTags } },
  {
    name: '10 tags of the greatest length',
    row: 'tags',
    options: {
      tags: Object.fromEntries(
        Array.from({ length: 10 }, (_, i) => [`${i}${'ü'.repeat(127)}`, 'ß'.repeat(256)]),
      ),
    },
    isRefusedByPacks: true,
    isRefusedByParts: true,
  },
  ...INHERITED_TAGS.map((name): Form => ({
    name: `a tag named ${name}`,
    row: 'tags',
    options: { tags: Object.fromEntries([[name, 'of the owner']]) },
  })),
  {
    name: 'tags that may not be read below a prefix',
    row: 'tags',
    options: { tags: { team: 'data' } },
    isTagDenied: true,
    isRefused: true,
  },
  { name: 'no tags, which may not be read', row: 'tags', options: {}, isTagDenied: true },
  {
    name: 'tags that may not be read by s3:ExistingObjectTag',
    row: 'tags',
    options: { tags: { secret: 'yes', team: 'data' } },
    isRefused: true,
    isDroppedByPacks: true,
  },
];

const annotations: Form[] = [
  { name: 'an annotation', row: 'annotations', options: { annotations: { note: 'seen' } } },
  {
    name: 'three annotations',
    row: 'annotations',
    options: { annotations: { constructor: 'c', 'a/b ü': 'ü', toString: 'x'.repeat(5_000) } },
  },
];

const LOCKS: readonly (readonly [name: string, lock: ObjectLock])[] = [
  ['retention in governance mode', { mode: 'GOVERNANCE', retainUntil: FAR }],
  ['retention in compliance mode', { mode: 'COMPLIANCE', retainUntil: FAR }],
  ['retention that has ended', { mode: 'GOVERNANCE', retainUntil: 1_000_000_000_000 }],
  ['a legal hold', { legalHold: true }],
  ['an event hold in days', { eventHold: { days: 30 } }],
  ['an event hold in years', { eventHold: { years: 7 } }],
  [
    'all locks',
    { mode: 'GOVERNANCE', retainUntil: FAR, legalHold: true, eventHold: { days: 400 } },
  ],
];

const locks: Form[] = [
  ...(
    [
      'locks',
      'retention',
      'default retention',
      'default event hold',
      'default event hold and retention',
    ] as const
  ).flatMap((setup) => [
    { name: `no lock (${setup})`, row: 'lock' as const, setup },
    ...LOCKS.map(([name, lock]) => ({
      name: `${name} (${setup})`,
      row: 'lock' as const,
      setup,
      options: { lock },
    })),
  ]),
  { name: 'an archive with a retention and a default event hold', row: 'lock', setup: 'vault' },
  {
    name: 'a lock that nobody knows',
    row: 'lock',
    setup: 'locks',
    options: { headers: { 'x-amz-object-lock-novel': 'ON' } },
    isRefused: true,
  },
];

const rest: Form[] = [
  { name: 'zero bytes', row: 'bytes', size: 0 },
  {
    name: 'zero bytes with everything',
    row: 'bytes',
    size: 0,
    options: { metadata: { a: 'b' }, tags: { c: 'd' }, headers: { expires: '0' } },
  },
  { name: 'two parts of 5 MiB', row: 'bytes', size: 5 * 1024 ** 2 + 1 },
  {
    name: 'KMS',
    row: 'bytes',
    options: { serverSideEncryption: 'aws:kms', kmsKeyId: KMS_KEY, metadata: { k: 'v' } },
  },
  {
    name: 'KMS with a bucket key',
    row: 'bytes',
    options: { metadata: { k: 'v' }, tags: { k: 'v' } },
    attributes: { encryption: { algorithm: 'aws:kms', kmsKeyId: KMS_KEY, bucketKey: true } },
  },
  {
    name: 'uploaded in parts',
    row: 'bytes',
    options: { partSize: 16, metadata: { k: 'v' } },
  },
  {
    name: 'uploaded in parts with a full checksum',
    row: 'bytes',
    options: { partSize: 16, checksum: { algorithm: 'CRC32C', type: 'FULL_OBJECT' } },
  },
  {
    name: 'uploaded in parts with a composite checksum',
    row: 'bytes',
    options: {
      partSize: 16,
      checksum: { algorithm: 'SHA256', type: 'COMPOSITE', composite: `${'A'.repeat(43)}=-3` },
    },
  },
  {
    name: 'uploaded in parts with KMS',
    row: 'bytes',
    options: { partSize: 16, serverSideEncryption: 'aws:kms', tags: { k: 'v' } },
  },
  ...['STANDARD_IA', 'ONEZONE_IA', 'INTELLIGENT_TIERING', 'GLACIER_IR', 'REDUCED_REDUNDANCY'].map(
    (storageClass): Form => ({
      name: storageClass,
      row: 'storage class',
      options: { storageClass, tags: { k: 'v' } },
    }),
  ),
  {
    name: 'a website redirect',
    row: 'website redirect',
    options: { headers: { 'x-amz-website-redirect-location': '/elsewhere.html' } },
  },
  {
    name: 'a header that no row names',
    row: 'unlisted header',
    options: { headers: { 'x-amz-novel-attribute': 'yes' } },
    isRefusedByPacks: true,
    isRefusedByParts: true,
  },
];

export const FORMS: readonly Form[] = [
  ...headers,
  ...wideHeaders,
  ...metadata,
  ...tags,
  ...annotations,
  ...locks,
  ...rest,
];

export const setupOf = ({ setup = 'plain' }: Form): Setup => setup;
