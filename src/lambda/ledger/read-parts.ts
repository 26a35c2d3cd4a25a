/** Reads what the ledger of another run says is archived. */
import { GetObjectCommand } from '@aws-sdk/client-s3';
import * as v from 'valibot';
import { mergeLine } from './merge-lines';
import { getBatchPrefix } from './part-keys';
import { ErrorName, namedError } from '../../contract/errors';
import type { PartVersion } from '../../contract/payloads/batch-payloads';
import { LedgerLine } from '../../contract/payloads/ledger-line';
import type { BucketClient } from '../s3/bucket-client';
import { orderedMap } from '../s3/ordered-map';
import { toS3Error } from '../s3/s3-error';
import { formatKey } from '../text/format';
import { parseJsonLines } from '../text/json-lines';

/** A line and its place. */
export interface RecordedLine {
  readonly line: LedgerLine;
  /** The key of the part that has the line. */
  readonly part: string;
  /** When the part was written, in epoch seconds. */
  readonly written: number;
}

const PARTS_AT_ONCE = 8;

/**
 * Reads all parts of some batches, and returns the lines that count and say that an object is archived. Of two lines of a
 * batch about one object the younger one counts. The order is always the same, so that a later round finds its place.
 *
 * @throws LedgerChanged if a part is not the version that was planned
 */
export async function readArchivedLines(reports: BucketClient, parts: readonly PartVersion[]): Promise<RecordedLine[]> {
  const places = new Map<LedgerLine, Omit<RecordedLine, 'line'>>();
  const batches = new Map<string, Map<string, LedgerLine>>();
  for await (const { part, written, lines } of orderedMap(parts, PARTS_AT_ONCE, (each) => readPart(reports, each))) {
    const prefix = getBatchPrefix(part);
    const counting = batches.get(prefix) ?? new Map<string, LedgerLine>();
    batches.set(prefix, counting);
    for (const line of lines) {
      mergeLine(counting, line);
      places.set(line, { part, written });
    }
  }
  return [...batches.values()].flatMap((counting) => [...counting.values()])
    .filter(({ status }) => status === 'archived').map((line) => ({ line, ...places.get(line)! }));
}

async function readPart(reports: BucketClient, { key, etag }: PartVersion) {
  try {
    return await reports.request(async (s3) => {
      const answer = await s3.send(new GetObjectCommand({ Bucket: reports.name, Key: key, IfMatch: etag }));
      const text = await answer.Body!.transformToString();
      const lines = v.parse(v.array(LedgerLine), parseJsonLines(text));
      return { part: key, written: Math.floor(answer.LastModified!.getTime() / 1000), lines };
    });
  } catch (error) {
    const { kind } = toS3Error(error);
    if (kind !== 'ambiguous' && kind !== 'missing') { throw error; }
    throw namedError(ErrorName.LEDGER_CHANGED, `s3://${reports.name}/${formatKey(key)} was ${kind === 'missing' ? 'deleted' : 'written again'} while this run read it, `
      + 'so what this run would find is not certain: wait until the run that has this ledger has ended, and start this one again');
  }
}
