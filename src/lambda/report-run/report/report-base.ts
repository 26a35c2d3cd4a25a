import type { BalancedParts } from '../../../actions/verify/lambda/balanced-parts';
import type { RunSummary } from '../../../contract/payloads/report-payloads';
import type { Run } from '../../../contract/payloads/run';
import type { Settings } from '../../../contract/payloads/settings';
import { CALENDAR_NAME, REPORT_PAGE_NAME, toReportRoot } from '../../../contract/report-places';
import { consoleUrl, executionUrl, folderUrl, objectUrl } from '../../alerts/cli-commands';
import type { ReportedCost } from '../../pricing/cost';

export const REPORT_SCHEMA =
  'https://raw.githubusercontent.com/cdk-s3-dated-archiver/cdk-s3-dated-archiver/main/docs/report.schema.json';
export const VERIFICATION_SCHEMA =
  'https://raw.githubusercontent.com/cdk-s3-dated-archiver/cdk-s3-dated-archiver/main/docs/verification.schema.json';

export interface Place {
  readonly bucket: string;
  readonly prefix: string;
}

/**
 * The common fields of all reports. docs/report.schema.json and docs/verification.schema.json
 * describe them.
 */
export interface ReportBase {
  readonly $schema: string;
  readonly schemaVersion: 1;
  /** The name of the archiver. */
  readonly archiver: string;
  readonly run: { readonly id: string; readonly executionArn: string; readonly dryRun: boolean };
  /** `from` is `null` if the run is for every day up to `to`. */
  readonly dates: { readonly from: string | null; readonly to: string };
  readonly outcome: RunSummary['outcome'];
  /** The total size of the objects that are archived, restored or present. */
  readonly bytes: number;
  readonly timeZone: string;
  /** Instants in UTC. */
  readonly startedAt: string;
  readonly endedAt: string;
  readonly seconds: number;
  readonly batches: BaseFacts['batches'];
  readonly cost: ReportedCost & { readonly currency: 'USD' };
  readonly ledger: BaseFacts['ledger'];
  readonly links: ReportLinks;
}

/** Pages of the AWS console. They are missing in a partition whose console is not known. */
export interface ReportLinks {
  readonly execution?: string;
  /** From these two, report.html and the calendar can be opened. */
  readonly page?: string;
  readonly allRuns?: string;
  readonly folder?: string;
  readonly logs?: string;
}

export interface BaseFacts extends Pick<
  Settings,
  'archiverName' | 'timeZone' | 'batch' | 'awsRegion' | 'alertMode'
> {
  readonly run: Run;
  readonly executionArn: string;
  readonly outcome: RunSummary['outcome'];
  readonly endedAt: Date;
  readonly batches: { readonly count: number; readonly rounds: number };
  readonly ledger: Place & { readonly balanced?: BalancedParts };
}

/**
 * A change that could break a reader raises `schemaVersion`. `bytes` are of the objects that are
 * archived, restored or present.
 */
export function createReportBase(
  $schema: string,
  facts: BaseFacts,
  bytes: number,
  cost: ReportedCost,
): ReportBase {
  const {
    archiverName,
    run,
    executionArn,
    outcome,
    timeZone,
    endedAt,
    batches,
    ledger,
    batch: { logGroup },
  } = facts;
  return {
    $schema,
    schemaVersion: 1,
    archiver: archiverName,
    run: { id: run.id, executionArn, dryRun: run.dryRun },
    dates: { from: run.from, to: run.to },
    outcome,
    bytes,
    timeZone,
    startedAt: new Date(run.startTime).toISOString(),
    endedAt: endedAt.toISOString(),
    seconds: (endedAt.getTime() - Date.parse(run.startTime)) / 1000,
    batches,
    cost: { currency: 'USD', ...cost },
    ledger,
    links: getReportLinks(executionArn, ledger.bucket, run.reportPrefix, logGroup),
  };
}

export function getReportLinks(
  executionArn: string,
  bucket: string,
  prefix: string,
  logGroup: string,
): ReportLinks {
  // CloudWatch expects names in the URL fragment to be encoded twice, the second time with `$`
  // instead of `%`.
  const group = encodeURIComponent(encodeURIComponent(logGroup)).replace(/%/g, '$');
  return {
    execution: executionUrl(executionArn),
    page: objectUrl(executionArn, bucket, `${prefix}${REPORT_PAGE_NAME}`),
    allRuns: objectUrl(executionArn, bucket, `${toReportRoot(prefix)}${CALENDAR_NAME}`),
    folder: folderUrl(executionArn, bucket, prefix),
    logs: consoleUrl(
      executionArn,
      (region) => `cloudwatch/home?region=${region}#logsV2:log-groups/log-group/${group}`,
    ),
  };
}
