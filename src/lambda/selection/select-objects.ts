/** Decides which of the listed objects a run archives, and under which keys. */
import type { FilterName } from '../../contract/checks/check-filter';
import type { ListedObject } from '../../contract/payloads/listing';
import type { SkipReason } from '../../contract/payloads/outcomes';
import type { Run } from '../../contract/payloads/run';
import type { FilterSettings, Settings } from '../../contract/payloads/settings';
import type { IsoDate } from '../../dates/calendar';
import { hasHour, renderDate } from '../../dates/date-format';
import { createDayFinder, createHourFinder } from '../../dates/date-window';
import { type DateSource, findDatesInKey } from '../../dates/key-dates';
import { toKeyInFolder } from '../../dates/layout';
import { type DateInKey, findDatesAt, type InstantReader } from '../../dates/read-dates';
import { createKeyFilter } from '../../features/filter/lambda/glob';

export interface SkippedSelection {
  readonly selected: false;
  readonly reason: SkipReason;
  /**
   * The latest date of the object, if all its dates are before the window: the object is a
   * straggler.
   */
  readonly straggler?: IsoDate;
  readonly filter?: FilterName;
  /** Only of an object without a date: it was written since the run before began. */
  readonly isNew?: true;
}

export interface SelectedSelection {
  readonly selected: true;
  readonly date: IsoDate;
  /** With packing: the beginning of the destination key, which is that of the day or the hour. */
  readonly folder?: string;
  readonly destinationKey: string;
}

export type Selection = SelectedSelection | SkippedSelection;

export type SelectedRun = Pick<Run, 'from' | 'to' | 'startTime' | 'instant' | 'previousStart'>;

export function createSelector(
  settings: Settings,
  run: SelectedRun,
): (object: ListedObject) => Selection {
  const { sourcePrefix, destinationPrefix, dateSource } = settings;
  const sameBucket = settings.sourceBucket === settings.destinationBucket;
  const archiveInListing = sameBucket && destinationPrefix.startsWith(sourcePrefix);
  const listingInArchive = sameBucket && sourcePrefix.startsWith(destinationPrefix);
  const getFolder = createFolderNamer(settings);
  const readInstant = createInstantReader(settings);
  const findDates = createDateFinder(dateSource, readInstant);
  const isInFolder = (key: string) =>
    findDatesAt(settings.layout.format.writings, key, destinationPrefix.length, readInstant)
      .length > 0;
  const filter = createFilter(
    settings.filter ?? {},
    sourcePrefix,
    Date.parse(run.instant ?? run.startTime),
  );
  const isBefore = (date: IsoDate) => run.from !== null && date < run.from;
  const isNew = createNewTester(run);
  const isIn = ({ date }: DateInKey) => !isBefore(date) && date <= run.to;

  return (object) => {
    const { Key: key } = object;
    if (!key.startsWith(sourcePrefix)) {
      return skipped('outside-prefix');
    }
    if (key.endsWith('/')) {
      return skipped('folder-marker');
    }
    if (archiveInListing && key.startsWith(destinationPrefix)) {
      return skipped('in-archive');
    }

    // A layout may lead back into the listing: `2026/` is listed, and its objects are archived
    // under `2026/11/24/`. Then an object could be its own destination, and the move would delete
    // the only copy. Its folder may be that of any day: of the day that a list gave it, of a date
    // in a part of its key that it lost, or of its last modification, which a copy does not keep.
    if (listingInArchive && isInFolder(key)) {
      return skipped('in-archive');
    }

    const relativeKey = key.slice(sourcePrefix.length);
    const dates = findDates(object, relativeKey);
    const found = dates.find(isIn);
    if (found) {
      const leftOutBy = filter(object);
      if (leftOutBy) {
        return skipped('filtered', { filter: leftOutBy });
      }
      const folder = getFolder(found);
      const destinationKey =
        folder + toKeyInFolder(settings.layout, dateSource, relativeKey, found);
      return settings.packing
        ? { selected: true, date: found.date, folder, destinationKey }
        : { selected: true, date: found.date, destinationKey };
    }
    if (dates.length === 0) {
      return skipped('no-date', { isNew: isNew(object) ? true : undefined });
    }
    // An object that a filter excludes is not overdue. If sources are kept, most objects of earlier
    // days are already archived.
    const isStraggler =
      !settings.keepsSources && dates.every(({ date }) => isBefore(date)) && !filter(object);
    const getLatest = () => dates.map(({ date }) => date).reduce((a, b) => (a > b ? a : b));
    return isStraggler
      ? skipped('outside-window', { straggler: getLatest() })
      : skipped('outside-window');
  };
}

