/**
 * What every contender has to move, and what is wrong with what it left behind. Beside the bulk there are a few
 * objects that tools for copying get wrong: equal base names, a longer number, a taken destination, a key that has to
 * be encoded, metadata, an object above the threshold of multipart copies.
 */
import { createHash } from 'node:crypto';
import type { ObjectStore, StoredObject } from '../packages/s3-double/src';

export const BUCKET = 'bench';
export const REPORT_BUCKET = 'reports';
export const SOURCE = 'incoming/';
export const ARCHIVE = 'archive/';
export const DAY = '2026-11-24';
const OTHER_DAY = '2026-11-23';
/** The folder of the day. */
export const DESTINATION = `${ARCHIVE}2026/11/24/`;

export interface Shape {
  /** Objects in the source. */
  readonly objects: number;
  /** With the few that are easily got wrong. */
  readonly traps: boolean;
  /** One of so many is of the day. Default: 2. */
  readonly every?: number;
  /** Spread over as many folders. Default: none. */
  readonly folders?: number;
  /** How long keys in the archive are, with the day's folder. */
  readonly keyBytes?: number;
  /** Default: 1,024. */
  readonly objectBytes?: number;
}

/** `aws s3 mv` copies in parts from 8 MiB on. */
const LARGE_BYTES = 9 * 1024 ** 2;
const ATTRIBUTES = { metadata: { origin: 'host' }, headers: { 'content-type': 'text/x-log', 'cache-control': 'no-store' } };

const OF_THE_DAY = [`a/${DAY}-same.log`, `b/${DAY}-same.log`, `${DAY}-odd +%41é.log`, `${DAY}-large.log`];
/** Another date's name begins so. */
const OF_NO_DAY = `${DAY}1-longer.log`;
const TAKEN = `${DAY}-taken.log`;
const OLD_CONTENT = 'archived before';

export function selectedNames(shape: Shape): string[] {
  return [...bulk(shape, DAY), ...shape.traps ? OF_THE_DAY : []];
}

function otherNames(shape: Shape): string[] {
  return [...bulk(shape, OTHER_DAY), ...shape.traps ? [OF_NO_DAY] : []];
}

function bulk({ objects, every = 2, folders, keyBytes = 0 }: Shape, day: string): string[] {
  const names: string[] = [];
  for (let i = 0; i < objects; i++) {
    if ((i % every === 0) !== (day === DAY)) { continue; }
    const folder = folders === undefined ? '' : `host-${String(i % folders).padStart(4, '0')}/`;
    names.push(`${folder}${day}-${String(i).padStart(7, '0')}`.padEnd(keyBytes - DESTINATION.length - 4, 'x') + '.log');
  }
  return names;
}

/** Buckets anew, with the objects of the shape. */
export function seed(store: ObjectStore, shape: Shape): void {
  for (const bucket of [BUCKET, REPORT_BUCKET]) {
    store.buckets.delete(bucket);
    store.createBucket(bucket);
  }
  fill(store, BUCKET, shape);
}

export function fill(store: ObjectStore, bucket: string, shape: Shape): void {
  const put = (name: string) => store.put(bucket, SOURCE + name, contentOf(shape, name), ATTRIBUTES);
  for (const name of otherNames(shape)) { put(name); }
  for (const name of selectedNames(shape)) { put(name); }
  if (!shape.traps) { return; }
  put(TAKEN);
  store.put(bucket, DESTINATION + TAKEN, OLD_CONTENT);
}

function contentOf({ objectBytes = 1024 }: Shape, name: string): string {
  return `${name}\n`.padEnd(name.endsWith('-large.log') ? LARGE_BYTES : objectBytes, '.');
}

/** What is wrong, by kind, each with how many objects; nothing where all is well. */
export function judge(store: ObjectStore, bucket: string, shape: Shape): Record<string, number> {
  const wrong: Record<string, number> = {};
  const count = (what: string) => { wrong[what] = (wrong[what] ?? 0) + 1; };
  const at = (key: string) => store.get(bucket, key);
  // Looked for only where something is not at its place.
  let archived: Set<string> | undefined;
  const isElsewhere = (content: string) => {
    archived ??= new Set(store.keys(bucket, ARCHIVE).map((key) => at(key)!.etag));
    return archived.has(createHash('md5').update(content).digest('hex'));
  };

  for (const name of selectedNames(shape)) {
    const source = at(SOURCE + name);
    const there = at(DESTINATION + name);
    const is = contentOf(shape, name);
    if (!there && source) {
      count('left behind');
    } else if (!there) {
      count(isElsewhere(is) ? 'at another key' : 'lost');
    } else if (!holds(there, is)) {
      count(source ? 'wrong content' : 'lost');
    } else if (source) {
      count('copied, not deleted');
    }
    if (there && !hasAttributes(there)) { count('metadata dropped'); }
  }
  for (const name of otherNames(shape)) {
    const source = at(SOURCE + name);
    if (!source) {
      count('moved although of another day');
    } else if (!holds(source, contentOf(shape, name))) {
      count('changed although of another day');
    }
  }
  if (shape.traps) {
    const there = at(DESTINATION + TAKEN);
    if (!there || !holds(there, OLD_CONTENT)) {
      count('overwrote an archived object');
    } else if (!at(SOURCE + TAKEN) && !isElsewhere(contentOf(shape, TAKEN))) {
      count('lost');
    }
  }
  return wrong;
}

function holds(object: StoredObject, content: string): boolean {
  return object.size === Buffer.byteLength(content) && object.body.bytes().equals(Buffer.from(content));
}

function hasAttributes({ attributes: { headers, metadata } }: StoredObject): boolean {
  const { headers: expected } = ATTRIBUTES;
  return metadata?.origin === 'host' && headers['content-type'] === expected['content-type'] && headers['cache-control'] === expected['cache-control'];
}
