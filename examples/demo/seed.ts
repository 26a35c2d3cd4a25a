import { dayOf } from './days';
import { PRODUCERS } from './producers';
import { trapsOf } from './traps';
import type { ObjectStore, PutOptions } from '../../packages/s3-double/src';

/** An object of the demo, and what its name is known to say: the proof compares the run with that, not with the archiver's own opinion. */
export interface SeedObject {
  readonly key: string;
  readonly body: string;
  readonly options?: PutOptions;
  /** The day in its name, if a person finds a real one there. */
  readonly day?: string;
}

export interface Scene {
  /** The days that the schedule's run archives. */
  readonly days: readonly string[];
  readonly sourcePrefix: string;
  readonly archivePrefix: string;
  /** Below the source prefix. */
  readonly incoming: readonly SeedObject[];
  /** What the archive holds before the run. */
  readonly archived: readonly SeedObject[];
}

/** How much of each day is there. Earlier nights archived what had come by then: of the 23rd they missed what AWS services, which date in UTC, wrote later. */
const FULLNESS: ReadonlyArray<readonly [day: string, share: number]> = [
  ['2026-11-22', 0.02],
  ['2026-11-23', 0.33],
  ['2026-11-24', 1],
  ['2026-11-25', 0.08],
];
const SOURCE_PREFIX = 'incoming/';
const ARCHIVE_PREFIX = 'archive/';

/** About 5,000 objects of several days, and some traps. The same ones on every call. A smaller scale gives fewer, and the same traps. */
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
 * Where each object that is due belongs: the folder of its day, then the path that it had. By the name alone, as a person
 * reads it; nothing of the archiver is asked.
 */
export function destinationsOf({ days, sourcePrefix, archivePrefix, incoming }: Scene): Map<string, string> {
  const due = incoming.filter(({ day }) => day !== undefined && days.includes(day));
  return new Map(due.map(({ key, day }) => [key, `${archivePrefix}${dayOf(day!).path}/${key.slice(sourcePrefix.length)}`]));
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

/** No two objects have the same content, so that a mix-up shows. */
function bodyOf(key: string, n: number): string {
  return `${key}\n`.repeat(1 + (n % 7));
}

function optionsOf(producer: string, iso: string, n: number): PutOptions {
  return {
    lastModified: new Date(`${iso}T23:50:00Z`),
    metadata: n % 3 === 0 ? { producer, sequence: String(n) } : undefined,
    tags: n % 5 === 0 ? { retention: '7y', day: iso } : undefined,
    headers: n % 4 === 0 ? { 'content-type': 'text/plain', 'cache-control': 'no-store' } : undefined,
  };
}