/**
 * Whether an object has come since the run before. S3 lists whole seconds: an object of the second
 * in which that run began counts as new twice rather than never.
 */
function createNewTester({
  previousStart,
}: SelectedRun): (object: Pick<ListedObject, 'LastModified'>) => boolean {
  if (previousStart === undefined) {
    return () => true;
  }
  const since = Math.floor(Date.parse(previousStart) / 1000);
  return ({ LastModified: modified }) => modified === undefined || modified >= since;
}

/** The hour only if the layout has it: formatting takes time. */
function createInstantReader({ layout, timeZone }: Settings): InstantReader {
  if (hasHour(layout.format)) {
    return createHourFinder(timeZone);
  }
  const getDay = createDayFinder(timeZone);
  return (instant) => ({ date: getDay(instant) });
}

/** Finds the dates of an object: that of a manifest, or else those of the date source. */
function createDateFinder(
  dateSource: DateSource,
  readInstant: InstantReader,
): (object: ListedObject, relativeKey: string) => DateInKey[] {
  return ({ Date: given, LastModified: modified }, relativeKey) => {
    if (given !== undefined) {
      return [parseGivenDate(given)];
    }
    if (dateSource.kind !== 'lastModified') {
      return findDatesInKey(dateSource, relativeKey, readInstant);
    }
    return modified === undefined ? [] : [readInstant(new Date(modified * 1000))];
  };
}

/** `2026-11-24`, or with an hour `2026-11-24T05`. */
function parseGivenDate(given: string): DateInKey {
  const date = given.slice(0, 10);
  return given.length > 10 ? { date, hour: Number(given.slice(11)) } : { date };
}

/**
 * Returns the archive's folder for a day or an hour, with the destination prefix. A run has few of
 * them, so they are cached.
 */
function createFolderNamer({ destinationPrefix, layout }: Settings): (date: DateInKey) => string {
  const folders = new Map<string, string>();
  return ({ date, hour }) => {
    const name = `${date}T${hour}`;
    let folder = folders.get(name);
    if (folder === undefined) {
      folder = destinationPrefix + renderDate(layout.format, date, hour);
      folders.set(name, folder);
    }
    return folder;
  };
}

/** Each has all fields, set or not. V8 reads them much faster then, and most objects get one. */
function skipped(
  reason: SkipReason,
  { straggler, filter, isNew }: Omit<SkippedSelection, 'selected' | 'reason'> = {},
): SkippedSelection {
  return { selected: false, reason, straggler, filter, isNew };
}

/**
 * Returns the first filter that an object does not pass. `instant` is the same in all attempts at a
 * run, so that all select the same objects.
 */
function createFilter(
  { include, exclude, minSize = 0, maxSize = Infinity, minAge }: FilterSettings,
  sourcePrefix: string,
  instant: number,
): (object: Pick<ListedObject, 'Key' | 'Size' | 'LastModified'>) => FilterName | undefined {
  const isIncluded = createKeyFilter(include);
  const isExcluded = createKeyFilter(exclude ?? []);
  const youngest = minAge === undefined ? Infinity : instant - minAge * 1000;
  return ({ Key, Size, LastModified }) => {
    const key = Key.slice(sourcePrefix.length);
    if (!isIncluded(key)) {
      return 'include';
    }
    if (isExcluded(key)) {
      return 'exclude';
    }
    if (Size < minSize) {
      return 'minSize';
    }
    if (Size > maxSize) {
      return 'maxSize';
    }
    // S3 lists whole seconds.
    return LastModified !== undefined && Math.floor(LastModified) * 1000 > youngest
      ? 'minAge'
      : undefined;
  };
}
