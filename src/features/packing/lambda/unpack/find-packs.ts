/**
 * Finds the packs of some days by the tree of all indexes and by the folders of these days. It
 * reads both, because any writer to the archive may have removed, cut or forged one of them.
 */
import { listOwnLines, type SourcePlace } from './own-lines';
import { openIndexFile } from './pack-index';
import type { NamedKeys, PlannedPacks } from './planned-packs';
import { toPackIndexKey, toPackIndexName } from '../../../../contract/packs';
import type { PartVersion } from '../../../../contract/payloads/batch-payloads';
import type { PackedObject } from '../../../../contract/payloads/pack-index';
import type { Settings } from '../../../../contract/payloads/settings';
import { addDays, type IsoDate } from '../../../../dates/calendar';
import {
  type DateFormat,
  hasHour,
  hasMonth,
  hasToken,
  renderDate,
} from '../../../../dates/date-format';
import type { Window } from '../../../../dates/date-window';
import { getBaseName } from '../../../../dates/key-dates';
import { toPartVersion } from '../../../../lambda/ledger/part-keys';
import { LatestVersions } from '../../../../lambda/plan-run/latest-versions';
import { listPackIndexes } from '../../../../lambda/plan-run/plan-parts';
import type { BucketClient } from '../../../../lambda/s3/bucket-client';
import { orderedMap } from '../../../../lambda/s3/ordered-map';
import { findObject, listObjects, readVersion } from '../../../../lambda/s3/read-objects';
import { toS3Error } from '../../../../lambda/s3/s3-error';

export type PackPlace = SourcePlace & Pick<Settings, 'destinationPrefix' | 'layout'>;

export interface FoundPacks {
  /** Each is the index of a pack, or a pack without one. */
  readonly items: readonly PartVersion[];
  readonly planned: PlannedPacks;
}

export interface PackLimits {
  /** Each is listed: of a day, or of an hour of it. */
  readonly folders: number;
  /** The limit for compressed indexes: some 300,000 objects, which take 15 seconds to read. */
  readonly indexBytes: number;
}

const LIMITS: PackLimits = { folders: 1_000, indexBytes: 32 * 1024 ** 2 };
const REQUESTS_AT_ONCE = 16;
const MAX_EXAMPLES = 20;
const PACK_NAME = /\/pack-[0-9a-f]{16}\.zip$/;

export async function findPacks(
  archive: BucketClient,
  place: PackPlace,
  days: Window,
  limits = LIMITS,
): Promise<FoundPacks> {
  const indexes = await listPackIndexes(
    archive.s3,
    { bucket: archive.name, prefix: place.destinationPrefix },
    days,
  );
  const packs = await listPacks(archive, place, days, limits.folders);
  const isRead = indexes.reduce((sum, { size }) => sum + size, 0) <= limits.indexBytes;
  const found = new PackPairs(place, packs ?? []);
  const opened = orderedMap(indexes, REQUESTS_AT_ONCE, async (index) => ({
    index,
    lines: isRead ? await readLines(archive, index) : undefined,
  }));
  for await (const { index, lines } of opened) {
    if (isRead) {
      await found.addIndex(archive, index, lines);
    } else {
      found.addUnread(index);
    }
  }
  const others = await findWithoutIndex(archive, place, days, found.withoutIndex());
  return found.finish(others, {
    ...(!packs && { notListed: true }),
    ...(!isRead && { notCompared: true }),
  });
}

interface ListedPack extends PartVersion {
  /** Undefined: the folder is that of several days. */
  readonly day?: IsoDate;
}

/**
 * Lists only keys that are named like packs in the folders of the days: a folder may also have
 * millions of moved objects. Undefined: there are too many folders.
 */
