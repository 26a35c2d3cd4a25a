import { trapsOf } from './traps';
import type { ObjectStore, PutOptions } from '../../packages/s3-double/src';
import { dayOf } from '../../packages/sandbox/src/demo/days';
import { PRODUCERS } from '../../packages/sandbox/src/demo/producers';

/**
 * An object of the demo and the date in its name. The proof compares the run with these dates, not
 * with what the archiver found.
 */
export interface SeedObject {
  readonly key: string;
  readonly body: string;
  readonly options?: PutOptions;
  /** The date in its name, if a person would find a valid one. */
  readonly day?: string;
}

export interface Scene {
  /** The days that the schedule's run archives. */
  readonly days: readonly string[];
  readonly sourcePrefix: string;
  readonly archivePrefix: string;
  /** Below the source prefix. */
  readonly incoming: readonly SeedObject[];
  /** Content of the archive before the run. */
  readonly archived: readonly SeedObject[];
}

/**
 * Share of each day that is at the source. Earlier runs archived the rest. For the 23rd, they
 * missed what AWS services, which use UTC, wrote later.
 */
const FULLNESS: ReadonlyArray<readonly [day: string, share: number]> = [
  ['2026-11-22', 0.02],
  ['2026-11-23', 0.33],
  ['2026-11-24', 1],
  ['2026-11-25', 0.08],
];
const SOURCE_PREFIX = 'incoming/';
const ARCHIVE_PREFIX = 'archive/';

/**
 * Returns about 5,000 objects of several days, and some traps, the same in every call. A smaller
 * scale gives fewer objects and the same traps.
 */
export function createScene(scale = 1): Scene {
  const produced = FULLNESS.flatMap(([iso, share]) => objectsOf(iso, share * scale));
  const traps = trapsOf(dayOf('2026-11-24'));
  return {
    days: ['2026-11-23', '2026-11-24'],
    sourcePrefix: SOURCE_PREFIX,
    archivePrefix: ARCHIVE_PREFIX,
    incoming: [...produced, ...traps.incoming],
    archived: traps.archived,
  };
}

export function putScene(store: ObjectStore, bucket: string, scene: Scene): void {
  for (const { key, body, options } of [...scene.archived, ...scene.incoming]) {
    store.put(bucket, key, body, options);
  }
}

/**
 * Returns the right destination of each object that has to be archived: the folder of its day, then
 * its old path. It uses only the dates that a person reads in the names, and no code of the
 * archiver.
 */
export function destinationsOf({
  days,
  sourcePrefix,
  archivePrefix,
  incoming,
}: Scene): Map<string, string> {
  const due = incoming.filter(({ day }) => day !== undefined && days.includes(day));
  return new Map(
    due.map(({ key, day }) => [
      key,
      `${archivePrefix}${dayOf(day!).path}/${key.slice(sourcePrefix.length)}`,
    ]),
  );
}

function objectsOf(iso: string, share: number): SeedObject[] {
  const day = dayOf(iso);
  return PRODUCERS.flatMap((producer) => {
    const count = Math.max(1, Math.round(producer.perDay * share));
    return Array.from({ length: count }, (_, n): SeedObject => {
      const key = SOURCE_PREFIX + producer.key(day, n, count);
      return { key, body: bodyOf(key, n), options: optionsOf(producer.name, iso, n), day: iso };
    });
  });
}

/** Gives each object different content, so that a mix-up is visible. */
function bodyOf(key: string, n: number): string {
  return `${key}\n`.repeat(1 + (n % 7));
}

function optionsOf(producer: string, iso: string, n: number): PutOptions {
  return {
    lastModified: new Date(`${iso}T23:50:00Z`),
    metadata: n % 3 === 0 ? { producer, sequence: String(n) } : undefined,
    tags: n % 5 === 0 ? { retention: '7y', day: iso } : undefined,
    headers:
      n % 4 === 0 ? { 'content-type': 'text/plain', 'cache-control': 'no-store' } : undefined,
  };
}
