/**
 * Tells objects that are lost from objects that were moved on: a restore took them back, or a later run archived them
 * again. Only ledgers that are younger than the one that was verified can say so, and they are read only if something is
 * changed or missing.
 */
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import * as v from 'valibot';
import { VerifiedLine } from '../../../contract/payloads/ledger-line';
import type { Run } from '../../../contract/payloads/run';
import { type ClaimedRun, listRuns } from '../../ledger/run-claims';
import { orderedMap } from '../../s3/ordered-map';
import { listObjects, readJsonObjectsFrom } from '../../s3/read-objects';
import { toJsonLines } from '../../text/json-lines';

/** Where the ledgers are, and whose are read. */
export interface SettleContext {
  readonly s3: S3Client;
  readonly bucket: string;
  /** The prop, not the folder of a run. */
  readonly reportPrefix: string;
  readonly archiver: string;
}

export interface Findings {
  readonly changed: number;
  readonly missing: number;
  /** Objects that are not where the ledger says, and for a good reason. */
  readonly skipped: number;
  /** The first objects that are changed or missing. */
  readonly problems: VerifiedLine[];
}

/** A line that may explain a finding. */
const LaterLine = v.object({ status: v.string(), destination: v.string(), etag: v.string(), kept: v.optional(v.boolean()) });
type LaterLine = v.InferOutput<typeof LaterLine>;

/** What is known of an object that was not found as a ledger says. */
interface Suspect {
  readonly line: Pick<VerifiedLine, 'etag' | 'written'>;
  readonly ledgerPrefix: string;
  /** The run that explains it. */
  settledBy?: ClaimedRun;
}

const PARTS_AT_ONCE = 8;
const MAX_PROBLEMS = 20;

/** Reads the findings of a verification, and looks for explanations in younger ledgers. A second call finds the same. */
export async function settleFindings(context: SettleContext, run: Run): Promise<Findings> {
  const suspects = await readSuspects(context, run);
  await readLaterLedgers(context, suspects);
  return countFindings(context, run, suspects);
}

type Suspects = ReadonlyMap<string, readonly Suspect[]>;

async function readSuspects({ s3, bucket }: SettleContext, run: Run): Promise<Suspects> {
  const suspects = new Map<string, Suspect[]>();
  for await (const part of listObjects(s3, bucket, run.ledgerPrefix)) {
    for await (const line of readLines(s3, bucket, part.Key!)) {
      const suspect = { line, ledgerPrefix: getFolder(line.part) };
      suspects.set(line.destination, [...suspects.get(line.destination) ?? [], suspect]);
    }
  }
  return suspects;
}

async function readLaterLedgers(context: SettleContext, suspects: Suspects): Promise<void> {
  const { s3, bucket, reportPrefix } = context;
  let earliest = Infinity;
  for (const known of suspects.values()) {
    for (const { line: { written } } of known) { earliest = Math.min(earliest, written); }
  }
  for await (const run of listRuns(s3, bucket, reportPrefix)) {
    if (!isMover(run, context.archiver)) { continue; }
    const parts = listYoungParts(s3, bucket, run.ledgerPrefix, earliest);
    for await (const _ of orderedMap(parts, PARTS_AT_ONCE, (part) => settleByPart(context, run, part, suspects))) { /* All are read. */ }
  }
}

/** Whether a run may have moved objects into the archive, or out of it. */
function isMover({ archiver, action = 'archive', dryRun }: ClaimedRun, own: string): boolean {
  return archiver === own && action !== 'verify' && !dryRun;
}

interface YoungPart { readonly key: string; readonly written: number }

async function* listYoungParts(s3: S3Client, bucket: string, prefix: string, earliest: number): AsyncGenerator<YoungPart> {
  for await (const { Key, LastModified } of listObjects(s3, bucket, prefix)) {
    const written = Math.floor(LastModified!.getTime() / 1000);
    if (written >= earliest) { yield { key: Key!, written }; }
  }
}

async function settleByPart({ s3, bucket }: SettleContext, run: ClaimedRun, part: YoungPart, suspects: Suspects): Promise<void> {
  for await (const record of readJsonObjectsFrom(s3, bucket, part.key)) {
    const later = v.parse(LaterLine, record);
    for (const suspect of suspects.get(later.destination) ?? []) {
      // S3 has whole seconds, so it is not known which of two parts of the same second is younger.
      const isLater = suspect.ledgerPrefix !== run.ledgerPrefix && part.written >= suspect.line.written;
      if (isLater && explains(later, suspect)) { suspect.settledBy = run; }
    }
  }
}

/**
 * Whether a line says that the archived object was moved on: a restore took it back, and did not keep the copy, or a run archived
 * another version. A run that finds what an earlier run archived has a line of the same version, and does not make it present.
 */
function explains({ status, kept, etag }: LaterLine, { line }: Suspect): boolean {
  return status === 'restored' ? !kept : status === 'archived' && etag !== line.etag;
}

/** Counts the findings. The lines of those that are explained say so from now on. */
async function countFindings({ s3, bucket }: SettleContext, run: Run, suspects: Suspects): Promise<Findings> {
  const counts = { changed: 0, missing: 0, skipped: 0 };
  const problems = { changed: [] as VerifiedLine[], missing: [] as VerifiedLine[], skipped: [] as VerifiedLine[] };
  const seen = new Set<string>();
  for await (const { Key } of listObjects(s3, bucket, run.ledgerPrefix)) {
    const lines: VerifiedLine[] = [];
    let isNew = false;
    for await (const written of readLines(s3, bucket, Key!)) {
      const line = describe(written, suspects);
      isNew ||= line.status !== written.status;
      lines.push(line);
      // An attempt that was given up may have written the same finding to another part.
      const name = JSON.stringify([line.part, line.key]);
      if (seen.has(name)) { continue; }
      seen.add(name);
      counts[line.status] += 1;
      if (problems[line.status].length < MAX_PROBLEMS) { problems[line.status].push(line); }
    }
    if (!isNew) { continue; }
    const Body = toJsonLines(lines);
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body, ContentType: 'application/jsonl' }));
  }
  return { ...counts, problems: [...problems.missing, ...problems.changed].slice(0, MAX_PROBLEMS) };
}

function describe(line: VerifiedLine, suspects: Suspects): VerifiedLine {
  const by = suspects.get(line.destination)!.find(({ ledgerPrefix, settledBy }) => settledBy && ledgerPrefix === getFolder(line.part))?.settledBy;
  if (!by) { return line; }
  const { code: _, ...known } = line;
  return { ...known, status: 'skipped', message: `${by.action === 'restore' ? 'restored' : 'archived again'} by run ${by.name}` };
}

async function* readLines(s3: S3Client, bucket: string, key: string): AsyncGenerator<VerifiedLine> {
  for await (const line of readJsonObjectsFrom(s3, bucket, key)) { yield v.parse(VerifiedLine, line); }
}

function getFolder(key: string): string {
  return key.slice(0, key.lastIndexOf('/') + 1);
}
