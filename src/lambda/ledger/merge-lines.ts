import type { LedgerLine } from '../../contract/payloads';

/**
 * Two attempts at a batch may have lines for the same object, because Lambda, Retry and a redrive may run something twice.
 * Then the younger line counts. Of two with the same time it is the one that was written later.
 */
export function mergeLine(lines: Map<string, LedgerLine>, line: LedgerLine): void {
  const known = lines.get(line.key);
  if (!known || getTime(line) >= getTime(known)) { lines.set(line.key, line); }
}

/**
 * Returns the lines to keep of all these, which are in the order in which they were written: for each object the line that
 * counts, and before it the last one that says that the object is archived. An attempt that was given up may have written
 * that one, and may still delete the source.
 */
export function keepLines(written: Iterable<LedgerLine>): LedgerLine[] {
  const counting = new Map<string, LedgerLine>();
  const archived = new Map<string, LedgerLine>();
  for (const line of written) {
    mergeLine(counting, line);
    if (line.status === 'archived') { mergeLine(archived, line); }
  }
  return [...counting.values()].flatMap((line) => {
    const moved = archived.get(line.key);
    return moved && moved !== line ? [moved, line] : [line];
  });
}

/** Ledgers of earlier versions have lines without a time. */
function getTime({ at }: LedgerLine): number {
  return at ?? -Infinity;
}
