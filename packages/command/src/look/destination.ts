import type { _Object } from '@aws-sdk/client-s3';
import type { Collector } from './collect';
import type { ArchiverProps } from './props';
import { findDatesInKey, parseDateSource } from '../../../../src/dates/key-dates';

/** `2026/11/24/` and what follows: the folder of the default layout. */
const ARCHIVED = /^(\d{4})\/(\d\d)\/(\d\d)\/(.+)$/s;

/**
 * Returns a function that says whether a key of the destination is that of a seen object. The same
 * content there finishes a move, and other content is a conflict: a listing does not tell which.
 */
export function createTakenFinder(
  collector: Collector,
  dateSources: ReadonlyArray<ArchiverProps['dateSource']>,
  dropDateFolders: boolean,
): (key: string) => boolean {
  const sources = dateSources.map(({ kind, formats }) =>
    parseDateSource({ kind, formats: [...formats] }),
  );
  return (key) => {
    const [, year, month, day, rest] = ARCHIVED.exec(key) ?? [];
    if (rest === undefined) {
      return false;
    }
    const date = `${year}-${month}-${day}`;
    return dropDateFolders
      ? collector.dropped.has(`${date}/${rest}`)
      : collector.keys.has(rest) &&
          sources.some((source) =>
            findDatesInKey(source, rest, collector.readInstant).some(
              (found) => found.date === date,
            ),
          );
  };
}

export function countTaken(
  objects: readonly _Object[],
  prefix: string,
  isTaken: (key: string) => boolean,
): number {
  return objects.filter(({ Key }) => isTaken(Key!.slice(prefix.length))).length;
}
