import { withNote } from '../../../contract/payloads/note-payloads';
import type { Settings } from '../../../contract/payloads/settings';
import { addDays, addYears, type IsoDate } from '../../../dates/calendar';
import { toStartOfDay } from '../../../dates/date-window';
import type { Lock } from '../../../lambda/attributes/attribute';
import type { Given } from '../../../lambda/attributes/given';
import { stricter } from '../../../lambda/attributes/lock';

type RetentionOf = (day: IsoDate, now: number) => Lock | undefined;

type RetentionSettings = Pick<Settings, 'retention' | 'timeZone'>;

export function giveRetention(settings: RetentionSettings): Given<Lock> | undefined {
  const retentionOf = createRetention(settings);
  return (
    retentionOf && {
      requests: {},
      merge: (source = {}, { day, now }) => stricter(source, retentionOf(day, now)),
      addNote: (notes, { day, now }) =>
        retentionOf(day, now) ? notes : withNote(notes, 'notRetained', 'ENDED'),
    }
  );
}

/**
 * Returns a function that returns the lock of an object of a day, or undefined if the retention is
 * over: S3 refuses a date that has passed. The retention begins when the day begins in the time
 * zone of the archiver. It ends at the beginning of a day, the given number of days or years later.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html#object-lock-retention-periods
 */
export function createRetention({
  retention,
  timeZone,
}: RetentionSettings): RetentionOf | undefined {
  if (!retention) {
    return undefined;
  }
  const { retentionMode: ObjectLockMode, years = 0, days = 0 } = retention;
  const ends = new Map<IsoDate, Date>();
  return (day, now) => {
    const ObjectLockRetainUntilDate =
      ends.get(day) ?? toStartOfDay(addDays(addYears(day, years), days), timeZone);
    ends.set(day, ObjectLockRetainUntilDate);
    return ObjectLockRetainUntilDate.getTime() > now
      ? { ObjectLockMode, ObjectLockRetainUntilDate }
      : undefined;
  };
}
