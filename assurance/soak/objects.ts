/** Draws random objects: keys, contents and everything else that S3 stores with a content. */
import type { Random } from './random';
import { DAY, PREFIX, type Setup } from './setup';
import type { PutOptions, StoredObject } from '../../packages/s3-double/src';
import { Body } from '../../packages/s3-double/src/store/body';

/** A producer writes to this key, and an archiver must put the object at this destination. */
export interface Place {
  readonly key: string;
  /** This is undefined if the object is not selected. */
  readonly destination?: string;
}

const NAMES = [
  'a',
  'ä',
  'x y',
  'p+q',
  '100%',
  'q?r',
  'h#i',
  '🚀',
  '.',
  '..',
  './',
  '../',
  '&',
  '"',
  '<b>',
  "'",
  '\u0001',
  'deep/er',
  'deep//er',
  '/',
  '日本/',
  '~',
  '*',
  'e\u0301',
  ';=,',
];
/**
 * Names that an attacker chose in order to harm: keys that XML cannot carry, that write on a
 * terminal, or that look like an archiver's own objects. Lone surrogates are not among them: they
 * are not UTF-8, so S3 refuses them.
 */
const HOSTILE_NAMES = [
  '\t',
  '\n',
  '\r',
  '\r\n',
  '\u001b[2J\u001b]0;x\u0007',
  '\u007f',
  '\u0085',
  '\u009b31m',
  '\u061c',
  '\u200b',
  '\u2028',
  '\u202egnp.',
  '\u2066a\u2069',
  '\ufeff',
  '\ufffd',
  '\ufffe',
  '\uffff',
  '&#x1;',
  '&amp;amp;',
  '%00',
  '%2e%2e/',
  ']]>',
  '</Key></Contents>',
  '$(id)',
  '`id`',
  '!!',
  '\\',
  '__proto__',
  'constructor',
  '=1+1',
  'runs/2026-11-25/nightly/report.json',
  'runs/2026-11-25/nightly/ledger/0-000000_000001.jsonl',
  '{"key":"x","status":"archived"}',
];
/** S3 takes no longer key. */
export const MAX_KEY_BYTES = 1024;
const OTHER_DAYS = ['2026-11-23', '2026-11-25', '2026-13-24', '2020-02-29'];
const MIB = 1024 ** 2;

/**
 * All objects of several parts share these bytes. Each object has its own bytes in front of them.
 */
const LARGE = Buffer.alloc(12 * MIB, 'a stretch of bytes of an odd length, ');

/**
 * @param given the name in the key of an object of the day. Default: a random name, and a random
 * day
 */
export function drawPlace(random: Random, setup: Setup, n: number, given?: string): Place {
  const { date, layout, destinationPrefix } = setup;
  const day = given !== undefined || random.chance(0.8) ? DAY : random.pick(OTHER_DAYS);
  // A date that is followed by another digit is not a date.
  const text =
    write(date.format, day) +
    (given === undefined && day === DAY && date.kind !== 'lastModified' && random.chance(0.03)
      ? '1'
      : '');
  const extension = random.pick(['', '.csv', '.tar.gz']);
  const toRelative = (name: string) =>
    ({
      objectName: `${name}${n}-${text}${extension}`,
      objectKey: `${name}${n}/${text}/f${n}${extension}`,
      keyPrefix: `${text}/${name}${n}${extension}`,
      // Only this generator needs the day in the key.
      lastModified: `${day}_/${name}${n}${extension}`,
    })[date.kind];
  const relative = toRelative(
    given ?? drawName(random, MAX_KEY_BYTES - Buffer.byteLength(PREFIX + toRelative(''))),
  );
  const key = PREFIX + relative;
  if (day !== DAY || text.endsWith('241') || key.endsWith('/')) {
    return { key };
  }
  const dropped = {
    objectName: relative,
    objectKey: relative.replace(`/${text}/`, '/'),
    keyPrefix: relative.slice(text.length + 1),
    lastModified: relative,
  }[date.kind];
  const inFolder = layout.flatten
    ? baseName(relative)
    : layout.dropDateFolders
      ? dropped
      : relative;
  return { key, destination: destinationPrefix + write(layout.format, DAY) + inFolder };
}

/** @param most the bytes that the longest key leaves for the name */
function drawName(random: Random, most: number): string {
  if (random.chance(0.01)) {
    return 'long'.repeat(246);
  }
  if (random.chance(0.02)) {
    return 'k'.repeat(most);
  }
  return random.pick(random.chance(0.3) ? HOSTILE_NAMES : NAMES);
}

/** Returns how the keys of the day begin whose name begins with this text. */
export function prefixOfName({ date }: Setup, name: string): string {
  const before = {
    objectName: '',
    objectKey: '',
    keyPrefix: `${write(date.format, DAY)}/`,
    lastModified: `${DAY}_/`,
  }[date.kind];
  return PREFIX + before + name;
}

/**
 * Returns another key with the same base name, which a flat layout sends to the same destination.
 * There is none if the archive cannot be read: then checksums decide whether the second object
 * finds that the first is the same. Nor is there one if objects wait for a restore, while others
 * take their destination.
 */
export function twinOf(
  { key, destination }: Place,
  { date, layout, storageClass, restores }: Setup,
): Place | undefined {
  if (
    !layout.flatten ||
    date.kind === 'keyPrefix' ||
    destination === undefined ||
    storageClass === 'GLACIER' ||
    restores
  ) {
    return undefined;
  }
  const twin = `${PREFIX}twin/${key.slice(PREFIX.length)}`;
  return Buffer.byteLength(twin) > MAX_KEY_BYTES ? undefined : { key: twin, destination };
}

