/**
 * Creates the objects that every contender has to move, and finds what is wrong afterwards. Besides
 * the bulk there are a few objects that copy tools get wrong: equal base names, a longer number, a
 * taken destination, a key that has to be encoded, metadata, and an object above the threshold for
 * multipart copies.
 */
import { createHash } from 'node:crypto';
import type { ObjectStore, StoredObject } from '../packages/s3-double/src';

export const BUCKET = 'bench';
export const REPORT_BUCKET = 'reports';
export const ARCHIVE_BUCKET = 'archives';
export const SOURCE = 'incoming/';
export const ARCHIVE = 'archive/';
export const DAY = '2026-11-24';
const OTHER_DAY = '2026-11-23';
const MILLISECONDS_OF_A_DAY = 86_400_000;
/** The day's folder in the archive. */
export const DESTINATION = `${ARCHIVE}2026/11/24/`;

export interface Shape {
  /** Objects in the source. */
  readonly objects: number;
  /** Whether the objects that are easily moved wrongly are included. */
  readonly traps: boolean;
  /** One of this many objects belongs to the day. Default: 2. */
  readonly every?: number;
  /** Number of folders that the objects are spread over. Default: none. */
  readonly folders?: number;
  /** Length of the keys in the archive, including the day's folder. */
  readonly keyBytes?: number;
  /** Size of each object. Default: 1,024. */
  readonly objectBytes?: number;
  /** Where the archive is, if not beside the source. */
  readonly destinationBucket?: string;
  /** The objects of the day are to be packed. */
  readonly packed?: boolean;
  /** Number of objects of one day. The others are of the days before. Default: all. */
  readonly perDay?: number;
}

/** Above 8 MiB, `aws s3 mv` copies in parts. */
const LARGE_BYTES = 9 * 1024 ** 2;
const ATTRIBUTES = {
  metadata: { origin: 'host' },
  headers: { 'content-type': 'text/x-log', 'cache-control': 'no-store' },
};

const OF_THE_DAY = [
  `a/${DAY}-same.log`,
  `b/${DAY}-same.log`,
  `${DAY}-odd +%41é.log`,
  `${DAY}-large.log`,
];
/** A name that begins with the date but has a longer number. */
const OF_NO_DAY = `${DAY}1-longer.log`;
const TAKEN = `${DAY}-taken.log`;
const OLD_CONTENT = 'archived before';

export function selectedNames(shape: Shape): string[] {
  return [...bulk(shape, DAY), ...(shape.traps ? OF_THE_DAY : [])];
}

function otherNames(shape: Shape): string[] {
  return [...bulk(shape, OTHER_DAY), ...(shape.traps ? [OF_NO_DAY] : [])];
}

function bulk(
  { objects, every = 2, folders, keyBytes = 0, perDay = Infinity }: Shape,
  day: string,
): string[] {
  const names: string[] = [];
  for (let i = 0; i < objects; i++) {
    if ((i % every === 0) !== (day === DAY)) {
      continue;
    }
    const folder = folders === undefined ? '' : `host-${String(i % folders).padStart(4, '0')}/`;
    names.push(
      `${folder}${before(day, Math.floor(i / perDay))}-${String(i).padStart(7, '0')}`.padEnd(
        keyBytes - DESTINATION.length - 4,
        'x',
      ) + '.log',
    );
  }
  return names;
}

/** Creates all buckets again, with the objects of the shape. */
export function seed(store: ObjectStore, shape: Shape): void {
  for (const bucket of [BUCKET, REPORT_BUCKET, ARCHIVE_BUCKET]) {
    store.buckets.delete(bucket);
    store.createBucket(bucket);
  }
  fill(store, BUCKET, shape);
}

export function fill(store: ObjectStore, bucket: string, shape: Shape): void {
  const put = (name: string) =>
    store.put(bucket, SOURCE + name, getContent(shape, name), ATTRIBUTES);
  for (const name of otherNames(shape)) {
    put(name);
  }
  for (const name of selectedNames(shape)) {
    put(name);
  }
  if (!shape.traps) {
    return;
  }
  put(TAKEN);
  store.put(shape.destinationBucket ?? bucket, DESTINATION + TAKEN, OLD_CONTENT);
}

export function getContent({ objectBytes = 1024 }: Shape, name: string): string {
  return `${name}\n`.padEnd(name.endsWith('-large.log') ? LARGE_BYTES : objectBytes, '.');
}

function before(day: string, days: number): string {
  return days === 0
    ? day
    : new Date(Date.parse(day) - days * MILLISECONDS_OF_A_DAY).toISOString().slice(0, 10);
}

/**
 * Counts the objects that are wrong, by kind of error. The result is empty if everything is right.
 */
export function judge(store: ObjectStore, bucket: string, shape: Shape): Record<string, number> {
  const wrong: Record<string, number> = {};
  const count = (what: string) => {
    wrong[what] = (wrong[what] ?? 0) + 1;
  };
  const archive = shape.destinationBucket ?? bucket;
  const at = (key: string) => store.get(key.startsWith(ARCHIVE) ? archive : bucket, key);
  // The archive is searched only if an object is not where it should be.
  let archived: Set<string> | undefined;
  const isElsewhere = (content: string) => {
    archived ??= new Set(store.keys(archive, ARCHIVE).map((key) => at(key)!.etag));
    return archived.has(createHash('md5').update(content).digest('hex'));
  };

  for (const name of selectedNames(shape)) {
    const source = at(SOURCE + name);
    const there = at(DESTINATION + name);
    const is = getContent(shape, name);
    if (!there && source) {
      count('left behind');
    } else if (!there) {
      count(isElsewhere(is) ? 'at another key' : 'lost');
    } else if (!holds(there, is)) {
      count(source ? 'wrong content' : 'lost');
    } else if (source) {
      count('copied, not deleted');
    }
    if (there && !hasAttributes(there)) {
      count('metadata dropped');
    }
  }
  for (const name of otherNames(shape)) {
    const source = at(SOURCE + name);
    if (!source) {
      count(
        isElsewhere(getContent(shape, name))
          ? 'moved although of another day'
          : 'removed although of another day, and not archived',
      );
    } else if (!holds(source, getContent(shape, name))) {
      count('changed although of another day');
    }
  }
  if (shape.traps) {
    const there = at(DESTINATION + TAKEN);
    if (!there || !holds(there, OLD_CONTENT)) {
      count('overwrote an archived object');
    } else if (!at(SOURCE + TAKEN) && !isElsewhere(getContent(shape, TAKEN))) {
      count('lost');
    }
  }
  return wrong;
}

function holds(object: StoredObject, content: string): boolean {
  return (
    object.size === Buffer.byteLength(content) && object.body.bytes().equals(Buffer.from(content))
  );
}

function hasAttributes({ attributes: { headers, metadata } }: StoredObject): boolean {
  const { headers: expected } = ATTRIBUTES;
  return (
    metadata?.origin === 'host' &&
    headers['content-type'] === expected['content-type'] &&
    headers['cache-control'] === expected['cache-control']
  );
}