async function listPacks(
  { s3, name }: BucketClient,
  place: PackPlace,
  days: Window,
  maxFolders: number,
): Promise<ListedPack[] | undefined> {
  const folders = listFolders(place, days, maxFolders);
  if (!folders) {
    return undefined;
  }
  const packs: ListedPack[] = [];
  const listed = orderedMap(folders, REQUESTS_AT_ONCE, async ([folder, day]) => {
    const ofFolder: ListedPack[] = [];
    for await (const pack of listObjects(s3, name, `${folder}pack-`)) {
      if (PACK_NAME.test(pack.Key!)) {
        ofFolder.push({ ...toPartVersion(pack), ...(day && { day }) });
      }
    }
    return ofFolder;
  });
  for await (const ofFolder of listed) {
    packs.push(...ofFolder);
  }
  return packs;
}

/** The folders that the layout has for the days, and the day of each that has only one. */
function listFolders(
  { destinationPrefix, layout: { format } }: PackPlace,
  { from, to }: Window,
  maxFolders: number,
): Map<string, IsoDate | undefined> | undefined {
  const hours = hasHour(format) ? Array.from({ length: 24 }, (_, hour) => hour) : [undefined];
  const folders = new Map<string, IsoDate | undefined>();
  for (let day = from ?? to; day <= to; day = addDays(day, 1)) {
    for (const hour of hours) {
      const folder = destinationPrefix + renderDate(format, day, hour);
      folders.set(folder, isOfOneDay(format) ? day : undefined);
    }
    if (folders.size > maxFolders) {
      return undefined;
    }
  }
  return folders;
}

function isOfOneDay(format: DateFormat): boolean {
  const hasDay = hasToken(format, 'DDD') || (hasToken(format, 'dd') && hasMonth(format));
  return hasYear(format) && hasDay;
}

function hasYear(format: DateFormat): boolean {
  return hasToken(format, 'yyyy', 'yy');
}

/** Undefined: it is cut, or is no index. */
async function readLines(
  archive: BucketClient,
  { key, etag }: PartVersion,
): Promise<readonly PackedObject[] | undefined> {
  const bytes = await readVersion(archive, key, etag).catch((error: unknown) => {
    const { kind } = toS3Error(error);
    if (kind === 'missing' || kind === 'ambiguous') {
      return undefined;
    }
    throw error;
  });
  if (!bytes) {
    return undefined;
  }
  try {
    return openIndexFile(bytes).lines;
  } catch {
    return undefined;
  }
}

/** Each index with its pack, and what has no partner. */
class PackPairs {
  private readonly items: PartVersion[] = [];
  private readonly versions = new LatestVersions();
  /** Packs that are listed and have no index yet, by the key that their index would have. */
  private readonly left = new Map<string, ListedPack>();
  private readonly withoutPack: string[] = [];
  private readonly damaged: string[] = [];
  private pairs = 0;
  private others = 0;

  constructor(
    private readonly place: PackPlace,
    private readonly packs: readonly ListedPack[],
  ) {
    for (const pack of packs) {
      this.left.set(pack.key, pack);
    }
  }

  /** @param lines undefined if it cannot be read */
  async addIndex(
    archive: BucketClient,
    index: PartVersion,
    lines: readonly PackedObject[] | undefined,
  ): Promise<void> {
    const day = getDay(index.key);
    const named = lines && getNamedPack(lines);
    const isNamed =
      named !== undefined && toPackIndexKey(this.place.destinationPrefix, day, named) === index.key;
    const key = isNamed && this.left.has(named) ? named : this.findListed(index.key);
    if (lines && isNamed && (key === named || (await isThere(archive, named)))) {
      this.addPair(index, named, lines);
      return;
    }
    if (isNamed) {
      this.withoutPack.push(index.key);
      return;
    }
    this.damaged.push(index.key);
    if (key !== undefined) {
      this.left.delete(key);
      this.items.push({ ...index, pack: { key, day } });
    }
  }

  /** An index whose pack only its child finds. */
  addUnread(index: PartVersion): void {
    const key = this.findListed(index.key);
    if (key !== undefined) {
      this.left.delete(key);
    }
    this.pairs += 1;
    this.items.push({
      ...index,
      ...(key !== undefined && { pack: { key, day: getDay(index.key) } }),
    });
  }

