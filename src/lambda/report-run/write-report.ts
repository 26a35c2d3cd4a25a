/** Writes the report of a run, and never over an object that the run did not write itself. */
import {
  HeadObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { ReportBase } from './report/report-base';
import type { RunSummary } from '../../contract/payloads/report-payloads';
import type { Run } from '../../contract/payloads/run';
import { REPORT_NAME, REPORT_PAGE_NAME } from '../../contract/report-places';
import { type Alert, toQuote, toTextMessage } from '../alerts/alert';
import { toS3Error } from '../s3/s3-error';
import { nothingSkipped } from '../selection/skipped-objects';
import { toAsciiJson } from '../text/escape';

/**
 * The metadata that says which execution wrote a file, so that a retry can tell its own files from
 * others.
 */
const WRITER = 'execution';
/** The metadata that says when the attempt began that wrote a file, in epoch milliseconds. */
const BEGAN = 'began';

type SummarizedReport = ReportBase &
  Pick<RunSummary, 'counts'> &
  Partial<Pick<RunSummary, 'stragglers' | 'undated' | 'undatedKeys' | 'notes'>>;

export interface Reported<TReport> {
  readonly report: TReport;
  readonly alert: Alert;
  readonly summary: RunSummary;
}

export function toReportKey({ reportPrefix }: Pick<Run, 'reportPrefix'>): string {
  return `${reportPrefix}${REPORT_NAME}`;
}

/**
 * Throws if the key holds an object of another program, or of an attempt that began later: Step
 * Functions has abandoned this attempt, and sends the message of the later one.
 */
export async function publishReport<TReport extends SummarizedReport>(
  s3: S3Client,
  run: Run,
  { report, alert, page }: Omit<Reported<TReport>, 'summary'> & { readonly page: string },
  began: number,
): Promise<Reported<TReport>> {
  const {
    dates,
    outcome,
    counts,
    bytes,
    stragglers = nothingSkipped().stragglers,
    undated,
    undatedKeys,
    notes,
    ledger: { bucket },
  } = report;
  const key = toReportKey(run);
  const files = [
    {
      Key: `${run.reportPrefix}${REPORT_PAGE_NAME}`,
      ContentType: 'text/html; charset=utf-8',
      Body: page,
    },
    { Key: key, ContentType: 'application/json', Body: `${toAsciiJson(report, 2)}\n` },
  ];
  // Metadata is ASCII, and the name of an execution may not be.
  const Metadata = {
    [WRITER]: encodeURIComponent(report.run.executionArn),
    [BEGAN]: String(began),
  };
  for (const file of files) {
    await putOwn(s3, { Bucket: bucket, Metadata, ...file });
  }
  const summary = {
    runId: run.id,
    action: run.action,
    ...(run.target && { target: run.target }),
    dates,
    dryRun: run.dryRun,
    outcome,
    counts,
    bytes,
    stragglers,
    ...(undated !== undefined && { undated }),
    ...(undatedKeys && { undatedKeys }),
    ...(notes && { notes }),
    report: { bucket, key },
    subject: alert.subject,
    message: toTextMessage(alert),
    ...(outcome !== 'CLEAN' && { quote: toQuote(alert) }),
    attributes: alert.attributes,
  };
  return { report, alert, summary };
}

type OwnFile = PutObjectCommandInput & { readonly Metadata: Record<string, string> };

const MAX_ATTEMPTS = 8;

async function putOwn(s3: S3Client, file: OwnFile): Promise<void> {
  let etag: string | undefined;
  for (let attempt = 1; ; attempt++) {
    const condition = etag === undefined ? { IfNoneMatch: '*' } : { IfMatch: etag };
    try {
      await s3.send(new PutObjectCommand({ ...file, ...condition }));
      return;
    } catch (error) {
      // With `IfMatch`, 404 means that the object is gone by now.
      const { kind } = toS3Error(error);
      if (
        (kind !== 'ambiguous' && kind !== 'missing') ||
        (error as Error).name === 'NoSuchBucket' ||
        attempt === MAX_ATTEMPTS
      ) {
        throw error;
      }
    }
    etag = await findOwnVersion(s3, file);
  }
}

async function findOwnVersion(
  s3: S3Client,
  { Bucket, Key, Metadata }: OwnFile,
): Promise<string | undefined> {
  const head = await s3.send(new HeadObjectCommand({ Bucket, Key })).catch((error: unknown) => {
    if (toS3Error(error).kind !== 'missing') {
      throw error;
    }
  });
  if (!head) {
    return undefined;
  }
  if (head.Metadata?.[WRITER] !== Metadata[WRITER]) {
    throw new Error(
      `s3://${Bucket}/${Key} is not from this run, so the report of this run was not written: ` +
        'move that object elsewhere, and redrive the run',
    );
  }
  const isLater = Number(head.Metadata[BEGAN] ?? 0) > Number(Metadata[BEGAN]);
  if (isLater) {
    throw new Error(`s3://${Bucket}/${Key} is from a later attempt at the same run, so it stays`);
  }
  return head.ETag;
}
