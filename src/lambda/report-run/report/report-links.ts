/** Console links for a report. They are missing in a partition whose console is not known. */
import { consoleUrl, executionUrl } from '../../alerts/cli-commands';

export const VERIFICATION_SCHEMA = 'https://raw.githubusercontent.com/cdk-s3-dated-archiver/cdk-s3-dated-archiver/main/docs/verification.schema.json';
export const REPORT_SCHEMA = 'https://raw.githubusercontent.com/cdk-s3-dated-archiver/cdk-s3-dated-archiver/main/docs/report.schema.json';

export interface ReportLinks {
  readonly execution?: string;
  /** The console page from which `report.html` can be opened. */
  readonly page?: string;
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
  const s3 = (page: string, key: string) => consoleUrl(executionArn, (region) => `s3/${page}/${bucket}?region=${region}&prefix=${encodeURIComponent(key)}`);
  return {
    execution: executionUrl(executionArn),
    page: s3('object', `${prefix}report.html`),
    folder: s3('buckets', prefix),
    logs: consoleUrl(executionArn, (region) => `cloudwatch/home?region=${region}#logsV2:log-groups/log-group/${encodeFragment(logGroup)}`),
  };
}

/** CloudWatch expects names in the URL fragment to be encoded twice, the second time with `$` instead of `%`. */
function encodeFragment(name: string): string {
  return encodeURIComponent(encodeURIComponent(name)).replace(/%/g, '$');
}