  withoutIndex(): ListedPack[] {
    return [...this.left.values()];
  }

  finish(
    lonely: readonly ListedPack[],
    limits: Pick<PlannedPacks, 'notListed' | 'notCompared'>,
  ): FoundPacks {
    const ofOneDay = lonely.filter(({ day }) => day !== undefined);
    const compared = this.versions.finish();
    const items = [
      ...this.items.flatMap((item) => compared.mark([item])),
      ...ofOneDay.map(({ day, ...pack }) => ({ ...pack, pack: { key: pack.key, day: day! } })),
    ];
    const planned = {
      packs: this.pairs,
      withoutPack: toNamed(this.withoutPack),
      withoutIndex: toNamed(ofOneDay.map(({ key }) => key)),
      ofUnknownDay: toNamed(lonely.filter(({ day }) => !day).map(({ key }) => key)),
      damaged: toNamed(this.damaged),
      others: this.others,
      ...limits,
    };
    return { items, planned };
  }

  private addPair(index: PartVersion, pack: string, lines: readonly PackedObject[]): void {
    this.left.delete(pack);
    const own = listOwnLines(lines, this.place);
    if (own.length === 0) {
      this.others += 1;
      return;
    }
    const item = { ...index, pack: { key: pack, day: getDay(index.key) } };
    this.pairs += 1;
    this.items.push(item);
    this.versions.begin([item]);
    own.forEach(({ key, etag, sha256, lastModified = '' }, position) => {
      const at = Date.parse(lastModified) || 0;
      this.versions.add(position, key, { etag, member: { sha256 } }, at);
    });
  }

  /** Packs with the same name have the same content, so it returns any of them. */
  private findListed(indexKey: string): string | undefined {
    const name = getBaseName(indexKey);
    const day = getDay(indexKey);
    return this.packs.find(
      (pack) =>
        this.left.has(pack.key) &&
        toPackIndexName(pack.key) === name &&
        (pack.day === undefined || pack.day === day),
    )?.key;
  }
}

function getDay(indexKey: string): IsoDate {
  return /\/day=(\d{4}-\d{2}-\d{2})\/[^/]+$/.exec(indexKey)![1];
}

/** Undefined: the lines do not agree, or there are none. */
function getNamedPack(lines: readonly PackedObject[]): string | undefined {
  const [first] = lines;
  return first && lines.every(({ pack }) => pack === first.pack) ? first.pack : undefined;
}

/** Packs of an earlier layout lie in other folders. */
async function isThere({ s3, name }: BucketClient, pack: string): Promise<boolean> {
  return (await findObject(s3, name, pack)) !== undefined;
}

/**
 * A folder of several days may have packs of other days. The tree of all indexes shows their day,
 * because an index is named after its pack.
 */
async function findWithoutIndex(
  archive: BucketClient,
  { destinationPrefix, layout: { format } }: PackPlace,
  { from, to }: Window,
  lonely: readonly ListedPack[],
): Promise<readonly ListedPack[]> {
  if (lonely.every(({ day }) => day !== undefined)) {
    return lonely;
  }
  const years = hasYear(format)
    ? { from: `${(from ?? to).slice(0, 4)}-01-01`, to: `${to.slice(0, 4)}-12-31` }
    : { from: null, to: '9999-12-31' };
  const all = await listPackIndexes(
    archive.s3,
    { bucket: archive.name, prefix: destinationPrefix },
    years,
  );
  const names = new Set(all.map(({ key }) => getBaseName(key)));
  return lonely.filter(({ key, day }) => day !== undefined || !names.has(toPackIndexName(key)));
}

function toNamed(keys: readonly string[]): NamedKeys {
  return { count: keys.length, examples: keys.slice(0, MAX_EXAMPLES) };
}
