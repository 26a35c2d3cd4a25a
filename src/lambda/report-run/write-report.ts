/** Writes the report of a run, and never over an object that the run did not write itself. */
import { HeadObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { ReportBase } from './report/report-base';
import type { RunSummary } from '../../contract/payloads/report-payloads';
import type { Action, Run } from '../../contract/payloads/run';
import type { Alert } from '../alerts/alert';
import { toQuote, toTextMessage } from '../alerts/text-message';
import { toS3Error } from '../s3/s3-error';
import { noStragglers } from '../selection/stragglers';
import { toAsciiJson } from '../text/escape';

/** The metadata that says which execution wrote a file, so that a retry can tell its own files from others. */
const WRITER = 'execution';
/** The metadata that says when the attempt began that wrote a file, in epoch milliseconds. */
const BEGAN = 'began';

/** A run that has its report. */
export interface Reported<TReport = ReportBase> {
  readonly report: TReport;
  readonly alert: Alert;
  readonly summary: RunSummary;
}

/**
 * Writes the report for machines and the page for people. Returns the key of the former.
 *
 * Throws if there is an object of somebody else under one of the keys, or the report of an attempt that began later. Step
 * Functions gave this attempt up then, and sends the message of the other one.
 *
 * @param began when this attempt began, in epoch milliseconds
 */
export async function writeReport(s3: S3Client, run: Run, report: ReportBase, page: string, began: number): Promise<string> {
  const files = [
    { name: 'report.html', ContentType: 'text/html; charset=utf-8', Body: page },
    { name: 'report.json', ContentType: 'application/json', Body: `${toAsciiJson(report, 2)}\n` },
  ];
  // Metadata is ASCII, and the name of an execution may not be.
  const Metadata = { [WRITER]: encodeURIComponent(report.run.executionArn), [BEGAN]: String(began) };
  for (const { name, ...file } of files) {
    await putOwn(s3, { Bucket: report.ledger.bucket, Key: `${run.reportPrefix}${name}`, Metadata, ...file });
  }
  return `${run.reportPrefix}report.json`;
}

interface OwnFile {
  readonly Bucket: string;
  readonly Key: string;
  readonly Body: string;
  readonly ContentType: string;
  readonly Metadata: Record<string, string>;
}

const MAX_ATTEMPTS = 8;

/** Writes a file if there is none, or replaces the version that an earlier attempt of this execution wrote. */
async function putOwn(s3: S3Client, file: OwnFile): Promise<void> {
  let condition: { IfNoneMatch: '*' } | { IfMatch: string } = { IfNoneMatch: '*' };
  for (let attempt = 1; ; attempt++) {
    try {
      await s3.send(new PutObjectCommand({ ...file, ...condition }));
      return;
    } catch (error) {
      // With `IfMatch`, 404 means that the object is gone by now.
      const { kind } = toS3Error(error);
      if ((kind !== 'ambiguous' && kind !== 'missing') || (error as Error).name === 'NoSuchBucket' || attempt === MAX_ATTEMPTS) { throw error; }
    }
    const etag = await findOwnVersion(s3, file);
    condition = etag === undefined ? { IfNoneMatch: '*' } : { IfMatch: etag };
  }
}

/** Returns the ETag of the version that may be replaced, or undefined if there is no object. */
async function findOwnVersion(s3: S3Client, { Bucket, Key, Metadata }: OwnFile): Promise<string | undefined> {
  try {
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key }));
    if (head.Metadata?.[WRITER] === Metadata[WRITER]) {
      if (Number(head.Metadata[BEGAN] ?? 0) > Number(Metadata[BEGAN])) { throw new Error(`s3://${Bucket}/${Key} is from a later attempt at the same run, so it stays`); }
      return head.ETag;
    }
  } catch (error) {
    if (toS3Error(error).kind === 'missing') { return undefined; }
    throw error;
  }
  throw new Error(`s3://${Bucket}/${Key} is not from this run, so the report of this run was not written: move that object elsewhere, and redrive the run`);
}

type SummarizedReport = ReportBase & Pick<RunSummary, 'counts'> & Partial<Pick<RunSummary, 'stragglers'>>;

/** The output of the execution. */
export function summarize(action: Action, report: SummarizedReport, alert: Alert, key: string): RunSummary {
  const { run, dates, outcome, counts, bytes, stragglers = noStragglers(), ledger } = report;
  return {
    runId: run.id,
    action,
    dates,
    dryRun: run.dryRun,
    outcome,
    counts,
    bytes,
    stragglers,
    report: { bucket: ledger.bucket, key },
    subject: alert.subject,
    message: toTextMessage(alert),
    ...outcome !== 'CLEAN' && { quote: toQuote(alert) },
    attributes: alert.attributes,
  };
}
