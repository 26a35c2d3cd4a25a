import type { Duration, RemovalPolicy, TimeZone } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as scheduler from 'aws-cdk-lib/aws-scheduler';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { AlertMode } from './alert-mode';
import type { ArchiveLayout } from './archive-layout';
import type { ConflictPolicy } from './conflict-policy';
import type { DateSelection } from './date-selection';
import type { DateSource } from './date-source';
import type { GlacierSources } from './glacier-sources';
import type { Listing } from './listing';
import type { ObjectFilter } from './object-filter';
import type { Packing } from './packing';
import type { Retention } from './retention';
import type { RetryPolicy } from './retry-policy';
import type { SourceDisposition } from './source-disposition';

/**
 * Properties of `S3DatedArchiver`.
 *
 * Numbers and strings may be tokens. The values of tokens are validated when a run starts.
 *
 * **Tuning.** These props determine how fast a run is:
 * - `maxObjectsPerSecond` is the rate of the whole run. Most archivers need no other of these
 *   props.
 * - `maxConcurrency` is the number of batches that run at the same time. They share the rate
 *   equally.
 * - `batchSize` is the number of listed objects in a batch. Each batch is one child workflow.
 * - `batchTimeout` limits one invocation of the archive-batch function. The function stops before
 *   its timeout and is invoked again, up to 100 times, for the objects that are left.
 * - `retryPolicy` applies to an invocation that fails on Lambda's side.
 */
export interface S3DatedArchiverProps {
  // --- What to archive ---
  /**
   * The bucket whose objects are archived. With `listing: Listing.selective()` it may be in another
   * account or region, else it must be in those of the archiver's stack, because a Distributed Map
   * cannot list other buckets. The policy of a bucket in another account must allow the archiver to
   * use it: a warning has the statements. No bucket may be given by the alias or ARN of an access
   * point.
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html
   */
  readonly bucket: s3.IBucket;

  /**
   * The prefix of the keys to consider, which must end with `/` or be empty, and not start with
   * `/`. Only objects whose key starts with it are listed. The `/` makes sure that `in` does not
   * match `invoices/`.
   * @default '' - the whole bucket
   * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
   */
  readonly prefix?: string;

  /**
   * Where the date of an object comes from.
   * @default DateSource.objectName('yyyy-MM-dd')
   */
  readonly dateSource?: DateSource;

  /**
   * Which of the objects of a run's days are archived, by their keys, sizes and ages. Other objects
   * are skipped.
   * @default - all
   */
  readonly filter?: ObjectFilter;

  /**
   * Who lists the objects: the Distributed Map, or a function that hands only the selected ones to
   * the map. The latter is cheaper where runs archive few of the objects that they list.
   * @default Listing.distributedMap(), or Listing.selective() with `packing`
   */
  readonly listing?: Listing;

  // --- Which days, and when ---
  /**
   * The days that a run archives, unless its input has days.
   * @default DateSelection.yesterday()
   */
  readonly selection?: DateSelection;

  /**
   * The time zone in which days begin and end, as a name of the IANA time zone database.
   * @default - the time zone of `schedule` if it has one, else UTC
   * @see https://www.iana.org/time-zones
   */
  readonly timeZone?: TimeZone;

  /**
   * When runs start. The days of a run are computed from its scheduled time, so a run that starts
   * late archives the same days.
   * @default - runs start on demand only
   * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
   */
  readonly schedule?: scheduler.ScheduleExpression;

  // --- Where to ---
  /**
   * The bucket that objects are moved to. It may be in another account or region. The policy of a
   * bucket in another account must allow the archiver to write: a warning names the statements.
   * Copies between regions incur data transfer charges.
   * @default - the same as `bucket`
   * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
   */
  readonly destinationBucket?: s3.IBucket;

  /**
   * The prefix of archived keys, which must end with `/` or be empty. Objects under it are never
   * archived again. It must not equal `prefix` in the same bucket. S3 keys have at most 1,024
   * bytes: an object whose archived key would be longer fails with `KEY_TOO_LONG`.
   * @default 'archive/'
   * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
   */
  readonly destinationPrefix?: string;

  /**
   * The folder for the objects of a day, below `destinationPrefix`.
   * @default ArchiveLayout.daily()
   */
  readonly layout?: ArchiveLayout;

  /**
   * Whether small objects are packed into zip files, which is much cheaper than to move each of
   * them. The archive-batch function then reads the contents of these objects. A lost pack is up to
   * 10,000 lost objects, so let `destinationBucket` be versioned.
   * @default - each object is moved
   * @see https://github.com/cdk-s3-dated-archiver/cdk-s3-dated-archiver/blob/main/docs/packing.md
   */
  readonly packing?: Packing;

