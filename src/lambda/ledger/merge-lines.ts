import { contentOf } from './identity';
import { groupBy } from '../../contract/group-by';
import {
  ARCHIVED_FIELDS,
  type ArchivedFacts,
  type ArchivedVersion,
  type LedgerLine,
} from '../../contract/payloads/ledger-line';

/**
 * Attempts at a batch may each have a line for an object. The younger one counts, and of two of the
 * same time the one written later.
 */
export function mergeLine(lines: Map<string, LedgerLine>, line: LedgerLine): void {
  const known = lines.get(line.key);
  if (!known || line.at >= known.at) {
    lines.set(line.key, line);
  }
}

/** Whether an object is at its destination, and its source is deleted or kept on purpose. */
export function isMoved(
  status: LedgerLine['status'],
): status is 'archived' | 'restored' | 'extracted' {
  return status === 'archived' || status === 'restored' || status === 'extracted';
}

/** The versions of an object that a line says are archived, the latest last. */
export function getArchivedVersions(line: LedgerLine): ArchivedVersion[] {
  const { status, destination, etag, size, day, proof, earlier = [] } = line;
  return isMoved(status)
    ? [
        ...earlier,
        { destination, etag, size, day, ...(proof && { proof }), ...getArchivedFacts(line) },
      ]
    : [...earlier];
}

export function getArchivedFacts(line: ArchivedFacts): ArchivedFacts {
  return Object.fromEntries(
    ARCHIVED_FIELDS.filter((field) => line[field] !== undefined).map((field) => [
      field,
      line[field],
    ]),
  );
}

/**
 * Returns the line that counts for each object, with the other versions that earlier lines say are
 * archived. Takes them as written.
 */
export function keepLines(written: readonly LedgerLine[]): LedgerLine[] {
  const counting = new Map<string, LedgerLine>();
  for (const line of written) {
    mergeLine(counting, line);
  }
  const linesOf = groupBy(written, ({ key }) => key);
  return Array.from(counting.values(), ({ earlier: _, ...line }) => {
    // One attempt may have recorded more about the same copy than another one.
    const toName = (version: ArchivedVersion) =>
      JSON.stringify([version.destination, contentOf(line.key, version)]);
    const others = new Map(
      linesOf
        .get(line.key)!
        .flatMap(getArchivedVersions)
        .map((version) => [toName(version), version]),
    );
    if (isMoved(line.status)) {
      others.delete(toName(line));
    }
    return others.size > 0 ? { ...line, earlier: [...others.values()] } : line;
  });
}
