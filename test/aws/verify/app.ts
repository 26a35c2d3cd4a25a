import {
  App,
  CfnOutput,
  CfnParameter,
  Duration,
  RemovalPolicy,
  Size,
  Stack,
  Tags,
} from 'aws-cdk-lib';
import { CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import { CfnDatabase } from 'aws-cdk-lib/aws-glue';
import { AnyPrincipal, Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Function } from 'aws-cdk-lib/aws-lambda';
import { Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { CfnSchedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import type { CfnStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import {
  bucketName,
  databaseName,
  EXPIRY_TAG,
  expiryOf,
  hasObjectLock,
  LEDGER_TABLE,
  type Machine,
  machineName,
  type Place,
  PLACES,
  placesOf,
  prefixesOf,
  queueOf,
  QUEUES,
  stackName,
  TAG,
  tagOf,
  type Where,
} from './names';
import {
  ArchiverAlarm,
  Listing,
  Packing,
  Retention,
  S3DatedArchiver,
  type S3DatedArchiverProps,
} from '../../../src';

/** The archivers copy larger objects in parts. S3 accepts parts of 5 MiB or more. */
export const MULTIPART_THRESHOLD_BYTES = 8 * 1024 ** 2;
/** The policy of the archive bucket denies copies into this folder. */
export const DENIED = 'denied';
/** That policy demands that objects in this folder are written under a condition. */
export const ENFORCED = 'enforced';
/** The policy of the report bucket denies the ledger of runs whose names begin so. */
export const UNWRITABLE = 'unwritable-';
/**
 * Step Functions runs the map of this archiver with a limit of its own, since `:` and `*` are in
 * its construct id.
 */
export const WHOLE_ID = 'Whole: all*';
export const constructId = (machine: Machine) => (machine === 'Whole' ? WHOLE_ID : machine);
/** EventBridge Scheduler cannot start a run with this schedule, and sends a dead letter. */
export const REFUSED_SCHEDULE = 'Refused';
/** The archiver with the tables packs objects up to this size, and moves larger ones one by one. */
export const PACKED_BYTES = 1024;
/**
 * An object of today is retained until the day after tomorrow begins: the shortest retention that
 * does not end while it is looked at.
 */
export const RETENTION_DAYS = 2;
/** The id of a bucket's request metrics, with which CloudWatch counts the answers of S3. */
export const REQUEST_METRICS = 'EntireBucket';
/** A run that finds nothing costs less than a tenth of a cent. */
const MINUTES_BETWEEN_SCHEDULED_RUNS = 1;

export interface AppOptions extends Where {
  readonly id: string;
  /** When the verification began, which gives the date of the expiry tag. */
  readonly started: string;
  readonly machines: readonly Machine[];
}

/** Synthesizes the app that is deployed and that the sandbox runs. */
export function synthesize(
  { id, started, machines, account, region }: AppOptions,
  outdir: string,
): void {
  const app = new App({ outdir, analyticsReporting: false });
  const stack = new Stack(app, stackName(id), {
    env: { account, region },
    description: 'npm run verify:aws of cdk-s3-dated-archiver: may be deleted at any time',
  });
  Tags.of(stack).add(TAG, tagOf(id));
  Tags.of(stack).add(EXPIRY_TAG, expiryOf(started));
  const key = machines.includes('Kms')
    ? new Key(stack, 'Key', {
        removalPolicy: RemovalPolicy.DESTROY,
        pendingWindow: Duration.days(7),
      })
    : undefined;
  const places = PLACES.filter((place) =>
    machines.some((machine) => placesOf(machine).includes(place)),
  );
  const buckets = Object.fromEntries(
    places.map((place) => [place, createBucket(stack, id, place, key)]),
  ) as Record<Place, Bucket>;
  restrict(buckets);
  if (machines.includes('Selective')) {
    for (const place of placesOf('Selective').slice(0, 2)) {
      buckets[place].addMetric({ id: REQUEST_METRICS });
    }
  }
  const queues = QUEUES.filter((queue) => machines.some((machine) => queueOf(machine) === queue));
  const topics = new Map(queues.map((name) => [name, createTopic(stack, name)]));
  for (const machine of machines) {
    const [source, archive, reports] = placesOf(machine).map((place) => buckets[place]);
    const [prefix, destinationPrefix, reportPrefix] = prefixesOf(machine);
    const archiver = new S3DatedArchiver(stack, constructId(machine), {
      bucket: source!,
      destinationBucket: archive,
      reportBucket: reports,
      prefix,
      destinationPrefix,
      reportPrefix,
      alertTopic: topics.get(queueOf(machine)),
      removalPolicy: RemovalPolicy.DESTROY,
      ...propsOf(machine, stack, key),
    });
    extend(stack, machine, archiver);
    nameMachine(archiver, machineName(id, machine));
    copyInParts(archiver);
  }
  app.synth();
}

function propsOf(
  machine: Machine,
  stack: Stack,
  encryptionKey?: Key,
): Partial<S3DatedArchiverProps> {
  switch (machine) {
    case 'Standard':
      return { allowRestore: true };
    // Only the deployment knows that its prefix is empty, and its id has characters that the names
    // of queries may not have.
    case 'Whole':
      return { prefix: new CfnParameter(stack, 'WholePrefix', { default: '' }).valueAsString };
    case 'Batches':
      return { batchSize: 5 };
    case 'Scheduled':
    case 'Smoke':
      return {
        schedule: ScheduleExpression.rate(Duration.minutes(MINUTES_BETWEEN_SCHEDULED_RUNS)),
      };
    case 'Packed':
      return { packing: Packing.zip(), allowRestore: true };
    case 'Ledger':
      return { packing: Packing.zip({ maxObjectSize: Size.kibibytes(PACKED_BYTES / 1024) }) };
    case 'Selective':
      return { listing: Listing.selective() };
    case 'Locked':
      return { retention: Retention.governance({ days: RETENTION_DAYS }) };
    case 'Kms':
      return { encryptionKey, sourceKey: encryptionKey, destinationKey: encryptionKey };
    default:
      return {};
  }
}

function extend(stack: Stack, machine: Machine, archiver: S3DatedArchiver): void {
  if (machine === 'Scheduled') {
    archiver.addAlarms({
      objectsFailed: 0,
      exclude: [
        ArchiverAlarm.NO_RUN_COMPLETED,
        ArchiverAlarm.NOTHING_ARRIVED,
        ArchiverAlarm.STRAGGLERS,
        ArchiverAlarm.EXPLAINER_FAILED,
      ],
    });
    addRefusedSchedule(stack, archiver);
  }
  if (machine === 'Ledger') {
    addTable(stack, archiver);
  }
}

/** A database and a workgroup of its own: nothing of the account's is changed. */
function addTable(stack: Stack, archiver: S3DatedArchiver): void {
  const database = new CfnDatabase(stack, 'Database', {
    catalogId: stack.account,
    databaseInput: { name: databaseName(stack.stackName) },
  });
  const workGroup = new CfnWorkGroup(stack, 'WorkGroup', {
    name: stack.stackName,
    recursiveDeleteOption: true,
    workGroupConfiguration: {
      resultConfiguration: { outputLocation: `s3://${stack.stackName}-reports/athena/` },
    },
  });
  // The clean-up deletes these before the workgroup, in which they are.
  archiver.addLedgerTable('Table', {
    database: database.ref,
    tableName: LEDGER_TABLE,
    firstDay: '2026-01-01',
    workGroup: workGroup.ref,
  });
}

/** The clean-up empties the buckets. CDK's own feature for this would leave a log group behind. */
function createBucket(stack: Stack, id: string, place: Place, key?: Key): Bucket {
  return new Bucket(stack, place, {
    bucketName: bucketName(id, place),
    enforceSSL: true,
    versioned: place === 'Archive' || place === 'VersionedSource' || hasObjectLock(place),
    objectLockEnabled: hasObjectLock(place),
    removalPolicy: RemovalPolicy.DESTROY,
    ...(place.startsWith('Kms') && {
      encryption: BucketEncryption.KMS,
      encryptionKey: key,
      bucketKeyEnabled: true,
    }),
  });
}

/** The denials that scenarios run into. */
function restrict({ Archive, Reports, KmsArchive }: Partial<Record<Place, Bucket>>): void {
  const denyPuts = (bucket: Bucket | undefined, keys: string, conditions?: object) =>
    bucket?.addToResourcePolicy(
      new PolicyStatement({
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: ['s3:PutObject'],
        resources: [bucket.arnForObjects(keys)],
        conditions: conditions as never,
      }),
    );
  for (const archive of [Archive, KmsArchive]) {
    denyPuts(archive, `*/${DENIED}/*`);
  }
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
  denyPuts(Archive, `*/${ENFORCED}/*`, {
    Null: { 's3:if-none-match': 'true' },
    Bool: { 's3:ObjectCreationOperation': 'true' },
  });
  denyPuts(Reports, `*/ledger/*/run=${UNWRITABLE}*`);
}

function createTopic(stack: Stack, name: string): Topic {
  const topic = new Topic(stack, `${name}Topic`, { enforceSSL: true });
  const queue = new Queue(stack, name, { enforceSSL: true, removalPolicy: RemovalPolicy.DESTROY });
  topic.addSubscription(new SqsSubscription(queue));
  new CfnOutput(stack, `${name}Url`, { value: queue.queueUrl });
  return topic;
}

/**
 * A name that is known before the deployment. CloudFormation would name it without the name of the
 * stack.
 */
function nameMachine({ stateMachine }: S3DatedArchiver, name: string): void {
  (stateMachine.node.defaultChild as CfnStateMachine).stateMachineName = name;
}

function copyInParts(archiver: S3DatedArchiver): void {
  const restore = archiver.node.tryFindChild('RestoreBatch')?.node.findChild('Function') as
    Function | undefined;
  for (const each of [archiver.handler, restore]) {
    each?.addEnvironment('MULTIPART_THRESHOLD_BYTES', String(MULTIPART_THRESHOLD_BYTES));
  }
}

/**
 * A schedule whose role may send dead letters, but start nothing. EventBridge Scheduler does not
 * repeat what it has no permission for.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
 */
function addRefusedSchedule(stack: Stack, archiver: S3DatedArchiver): void {
  const queue = archiver.node.findChild('ScheduleDeadLetters') as Queue;
  const role = new Role(stack, `${REFUSED_SCHEDULE}Role`, {
    assumedBy: new ServicePrincipal('scheduler.amazonaws.com'),
  });
  queue.grantSendMessages(role);
  new CfnSchedule(stack, REFUSED_SCHEDULE, {
    scheduleExpression: ScheduleExpression.rate(Duration.minutes(MINUTES_BETWEEN_SCHEDULED_RUNS))
      .expressionString,
    flexibleTimeWindow: { mode: 'OFF' },
    target: {
      arn: archiver.stateMachine.stateMachineArn,
      roleArn: role.roleArn,
      input: '{"scheduledTime":"<aws.scheduler.scheduled-time>"}',
      deadLetterConfig: { arn: queue.queueArn },
      retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 },
    },
  }).node.addDependency(role);
}
