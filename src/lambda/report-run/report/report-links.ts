/** Console links for a report. They are missing in a partition whose console is not known. */
import { CALENDAR_NAME } from '../../../contract/report-places';
import { consoleUrl, executionUrl, folderUrl } from '../../alerts/cli-commands';
import { objectUrl, toReportRoot } from '../../calendar/calendar-links';

export const VERIFICATION_SCHEMA = 'https://raw.githubusercontent.com/cdk-s3-dated-archiver/cdk-s3-dated-archiver/main/docs/verification.schema.json';
export const REPORT_SCHEMA = 'https://raw.githubusercontent.com/cdk-s3-dated-archiver/cdk-s3-dated-archiver/main/docs/report.schema.json';

export interface ReportLinks {
  readonly execution?: string;
  /** The console page from which `report.html` can be opened. */
  readonly page?: string;
  /** The console page from which the calendar of all runs can be opened. */
  readonly allRuns?: string;
  /** The run's folder in the report bucket. */
  readonly folder?: string;
  /** The log group of the archive-batch function. */
  readonly logs?: string;
}

interface ReportPlaces {
  readonly executionArn: string;
  readonly bucket: string;
  /** Ends with `/`. */
  readonly prefix: string;
  readonly logGroup: string;
}

export function getReportLinks({ executionArn, bucket, prefix, logGroup }: ReportPlaces): ReportLinks {
  return {
    execution: executionUrl(executionArn),
    page: objectUrl(executionArn, bucket, `${prefix}report.html`),
    allRuns: objectUrl(executionArn, bucket, `${toReportRoot(prefix)}${CALENDAR_NAME}`),
    folder: folderUrl(executionArn, bucket, prefix),
    logs: consoleUrl(executionArn, (region) => `cloudwatch/home?region=${region}#logsV2:log-groups/log-group/${encodeFragment(logGroup)}`),
  };
}

/** CloudWatch expects names in the URL fragment to be encoded twice, the second time with `$` instead of `%`. */
function encodeFragment(name: string): string {
  return encodeURIComponent(encodeURIComponent(name)).replace(/%/g, '$');
}
