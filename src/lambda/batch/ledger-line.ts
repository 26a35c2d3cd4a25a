import type { Entry } from './batch-outcomes';
import type { LedgerLine } from '../../contract/payloads/ledger-line';
import type { ListedObject } from '../../contract/payloads/listing';
import { getListedFields } from '../ledger/listed-fields';

/** The same for all lines of a batch. */
export interface LineOptions {
  /** Epoch milliseconds. */
  readonly runStart: number;
  /** Storage class of the archive. Undefined: STANDARD. */
  readonly archiveClass?: string;
}

/**
 * Returns the ledger line of an object. A confirmed copy counts as archived, because the line is written before its source is
 * deleted. Skipped objects, and those that somebody else deleted or rewrote, have no line.
 *
 * @param now epoch milliseconds: the time of what is known without an attempt
 */
export function toLedgerLine(
  item: ListedObject, { outcome, day = '', span }: Entry, now: number, { runStart, archiveClass }: LineOptions,
): LedgerLine | undefined {
  if (!outcome || !('destination' in outcome)) { return undefined; }
  // Assignments, because there is one line for each object, and each spread of an optional field is an object more.
  const line = { v: 2, key: item.Key, destination: outcome.destination } as { -readonly [Field in keyof LedgerLine]: LedgerLine[Field] };
  const isArchived = outcome.status === 'archived' || outcome.status === 'copied';
  if (isArchived) {
    line.status = 'archived';
    if ('isKept' in outcome && outcome.isKept) {
      line.kept = true;
      if (outcome.isFound) { line.found = true; }
    }
    line.etag = outcome.etag;
    line.size = outcome.size;
  } else {
    line.status = outcome.status;
    line.code = outcome.code;
    line.message = outcome.message;
    line.etag = item.Etag;
    line.size = item.Size;
  }
  line.day = day;
  line.at = (span?.ended ?? now) - runStart;
  if (span) { line.ms = span.ended - span.began; }
  Object.assign(line, getListedFields(item, archiveClass, 'requests' in outcome ? outcome.requests : undefined));
  if (isArchived) {
    Object.assign(line, outcome.archived, outcome.rewritten);
    if ('proof' in outcome && outcome.proof) { line.proof = outcome.proof; }
  } else if (outcome.earlier) {
    // Also where our delete was executed without an answer, and somebody wrote the source again before the next one.
    line.earlier = [{ day, ...outcome.earlier }];
  }
  return line;
}
