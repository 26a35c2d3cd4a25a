import type * as scheduler from 'aws-cdk-lib/aws-scheduler';
import type { DateSelection } from './date-selection';

/** When and what a verification of `S3DatedArchiver.addVerification()` compares. */
export interface VerificationOptions {
  /**
   * When verifications start.
   *
   * A run that has not ended is not verified: the report only names it. If no run for the days has
   * ended, the verification fails. So leave time between the start of a run and a verification that
   * reads its ledger.
   */
  readonly schedule: scheduler.ScheduleExpression;

  /**
   * The days whose ledgers are read, counted from the day of the scheduled time.
   *
   * The day of a ledger is the last day of its run. For a run of one day it is the day that was
   * archived. A verification fails if these days have no ledger, because it would prove nothing.
   *
   * @default - the `selection` of the archiver
   */
  readonly selection?: DateSelection;

  /**
   * Whether to compare checksums too, where the ledger has one.
   *
   * S3 returns the checksum of an object without reading it, in all storage classes. This takes one
   * request for each object, $0.40 per million. Without it, a verification lists the archive and
   * compares ETags and sizes.
   *
   * @default false
   * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
   */
  readonly deep?: boolean;
}
