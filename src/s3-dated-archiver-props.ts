import type { Duration, RemovalPolicy, TimeZone } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as scheduler from 'aws-cdk-lib/aws-scheduler';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { AlertMode } from './alert-mode';
import type { ArchiveLayout } from './archive-layout';
import type { ConflictPolicy } from './conflict-policy';
import type { DateSelection } from './date-selection';
import type { DateSource } from './date-source';
import type { RetryPolicy } from './retry-policy';

/** Properties of `S3DatedArchiver`. Numbers and strings may be tokens: what they stand for is then checked at run time. */
export interface S3DatedArchiverProps {
  /**
   * The bucket whose objects are archived. It must be in the account and region of the archiver's stack, since a
   * Distributed Map lists no other.
   *
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html
   */
  readonly bucket: s3.IBucket;

  /**
   * Only keys that start with this are looked at. It must end with `/`: a prefix `in` would take `invoices/` too.
   *
   * @default '' - the whole bucket
   */
  readonly prefix?: string;

  /**
   * The bucket that objects are moved to. It may be in another account or region: copies between regions are charged as transfer, and
   * the policy of a bucket of another account has to let the archiver in.
   *
   * @default - `bucket`
   * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
   */
  readonly destinationBucket?: s3.IBucket;

  /**
   * What archived keys start with. Ends with `/`, or is empty. Objects under it are never archived again; it must
   * not equal `prefix` in the same bucket. Archived keys have 1,024 bytes at most: an object whose key would be longer fails with `KEY_TOO_LONG`.
   *
   * @default 'archive/'
   */
  readonly destinationPrefix?: string;

  /**
   * Where an object's date comes from.
   *
   * @default DateSource.objectName('yyyy-MM-dd')
   */
  readonly dateSource?: DateSource;

  /**
   * Which days a run archives, unless its input names them.
   *
   * @default DateSelection.yesterday()
   */
  readonly selection?: DateSelection;

  /**
   * The zone in which days begin and end: a name of the IANA time zone database.
   *
   * @default - the time zone of `schedule`, else UTC
   */
  readonly timeZone?: TimeZone;

  /**
   * When runs start. A run archives the days as seen from the instant that its schedule stands for, even if it starts late.
   *
   * @default - runs are started on demand only
   * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
   */
  readonly schedule?: scheduler.ScheduleExpression;

  /**
   * The folder that a day's objects go to, below `destinationPrefix`.
   *
   * @default ArchiveLayout.daily()
   */
  readonly layout?: ArchiveLayout;

  /**
   * How many batches are archived at the same time, 1 to 10,000. The input of a run can override it. A batch that waits for
   * its share of the rate is paid for while it waits; more of them than the rate needs help where objects are large.
   *
   * @default - as many as `maxObjectsPerSecond` needs: one for each 750 objects a second, 10 at most
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
   */
  readonly maxConcurrency?: number;

  /**
   * Objects archived per second by the whole run, at most. S3 takes about 3,500 writes a second for one
   * partitioned prefix, and a move is two of them. Where S3 allows less, the run follows.
   *
   * @default 1500
   * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html
   */
  readonly maxObjectsPerSecond?: number;

  /**
   * Listed objects in a batch, 1 to 1,000. A batch is one child workflow.
   *
   * @default 1000 - fewer where keys are long: a batch's input stays below 224 KiB; with `mapExecutionType` EXPRESS: what fits
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itembatcher.html
   */
  readonly batchSize?: number;

  /**
   * How many of the selected objects may fail before the run fails, in percent: 0 to 100. Conflicts do not count.
   * A run also stops early when this share of the listed objects is in batches that failed as a whole.
   *
   * @default 0 - the first failed object makes the run fail, once all others are archived
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html#maprun-fail-threshold
   */
  readonly toleratedFailurePercentage?: number;

  /**
   * How the state machine retries an invocation that failed on Lambda's side.
   *
   * @default - 6 retries after 2, 4, 8 ... 60 seconds, fully jittered
   */
  readonly retryPolicy?: RetryPolicy;

  /**
   * What happens to an object whose destination holds other content.
   *
   * @default ConflictPolicy.REPORT
   */
  readonly conflictPolicy?: ConflictPolicy;

  /**
   * The topic that messages about runs go to: a standard one, since a FIFO topic has no subscriptions by e-mail, and in the region of
   * the archiver's stack, since SNS takes messages for topics of its own region only. It may be in another account.
   *
   * @default - a new topic, encrypted with `encryptionKey` if given
   */
  readonly alertTopic?: sns.ITopic;