  /**
   * How long S3 Object Lock retains archived objects, counted from the day of each object in
   * `timeZone`. If the source has a lock, the copy is locked at least as long. An object whose
   * retention would have ended already is archived without one, and the report counts it. Objects
   * that the archive already holds keep the locks that they have.
   *
   * The destination bucket must have Object Lock, or objects stay at the source (`LOCKED`). An app
   * whose own bucket has none is not synthesized. A stack whose bucket holds retained objects
   * cannot delete that bucket, regardless of its `removalPolicy`.
   * @default - archived objects have only the locks of their sources, and those that the bucket
   * gives them
   * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html
   */
  readonly retention?: Retention;

  /**
   * What a run does with selected objects in GLACIER or DEEP_ARCHIVE, which S3 must restore before
   * they can be copied. Objects in the archive tiers of INTELLIGENT_TIERING always fail with
   * `ARCHIVED_CLASS`.
   * @default GlacierSources.report()
   * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/restoring-objects.html
   */
  readonly glacierSources?: GlacierSources;

  /**
   * The storage class of archived objects. Copies are charged at the request price of the class,
   * some classes have a minimum storage duration, and objects in GLACIER or DEEP_ARCHIVE must be
   * restored before they can be read.
   * @default - S3's default, STANDARD
   * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-class-intro.html
   */
  readonly storageClass?: s3.StorageClass;

  /**
   * What happens to an object if the destination already has other content under its key.
   * @default ConflictPolicy.REPORT
   * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
   */
  readonly conflictPolicy?: ConflictPolicy;

  /**
   * Whether the source of an archived object is deleted or kept.
   * @default SourceDisposition.DELETE
   */
  readonly sourceDisposition?: SourceDisposition;

  // --- How fast ---
  /**
   * The maximum number of objects that the whole run archives per second, greater than 0. S3
   * accepts about 3,500 writes per second for one partitioned prefix, and a move is two of them: a
   * copy and a delete. With another bucket as `destinationBucket`, each bucket takes one of the
   * two. If S3 throttles, the run slows down until S3 accepts its requests. See "Tuning" in
   * `S3DatedArchiverProps`.
   * @default - 1500, or 3000 if `destinationBucket` is another bucket that the app creates. Others
   * may archive into an imported one at the same time
   * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html
   */
  readonly maxObjectsPerSecond?: number;

  /**
   * The maximum number of batches that run at the same time, 1 to 10,000. The input of a run may
   * lower it. Batches that wait for their share of `maxObjectsPerSecond` still incur Lambda cost,
   * so raise it only if objects are large. See "Tuning" in `S3DatedArchiverProps`.
   * @default - one batch for each 750 objects of `maxObjectsPerSecond`, at most 10
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
   */
  readonly maxConcurrency?: number;

  /**
   * The maximum number of objects in a batch, 1 to 1,000. They are the listed objects, or with
   * `Listing.selective()` the selected ones. Batches of the map's own listing are smaller if keys
   * are long, because their input is limited to 224 KiB. See "Tuning" in `S3DatedArchiverProps`.
   * @default 1000, or up to 10,000 with `Listing.selective()`
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itembatcher.html
   */
  readonly batchSize?: number;

  /**
   * The timeout of one invocation of the archive-batch function, 30 seconds to 15 minutes in whole
   * seconds. Objects that are left by then are archived by another invocation. See "Tuning" in
   * `S3DatedArchiverProps`.
   * @default Duration.minutes(5)
   * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html
   */
  readonly batchTimeout?: Duration;

  // --- Failures ---
  /**
   * The percentage of selected objects that may fail before the run fails, 0 to 100. Conflicts do
   * not count. A run also stops early if this percentage of the listed objects is in batches that
   * failed as a whole, for example because a bucket is missing or the destination denies all
   * copies. Sources that may not be read fail alone.
   * @default 0 - the run fails if any object fails, after all others are archived
   * @see
   * https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html#maprun-fail-threshold
   */
  readonly toleratedFailurePercentage?: number;

  /**
   * How the state machine retries an invocation of a function that failed on Lambda's side.
   * Requests to S3 have their own retries, inside the function. See "Tuning" in
   * `S3DatedArchiverProps`.
   * @default - 6 retries after 2, 4, 8, 16, 32 and 60 seconds, with full jitter
   * @see https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
   */
  readonly retryPolicy?: RetryPolicy;

  /**
   * The timeout of a whole run, up to one year in whole seconds. A run that takes longer ends as
   * timed out. Archived objects stay archived, and a redrive continues the run.
   * @default Duration.days(1)
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html
   */
  readonly timeout?: Duration;

  // --- Alerts ---
  /**
   * The topic that alerts are published to. It must be a standard topic, because FIFO topics cannot
   * deliver email, and in the region of the archiver's stack. It may be in another account, whose
   * topic policy must then allow the archiver to publish: a warning names the statement.
   * @default - a new topic, encrypted with `encryptionKey` if given
   * @see https://docs.aws.amazon.com/sns/latest/dg/fifo-message-delivery.html
   */
  readonly alertTopic?: sns.ITopic;

  /**
   * A topic for Slack, Microsoft Teams or Amazon Chime, to which Amazon Q Developer in chat
   * applications (formerly AWS Chatbot) is subscribed. It gets the same messages as `alertTopic`,
   * each in the envelope that the service requires: it drops any other text without a word. It must
   * be another topic than `alertTopic`, a standard one, and in the region of the archiver's stack.
   * @default - no messages for a chat
   * @see https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html
   */
  readonly chatTopic?: sns.ITopic;

