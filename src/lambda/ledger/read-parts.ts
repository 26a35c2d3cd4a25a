import { GetObjectCommand } from '@aws-sdk/client-s3';
import * as v from 'valibot';
import { getArchivedVersions, keepLines, mergeLine } from './merge-lines';
import { getBatchPrefix } from './part-keys';
import { ErrorName, namedError } from '../../contract/errors';
import { groupBy } from '../../contract/group-by';
import type { PartVersion } from '../../contract/payloads/batch-payloads';
import { type ArchivedVersion, LedgerLine } from '../../contract/payloads/ledger-line';
import type { Notes } from '../../contract/payloads/note-payloads';
import type { BucketClient } from '../s3/bucket-client';
import { orderedMap } from '../s3/ordered-map';
import { toS3Error } from '../s3/s3-error';
import { formatKey } from '../text/format';
import { parseJsonLines } from '../text/json';

export interface RecordedVersion {
  readonly version: ArchivedVersion;
  /** The line that counts for the object. Its own version is the last one that it names. */
  readonly line: LedgerLine;
  readonly part: string;
}

interface ReadPart {
  readonly key: string;
  readonly written: Date;
  readonly lines: readonly LedgerLine[];
}

const PARTS_AT_ONCE = 8;

/**
 * Reads all parts of some batches, and returns every version that their lines say is archived, also
 * one of a line that does not count. Those of one object come one after the other. The order is
 * always the same, so that a later round finds its place.
 * @throws LedgerChanged if a part is not the version that was planned
 */
export async function readArchivedVersions(
  reports: BucketClient,
  parts: readonly PartVersion[],
): Promise<RecordedVersion[]> {
  const read: ReadPart[] = [];
  for await (const part of orderedMap(parts, PARTS_AT_ONCE, (each) => readPart(reports, each))) {
    read.push(part);
  }
  return [...groupBy(read, ({ key }) => getBatchPrefix(key)).values()].flatMap(listVersions);
}

function listVersions(batch: readonly ReadPart[]): RecordedVersion[] {
  const written = [...batch]
    .sort((a, b) => a.written.getTime() - b.written.getTime())
    .flatMap(({ key, lines }) => lines.map((line) => ({ part: key, line })));
  const counting = new Map<string, LedgerLine>();
  for (const { line } of written) {
    mergeLine(counting, line);
  }
  const parts = new Map(written.map(({ line, part }) => [line, part]));
  return keepLines(written.map(({ line }) => line)).flatMap((line) => {
    const part = parts.get(counting.get(line.key)!)!;
    return getArchivedVersions(line).map((version) => ({ version, line, part }));
  });
}

async function readPart(reports: BucketClient, { key, etag }: PartVersion): Promise<ReadPart> {
  try {
    return await reports.request(async (s3) => {
      const answer = await s3.send(
        new GetObjectCommand({ Bucket: reports.name, Key: key, IfMatch: etag }),
      );
      const text = await answer.Body!.transformToString();
      return {
        key,
        written: answer.LastModified!,
        lines: v.parse(v.array(LedgerLine), parseJsonLines(text)),
      };
    });
  } catch (error) {
    const { kind } = toS3Error(error);
    if (kind !== 'ambiguous' && kind !== 'missing') {
      throw error;
    }
    throw namedError(
      ErrorName.LEDGER_CHANGED,
      `s3://${reports.name}/${formatKey(key)} was ` +
        `${kind === 'missing' ? 'deleted' : 'written again'} while this run read it, ` +
        'so what this run would find is not certain: wait until the run that has this ledger ' +
        'has ended, and start this one again',
    );
  }
}

/** The version of an object that is restored. */
export interface Restorable extends RecordedVersion {
  /** S3's own answers show that the archived object is this version. */
  readonly isProven: boolean;
  /** A later run archived other content of the same key. */
  readonly isReplaced?: true;
  /** A later run archived the same content of the same key. */
  readonly isRepeated?: true;
  /** Notes on the object. */
  readonly notes?: Notes;
}

/**
 * The last one, which is its line's as a rule. If nothing proves it, no other one takes its place:
 * that would be older than what was there.
 */
export function chooseVersions(recorded: readonly RecordedVersion[]): Restorable[] {
  const last = new Map(recorded.map((each) => [each.line, each]));
  // Size and time alone prove nothing (`proof`), and without its ETag in the archive no version can
  // be told from another one.
  const isProven = ({ proof, archivedEtag }: ArchivedVersion) =>
    proof === undefined && archivedEtag !== undefined;
  return Array.from(last.values(), (each) => ({ ...each, isProven: isProven(each.version) }));
}