  /**
   * When a message goes to the topic.
   *
   * @default AlertMode.PROBLEMS
   */
  readonly alertMode?: AlertMode;

  /**
   * The storage class of archived objects. A copy is charged at the class's price of a request, some classes have a minimum duration, and
   * what is in GLACIER or DEEP_ARCHIVE is read only after a restore.
   *
   * @default - S3's default for the destination, STANDARD
   * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-class-intro.html
   */
  readonly storageClass?: s3.StorageClass;

  /**
   * The key that objects in `bucket` are encrypted with, where CDK does not know it (an imported bucket) or it is
   * not the bucket's own. Where an imported `bucket` archives into itself, what is archived is encrypted with it, too.
   *
   * @default - the bucket's own key, if CDK knows one
   */
  readonly sourceKey?: kms.IKey;

  /**
   * The key to encrypt archived objects with. Give it also where it is the default of an imported `destinationBucket`: CDK does not
   * know it, and the archiver is granted its use by this prop.
   *
   * @default - the default encryption of the destination bucket
   * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
   */
  readonly destinationKey?: kms.IKey;

  /**
   * The key for reports, logs and the alert topic. For a `reportBucket` or an `alertTopic` of your own it is the key
   * that they are encrypted with, where CDK does not know it.
   *
   * @default - reports are encrypted with S3's own keys, logs with those of CloudWatch Logs, the topic is not encrypted
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * The bucket that ledgers and reports are written to. It must be in the account and region of the archiver's stack.
   *
   * @default - a new bucket: private, encrypted, TLS only
   */
  readonly reportBucket?: s3.IBucket;

  /**
   * What keys of ledgers and reports start with. Ends with `/`, or is empty. Must not lie under `prefix` in the same bucket.
   *
   * @default 'runs/'
   */
  readonly reportPrefix?: string;

  /**
   * How long ledgers and reports are kept, in whole days. Refused for a `reportBucket` of your own, whose lifecycle is yours.
   *
   * @default Duration.days(400)
   */
  readonly reportRetention?: Duration;

  /**
   * The type of the child workflows, one for each batch. STANDARD children have a history and are redriven where they stopped.
   * EXPRESS ones are cheaper to start and end after five minutes: size, time-out, retries and rounds of a batch that you
   * did not set shrink until they fit, and what you did set is refused if it does not fit.
   *
   * @default StateMachineType.STANDARD
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/choosing-workflow-type.html
   */
  readonly mapExecutionType?: sfn.StateMachineType;

  /**
   * How long a run may take, in whole seconds: up to a year. One that takes longer ends as timed out: what it archived stays, and a redrive goes on.
   *
   * @default Duration.days(1)
   */
  readonly timeout?: Duration;

  /**
   * How long one invocation of the archive-batch function may take, in whole seconds: 30 seconds to 15 minutes. What is left of the batch
   * by then is taken up by another invocation.
   *
   * @default Duration.minutes(5) - with `mapExecutionType` EXPRESS: what fits
   */
  readonly batchTimeout?: Duration;

  /**
   * Memory of the archive-batch function in MiB, 128 to 10,240. CPU grows with it: 1,769 MiB have a whole vCPU.
   *
   * @default 1024
   * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
   */
  readonly memorySize?: number;

  /**
   * What the functions log. The report-run function logs INFO at least, since metrics are lines of its log.
   *
   * @default ApplicationLogLevel.INFO
   * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
   */
  readonly logLevel?: lambda.ApplicationLogLevel;

  /**
   * How long the logs of the functions and of the state machine are kept.
   *
   * @default RetentionDays.ONE_YEAR
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * What happens to the report bucket and to the logs when they are removed from the stack. `DESTROY` empties the report bucket first.
   * `SNAPSHOT` is refused, since neither has snapshots. It has no effect on a `reportBucket` of your own.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * The VPC that all functions run in. It must let them reach S3, SNS and Step Functions, and KMS where keys are used: through endpoints or NAT.
   *
   * @default - the functions run outside of your VPCs
   * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
   */
  readonly vpc?: ec2.IVpc;

  /**
   * The subnets of `vpc` to use.
   *
   * @default - the private subnets, as `lambda.Function` chooses them
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * The security groups of the functions.
   *
   * @default - one new security group that allows all outbound traffic, if `vpc` is given
   */
  readonly securityGroups?: ec2.ISecurityGroup[];
}
