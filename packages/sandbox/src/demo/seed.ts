import { dayOf } from './days';
import { PRODUCERS } from './producers';
import type { DateSourceSettings, SelectionSettings } from '../../../../src/dates/settings';
import type { BucketAccess } from '../files/bucket-access';

const MS_PER_DAY = 86_400_000;
/** Share of what the producers write in a day. */
const SCALE = 0.2;
/** In days: the run's days lie in the middle, in every time zone. */
const AROUND = [-2, -1, 0, 1];

export interface DemoSource {
  readonly bucket: string;
  /** The props of the construct, as its functions get them. */
  readonly settings: Readonly<Record<string, string>>;
}

/**
 * Puts objects of the days around the run's into a bucket, with the names that real producers give
 * them.
 */
export async function seedDemo(
  access: BucketAccess,
  { bucket, settings }: DemoSource,
  now: Date,
  day?: string,
): Promise<number> {
  const prefix = settings.SOURCE_PREFIX ?? '';
  const dateSource = JSON.parse(settings.DATE_SOURCE ?? 'null') as DateSourceSettings | null;
  const selection = JSON.parse(settings.SELECTION ?? 'null') as SelectionSettings | null;
  const middle =
    day === undefined ? now.getTime() - daysBack(selection) * MS_PER_DAY : Date.parse(day);
  let objects = 0;
  for (const offset of AROUND) {
    const iso = new Date(middle + offset * MS_PER_DAY).toISOString().slice(0, 10);
    for (const key of keysOf(iso, dateSource)) {
      await access.put(
        bucket,
        `${prefix}${key}`,
        Buffer.from(`${key}\n`.repeat(1 + (objects % 7))),
        new Date(`${iso}T12:00:00Z`),
      );
      objects++;
    }
  }
  return objects;
}

/** How many days the run's latest day is before today. */
function daysBack(selection: SelectionSettings | null): number {
  switch (selection?.kind) {
    case 'daysAgo':
      return selection.days;
    case 'olderThan':
      return selection.days + 1;
    default:
      return 1;
  }
}

function keysOf(iso: string, dateSource: DateSourceSettings | null): string[] {
  const day = dayOf(iso);
  // Where a key begins with its date, each producer's folder is below the day's.
  const first = dateSource?.kind === 'keyPrefix' ? renderDay(dateSource.formats[0] ?? '', iso) : '';
  return PRODUCERS.flatMap(({ perDay, key }) => {
    const count = Math.max(1, Math.round(perDay * SCALE));
    return Array.from({ length: count }, (_, n) => `${first}${key(day, n, count)}`);
  });
}

function renderDay(format: string, iso: string): string {
  const { ordinal, short } = dayOf(iso);
  const [yyyy, MM, dd] = iso.split('-');
  const digits: Record<string, string> = {
    yyyy: yyyy!,
    yy: short.slice(0, 2),
    MM: MM!,
    dd: dd!,
    DDD: ordinal.slice(4),
  };
  const rendered = format.replace(
    /'([^']*)'|yyyy|yy|MM|DDD|dd|HH|mm|ss/g,
    (token, literal?: string) => literal ?? digits[token] ?? '00',
  );
  return rendered.endsWith('/') ? rendered : `${rendered}/`;
}
