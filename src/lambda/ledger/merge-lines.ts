import type { LedgerLine } from '../../contract/payloads';

/**
 * Adds a line to the lines of a batch, by key. Two parts may have a line for the same object if a round was repeated,
 * because Lambda, Retry and a redrive may run it twice. Then the younger line is right.
 */
export function mergeLine(lines: Map<string, LedgerLine>, line: LedgerLine): void {
  const known = lines.get(line.key);
  if (!known || getTime(line) >= getTime(known)) { lines.set(line.key, line); }
}

/** Ledgers of earlier versions have lines without a time. */
function getTime({ at }: LedgerLine): number {
  return at ?? -Infinity;
}
