import type { RunSummary } from '../payloads/report-payloads';

export const RUN_COMPLETED = {
  source: 'cdk-s3-dated-archiver',
  detailType: 'S3DatedArchiver Run Completed',
} as const;

export type RunCompletedDetail = Pick<
  RunSummary,
  'runId' | 'dates' | 'outcome' | 'counts' | 'bytes' | 'report'
> & {
  readonly archiver: string;
  readonly stateMachineArn: string;
  readonly executionArn: string;
  readonly destination: { readonly bucket: string; readonly prefix: string };
};
