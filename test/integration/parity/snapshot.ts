import type { Row } from './forms';
import type {
  EventHold,
  ObjectLock,
  StoredObject,
} from '../../../packages/s3-double/src/store/stored-object';

/** All that belongs to an object, as text by row, at a moment. */
export interface Snapshot {
  readonly rows: { readonly [row in Exclude<Row, 'annotations' | 'lock'>]: string };
  readonly annotations: ReadonlyMap<string, string>;
  readonly lock?: ObjectLock;
  readonly at: number;
}

const REDIRECT = 'x-amz-website-redirect-location';

const toText = (entries: Iterable<readonly [string, string]>) =>
  JSON.stringify([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));

export function snapshotOf({ body, attributes }: StoredObject): Snapshot {
  const { headers, metadata = {}, tags = [], storageClass, annotations, lock } = attributes;
  const all = Object.entries(headers);
  return {
    rows: {
      bytes: `${body.size} ${body.md5()}`,
      'content headers': toText(all.filter(([name]) => !name.startsWith('x-amz-'))),
      metadata: toText(Object.entries(metadata)),
      tags: toText(tags),
      'storage class': storageClass,
      'website redirect': toText(all.filter(([name]) => name === REDIRECT)),
      'unlisted header': toText(
        all.filter(([name]) => name.startsWith('x-amz-') && name !== REDIRECT),
      ),
    },
    annotations: new Map(
      [...(annotations ?? [])].map(([name, { payload }]) => [name, payload.toString()]),
    ),
    lock,
    at: Date.now(),
  };
}

/** Of these rows, to have more is no loss. */
const isOptional = (row: Row) => row === 'website redirect' || row === 'unlisted header';
const NONE = '[]';

/** The rows of which the second one has less. */
export function findLost(was: Snapshot, now: Snapshot): Row[] {
  const rows = Object.keys(was.rows) as (keyof Snapshot['rows'])[];
  const lost: Row[] = rows.filter(
    (row) => was.rows[row] !== now.rows[row] && !(isOptional(row) && was.rows[row] === NONE),
  );
  if ([...was.annotations].some(([name, payload]) => now.annotations.get(name) !== payload)) {
    lost.push('annotations');
  }
  if (was.lock && !isAsStrict(now.lock, was.lock, now.at)) {
    lost.push('lock');
  }
  return lost;
}

/** What has ended locks nothing. Dates are compared in seconds, as requests state them. */
export function isAsStrict(lock: ObjectLock = {}, wanted: ObjectLock, now: number): boolean {
  const toSeconds = (time = 0) => Math.floor(time / 1000);
  const isRetained =
    (wanted.retainUntil ?? 0) <= now ||
    (toSeconds(lock.retainUntil) >= toSeconds(wanted.retainUntil) &&
      (wanted.mode !== 'COMPLIANCE' || lock.mode === 'COMPLIANCE'));
  const isHeld = !wanted.legalHold || lock.legalHold === true;
  const isHeldUntilEvent =
    !wanted.eventHold ||
    (lock.eventHold !== undefined && isAsLong(lock.eventHold, wanted.eventHold));
  return isRetained && isHeld && isHeldUntilEvent;
}

/** A hold has either days or years, and no year is known. */
function isAsLong(hold: EventHold, wanted: EventHold): boolean {
  const longest = wanted.days ?? (wanted.years ?? 0) * (hold.days === undefined ? 365 : 366);
  return (hold.days ?? (hold.years ?? 0) * 365) >= longest;
}

/** Both, also where a name is one that each object of JavaScript has. */
export function attributesOf(a: object, b: object): object {
  return Object.fromEntries([...Object.entries(a), ...Object.entries(b)]);
}