  /**
   * When an alert is published.
   * @default AlertMode.PROBLEMS
   */
  readonly alertMode?: AlertMode;

  // --- Reports and logs ---
  /**
   * The bucket that ledgers and reports are written to. It must be in the account and region of the
   * archiver's stack, because a Distributed Map cannot write its results to other buckets.
   * @default - a new bucket: private, encrypted, versioned, TLS only
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html
   */
  readonly reportBucket?: s3.IBucket;

  /**
   * The prefix of the keys of ledgers and reports, which must end with `/` or be empty. In the
   * destination bucket, it must not overlap the folders of `layout`. In the source bucket, it must
   * not be inside `prefix`, unless it is inside `destinationPrefix`.
   * @default 'runs/'
   */
  readonly reportPrefix?: string;

  /**
   * How long ledgers and reports are kept, in whole days. Then they become noncurrent versions,
   * which S3 deletes 30 days later. It cannot be combined with `reportBucket`: set a lifecycle rule
   * on your bucket instead.
   * @default Duration.days(400)
   * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
   */
  readonly reportRetention?: Duration;

  /**
   * The log level of the functions. The report-run function logs at least at INFO, because it emits
   * metrics as log lines.
   * @default ApplicationLogLevel.INFO
   * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
   */
  readonly logLevel?: lambda.ApplicationLogLevel;

  /**
   * How long the logs of the functions and of the state machine are kept.
   * @default RetentionDays.ONE_YEAR
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * Whether AWS X-Ray traces runs. With ACTIVE, the functions and the state machine send traces.
   * With PASS_THROUGH, the functions trace only requests that their caller decided to trace, and
   * the state machine sends none. With DISABLED, nothing is traced, and no role may write to X-Ray.
   * @default Tracing.ACTIVE
   * @see https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html
   */
  readonly tracing?: lambda.Tracing;

  /**
   * What happens to the report bucket and the log groups when they are removed from the stack.
   * DESTROY also empties the report bucket. SNAPSHOT is rejected, because neither has snapshots. It
   * does not apply to your own `reportBucket`.
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;

  // --- Restore ---
  /**
   * Whether runs may copy archived objects back to their old keys: `{"action": "restore", "run":
   * "<name of a run>"}`.
   *
   * It adds a function with its own role, which may write under `prefix`. A restore deletes
   * nothing, so restored objects exist twice until you remove one copy, and a run that selects them
   * moves them again. The message of the restore says so, and has a command that removes the
   * archived copies.
   * @default false
   */
  readonly allowRestore?: boolean;

  // --- Encryption ---
  /**
   * The KMS key of the source objects: the archiver is allowed to decrypt with it. Set it if
   * `bucket` is imported, or if objects are encrypted with other keys than the bucket's own. If an
   * imported `bucket` is also the destination, archived objects are encrypted with it as well.
   * @default - the key of `bucket`, if CDK knows it
   * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
   */
  readonly sourceKey?: kms.IKey;

  /**
   * The KMS key of the archived objects: S3 encrypts every copy with it. Set it if
   * `destinationBucket` is imported, even if it is the default key of that bucket: CDK does not
   * know that key, and the archiver needs permission to use it.
   * @default - the default encryption of `destinationBucket`
   * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
   */
  readonly destinationKey?: kms.IKey;

  /**
   * The KMS key of what the archiver creates itself: report bucket, log groups, alert topic and
   * dead-letter queue, the executions of the state machine and the environment variables of the
   * functions. If you import your own `reportBucket` or `alertTopic`, it is the key that they are
   * encrypted with. A user who looks at executions or functions then needs `kms:Decrypt` with this
   * key.
   * @default - everything is encrypted with keys of its AWS service, except for the topic, which is
   * not encrypted
   */
  readonly encryptionKey?: kms.IKey;

  // --- Functions and network ---
  /**
   * The memory of the archive-batch function in MiB, 128 to 10,240. CPU power grows with memory:
   * 1,769 MiB equal one vCPU.
   * @default 1024, or as much as `packing` needs if that is more
   * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
   */
  readonly memorySize?: number;

  /**
   * The VPC that all functions run in. From it, the functions must be able to reach S3, SNS, Step
   * Functions, and KMS if keys are used: through VPC endpoints or a NAT gateway. VPC endpoints for
   * S3 refuse requests to buckets of other regions, copies included.
   * @default - the functions do not run in a VPC
   * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
   */
  readonly vpc?: ec2.IVpc;

  /**
   * The subnets of `vpc` that the functions run in.
   * @default - the private subnets, as chosen by `lambda.Function`
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * The security groups of the functions.
   * @default - one new security group that allows outbound HTTPS (port 443) and nothing else, if
   * `vpc` is given
   * @see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html
   */
  readonly securityGroups?: ec2.ISecurityGroup[];
}
