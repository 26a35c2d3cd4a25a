/** Which listed objects a run archives, and under which keys. */
import type { ListedObject, Run } from '../../contract/payloads';
import type { IsoDate } from '../../dates/calendar';
import { readDateAt, renderDate } from '../../dates/date-format';
import { createDayFinder } from '../../dates/date-window';
import { getBaseName, findDatesInKey } from '../../dates/key-dates';
import type { SourceSettings } from '../runtime/environment';

/**
 * Why an object is skipped. `outside-prefix`: it was listed under another prefix than today's, which
 * happens when the archiver is redeployed while a run goes on.
 */
export type SkipReason = 'outside-prefix' | 'folder-marker' | 'in-archive' | 'no-date' | 'outside-window';

export type Selection =
  | { readonly selected: true; readonly date: IsoDate; readonly destinationKey: string }
  | {
    readonly selected: false;
    readonly reason: SkipReason;
    /** The latest date of an object all of whose dates are before the window: a straggler. */
    readonly straggler?: IsoDate;
  };

/** Makes the decision for a run, to be asked for each listed object. */
export function createSelector(settings: SourceSettings, run: Pick<Run, 'from' | 'to'>): (object: ListedObject) => Selection {
  const { sourcePrefix, destinationPrefix, dateSource } = settings;
  const sameBucket = settings.sourceBucket === settings.destinationBucket;
  const archiveInListing = sameBucket && destinationPrefix.startsWith(sourcePrefix);
  const listingInArchive = sameBucket && sourcePrefix.startsWith(destinationPrefix);
  const folderOf = createFolderNamer(settings);
  const dayOf = createDayFinder(settings.timeZone);
  const isBefore = (date: IsoDate) => run.from !== null && date < run.from;
  const isIn = (date: IsoDate) => !isBefore(date) && date <= run.to;

  return ({ Key: key, LastModified: lastModified }) => {
    if (!key.startsWith(sourcePrefix)) { return skipped('outside-prefix'); }
    if (key.endsWith('/')) { return skipped('folder-marker'); }
    if (archiveInListing && key.startsWith(destinationPrefix)) { return skipped('in-archive'); }

    const relativeKey = key.slice(sourcePrefix.length);
    const dates = dateSource.kind === 'lastModified' ? [dayOf(new Date(lastModified * 1000))] : findDatesInKey(dateSource, relativeKey);
    // A layout may lead back into the listing: `2026/` is listed, and archived under `2026/11/24/`.
    // Then an object could be its own destination, and to finish "the same move" would delete the only copy.
    if (listingInArchive && dates.some((date) => key.startsWith(folderOf(date)))) { return skipped('in-archive'); }
    // A copy's own date is that of its copying, so that its folder may be any day's.
    if (listingInArchive && dateSource.kind === 'lastModified' && readDateAt(settings.layout.format, key, destinationPrefix.length)) {
      return skipped('in-archive');
    }

    const date = dates.find(isIn);
    if (date) {
      return { selected: true, date, destinationKey: folderOf(date) + (settings.layout.flatten ? getBaseName(key) : relativeKey) };
    }
    if (dates.length === 0) { return skipped('no-date'); }
    return dates.every(isBefore) ? { ...skipped('outside-window'), straggler: latest(dates) } : skipped('outside-window');
  };
}

/** The archive's folder for a day, destination prefix included. The objects of a run have few days, so they are kept. */
function createFolderNamer({ destinationPrefix, layout }: SourceSettings): (date: IsoDate) => string {
  const folders = new Map<IsoDate, string>();
  return (date) => {
    let folder = folders.get(date);
    if (folder === undefined) {
      folder = destinationPrefix + renderDate(layout.format, date);
      folders.set(date, folder);
    }
    return folder;
  };
}

function skipped(reason: SkipReason): { selected: false; reason: SkipReason } {
  return { selected: false, reason };
}

function latest(dates: IsoDate[]): IsoDate {
  return dates.reduce((a, b) => a > b ? a : b);
}
