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
    const versions = collectVersions(linesOf.get(line.key)!);
    if (!isMoved(line.status)) {
      return withEarlier(line, versions);
    }
    const name = toName(line.key, line);
    const own = versions.get(name)!;
    versions.delete(name);
    return withEarlier(line.proof === own.proof ? line : toProvenLine(line, own), versions);
  });
}

const toName = (key: string, version: Pick<ArchivedVersion, 'destination' | 'etag' | 'member'>) =>
  JSON.stringify([version.destination, contentOf(key, version)]);

/**
 * By their names. Of what several attempts recorded about one copy, the latest counts, unless its
 * proof is weaker.
 */
function collectVersions(lines: readonly LedgerLine[]): Map<string, ArchivedVersion> {
  const versions = new Map<string, ArchivedVersion>();
  for (const line of lines) {
    for (const version of getArchivedVersions(line)) {
      const name = toName(line.key, version);
      const known = versions.get(name);
      const isWeaker =
        known !== undefined && known.proof === undefined && version.proof !== undefined;
      if (!isWeaker) {
        versions.set(name, version);
      }
    }
  }
  return versions;
}

/**
 * An attempt that finds its source gone knows little of the copy. The attempt that deleted the
 * source knew what S3 answered, and S3 does not answer that again.
 */
function toProvenLine({ proof: _, ...line }: LedgerLine, version: ArchivedVersion): LedgerLine {
  return { ...line, ...getArchivedFacts(version) };
}

function withEarlier(line: LedgerLine, versions: ReadonlyMap<string, ArchivedVersion>): LedgerLine {
  return versions.size > 0 ? { ...line, earlier: [...versions.values()] } : line;
}
