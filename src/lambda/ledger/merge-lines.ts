import type { LedgerLine } from '../../contract/payloads';

/**
 * Two attempts at a batch may have lines for the same object, because Lambda, Retry and a redrive may run something twice.
 * Then the younger line counts. Of two with the same time it is the one that was written later.
 */
export function mergeLine(lines: Map<string, LedgerLine>, line: LedgerLine): void {
  const known = lines.get(line.key);
  if (!known || getTime(line) >= getTime(known)) { lines.set(line.key, line); }
}

/** The version of an object that a line says is archived, or that an earlier line said is. */
export function getArchivedVersion({ status, destination, etag, size, copied }: LedgerLine): LedgerLine['copied'] {
  return status === 'archived' ? { destination, etag, size } : copied;
}

/**
 * Returns one line for each object of all these, which are in the order in which they were written: the one that counts.
 * If an earlier one says that the object is archived, it names that version: the attempt that wrote it may have been given
 * up, and may still delete the source.
 */
export function keepLines(written: Iterable<LedgerLine>): LedgerLine[] {
  const counting = new Map<string, LedgerLine>();
  const archived = new Map<string, LedgerLine['copied']>();
  for (const line of written) {
    mergeLine(counting, line);
    const version = getArchivedVersion(line);
    if (version) { archived.set(line.key, version); }
  }
  return Array.from(counting.values(), (line) => {
    const copied = archived.get(line.key);
    return line.status === 'archived' || !copied ? line : { ...line, copied };
  });
}

/** Ledgers of earlier versions have lines without a time. */
function getTime({ at }: LedgerLine): number {
  return at ?? -Infinity;
}
