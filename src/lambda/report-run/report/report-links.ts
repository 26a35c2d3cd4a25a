/** Where the things that a report speaks of are. A link is missing in a partition whose console we do not know. */
import { consoleUrl, executionUrl } from '../../alerts/cli-commands';

export const REPORT_SCHEMA = 'https://raw.githubusercontent.com/cdk-s3-dated-archiver/cdk-s3-dated-archiver/main/docs/report.schema.json';

export interface ReportLinks {
  readonly execution?: string;
  /** The page of `report.html`, where the console opens it. */
  readonly page?: string;
  /** The run's folder in the report bucket. */
  readonly folder?: string;
  /** Log group of the function that archives batches. */
  readonly logs?: string;
}

interface Places {
  readonly executionArn: string;
  readonly bucket: string;
  /** Ends with `/`. */
  readonly prefix: string;
  readonly logGroup: string;
}

export function reportLinks({ executionArn, bucket, prefix, logGroup }: Places): ReportLinks {
  const s3 = (page: string, key: string) => consoleUrl(executionArn, (region) => `s3/${page}/${bucket}?region=${region}&prefix=${encodeURIComponent(key)}`);
  return {
    execution: executionUrl(executionArn),
    page: s3('object', `${prefix}report.html`),
    folder: s3('buckets', prefix),
    logs: consoleUrl(executionArn, (region) => `cloudwatch/home?region=${region}#logsV2:log-groups/log-group/${fragment(logGroup)}`),
  };
}

/** CloudWatch's pages want names in the fragment encoded twice, the second time with `$` for `%`. */
function fragment(name: string): string {
  return encodeURIComponent(encodeURIComponent(name)).replace(/%/g, '$');
}