/** Returns the prefix that a run lists in the source. */
export function listedPrefix({ date }: Setup): string {
  return date.kind === 'keyPrefix' ? PREFIX + write(date.format, DAY) : PREFIX;
}

/**
 * Writes a day in the formats that the setups use. They contain only quoted words and the tokens of
 * a day.
 */
function write(format: string, day: string): string {
  const [year, month, date] = day.split('-');
  return format.replaceAll("'", '').replace('yyyy', year).replace('MM', month).replace('dd', date);
}

const baseName = (key: string) => key.slice(key.lastIndexOf('/') + 1);

/** Returns when an object was written, if that time determines its day. */
export function lastModifiedOf({ key }: Place, { date }: Setup): Date | undefined {
  if (date.kind !== 'lastModified') {
    return undefined;
  }
  const day = new Date(`${/(\d{4}-\d\d-\d\d)_\//.exec(key)![1]}T12:00:00Z`);
  return Number.isNaN(day.getTime()) ? new Date('2026-11-20T00:00:00Z') : day;
}

/** Returns a content that no other object has, unless it is empty. */
export function drawContent(random: Random, label: string, large: boolean): string | Body {
  if (large) {
    return Body.ofChunks([
      Buffer.from(label),
      LARGE.subarray(0, random.pick([4 * MIB, 5 * MIB, 7 * MIB, 11 * MIB]) + random.integer(1000)),
    ]);
  }
  if (random.chance(0.05)) {
    return '';
  }
  return label + 'x'.repeat(random.pick([0, random.integer(40), random.integer(4000)]));
}

/** Returns a text that looks like S3's composite checksum. It is not computed from content. */
const compositeOf = (n: number) => `${Buffer.alloc(32, n).toString('base64')}-2`;

export function drawAttributes(random: Random, setup: Setup, n: number): PutOptions {
  return {
    ...(random.chance(0.3) && {
      metadata: { n: String(n), ...(random.chance(0.3) && { 'origin-of-it': 'a b; "c"=d' }) },
    }),
    ...(random.chance(0.3) && {
      tags: { n: String(n), ...(random.chance(0.3) && { 'team x': 'a/b+c=d@e_ä' }) },
    }),
    ...(random.chance(0.3) && { headers: drawHeaders(random) }),
    ...(random.chance(setup.restores ? 0.6 : 0.15) && drawClass(random)),
    ...(random.chance(0.1) && { partSize: 7 }),
    ...(random.chance(0.2) && {
      checksum: {
        algorithm: random.pick(['CRC32', 'CRC32C', 'SHA1', 'SHA256']),
        type: 'FULL_OBJECT',
      },
    }),
    ...(random.chance(0.05) && {
      checksum: { algorithm: 'SHA256', type: 'COMPOSITE', composite: compositeOf(n) },
    }),
    ...(setup.source.objectLock && random.chance(0.4) && { lock: drawLock(random) }),
  };
}

function drawHeaders(random: Random): Record<string, string> {
  return {
    'content-type': random.pick(['text/csv', 'text/plain; charset=utf-8']),
    ...(random.chance(0.3) && { 'cache-control': 'max-age=60, private' }),
    ...(random.chance(0.3) && { 'content-disposition': 'attachment; filename="a b.csv"' }),
    ...(random.chance(0.3) && { 'content-encoding': 'gzip' }),
    ...(random.chance(0.3) && { 'content-language': 'de, en' }),
    ...(random.chance(0.3) && { expires: 'Wed, 24 Nov 2027 12:00:00 GMT' }),
  };
}

function drawClass(random: Random): PutOptions {
  return random.pick<PutOptions>([
    { storageClass: 'STANDARD_IA' },
    { storageClass: 'INTELLIGENT_TIERING' },
    { storageClass: 'INTELLIGENT_TIERING', archiveTier: 'ARCHIVE_ACCESS' },
    { storageClass: 'GLACIER_IR' },
    { storageClass: 'GLACIER' },
    { storageClass: 'GLACIER', restored: true },
    { storageClass: 'DEEP_ARCHIVE' },
  ]);
}

function drawLock(random: Random): PutOptions['lock'] {
  // S3 stores these times in whole seconds. One of the two retentions has already ended.
  const retainUntil = random.pick([
    Date.parse('2030-01-01T00:00:00Z'),
    Date.parse('2026-01-01T00:00:00Z'),
  ]);
  return random.pick([
    { legalHold: true },
    { mode: 'GOVERNANCE', retainUntil },
    { mode: 'COMPLIANCE', retainUntil, legalHold: true },
    { eventHold: { days: 30 } },
    { eventHold: { years: 7 }, mode: 'GOVERNANCE', retainUntil },
  ]);
}

/** Returns the lock that holds an object now. */
export function lockOf({ attributes: { lock } }: StoredObject): string | undefined {
  const retained = lock?.retainUntil !== undefined && lock.retainUntil > Date.now();
  if (!retained && !lock?.legalHold && !lock?.eventHold) {
    return undefined;
  }
  return JSON.stringify([
    retained && [lock!.mode, lock!.retainUntil],
    lock!.legalHold === true,
    lock!.eventHold,
  ]);
}

/** Returns everything that a move must keep: bytes, metadata, headers, tags and lock. */
export function fingerprint(object: StoredObject): string;
export function fingerprint(object: StoredObject | undefined): string | undefined;
export function fingerprint(object: StoredObject | undefined): string | undefined {
  if (!object) {
    return undefined;
  }
  const { metadata = {}, headers, tags = [] } = object.attributes;
  const beside = [Object.entries(metadata), Object.entries(headers), [...tags]].map((pairs) =>
    pairs.sort(),
  );
  return JSON.stringify([object.size, object.body.md5(), ...beside, lockOf(object) ?? null]);
}
