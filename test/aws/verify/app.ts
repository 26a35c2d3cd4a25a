import { App, CfnOutput, CfnParameter, RemovalPolicy, Stack, Tags } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { S3DatedArchiver } from '../../../src';

/** The archivers copy larger objects in parts. S3 accepts parts of 5 MiB or more. */
export const MULTIPART_THRESHOLD_BYTES = 8 * 1024 ** 2;
/** The policy of the archive bucket denies copies into this folder. */
export const DENIED = 'denied';
/** That policy demands that objects in this folder are written under a condition. */
export const ENFORCED = 'enforced';
/** The policy of the report bucket denies the ledger of runs whose names begin so. */
export const UNWRITABLE = 'unwritable-';

export interface Where {
  readonly account: string;
  readonly region: string;
}

/** Every resource of a verification has this tag. The clean-up touches no other resource. */
export const TAG = 'cdk-s3-dated-archiver';
export const tagOf = (id: string) => `verify-${id}`;

export const stackName = (id: string) => `archiver-verify-${id}`;

/** The ids of the archivers in the stack. */
export const WHOLE_ID = 'Whole: all*';
export const ARCHIVER_IDS = { Standard: 'Standard', Express: 'Express', Whole: WHOLE_ID } as const;

/** Synthesizes the app that is deployed and that the sandbox runs. It has no schedule, so nothing starts by itself. */
export function synthesize(id: string, env: Where, outdir: string): void {
  const app = new App({ outdir, analyticsReporting: false });
  const stack = new Stack(app, stackName(id), { env, description: 'npm run verify:aws of cdk-s3-dated-archiver: may be deleted at any time' });
  Tags.of(stack).add(TAG, tagOf(id));
  // The clean-up empties the buckets. CDK's own feature for this would leave a log group behind.
  const bucket = (name: string, versioned = false) => new Bucket(stack, name, { enforceSSL: true, versioned, removalPolicy: RemovalPolicy.DESTROY });
  const [source, archive, reports] = [bucket('Source'), bucket('Archive', true), bucket('Reports')];
  archive.addToResourcePolicy(new PolicyStatement({
    effect: Effect.DENY, principals: [new AnyPrincipal()], actions: ['s3:PutObject'], resources: [archive.arnForObjects(`*/${DENIED}/*`)],
  }));
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
  archive.addToResourcePolicy(new PolicyStatement({
    effect: Effect.DENY,
    principals: [new AnyPrincipal()],
    actions: ['s3:PutObject'],
    resources: [archive.arnForObjects(`*/${ENFORCED}/*`)],
    conditions: { Null: { 's3:if-none-match': 'true' }, Bool: { 's3:ObjectCreationOperation': 'true' } },
  }));
  reports.addToResourcePolicy(new PolicyStatement({
    effect: Effect.DENY, principals: [new AnyPrincipal()], actions: ['s3:PutObject'], resources: [reports.arnForObjects(`*/ledger/*/run=${UNWRITABLE}*`)],
  }));
  const topic = new Topic(stack, 'Topic', { enforceSSL: true });
  const queue = new Queue(stack, 'Messages', { enforceSSL: true, removalPolicy: RemovalPolicy.DESTROY });
  topic.addSubscription(new SqsSubscription(queue));

  const common = { bucket: source, destinationBucket: archive, reportBucket: reports, alertTopic: topic, removalPolicy: RemovalPolicy.DESTROY };
  const archivers = {
    Standard: new S3DatedArchiver(stack, 'Standard', { ...common, prefix: 'incoming/', reportPrefix: 'runs/', allowRestore: true }),
    // Only the deployment knows that its prefix is empty, and its id has characters that the names of queries may not have.
    Whole: new S3DatedArchiver(stack, WHOLE_ID, {
      ...common, prefix: new CfnParameter(stack, 'WholePrefix', { default: '' }).valueAsString, destinationPrefix: 'archive-whole/', reportPrefix: 'runs-whole/',
    }),
    Express: new S3DatedArchiver(stack, 'Express', {
      ...common, prefix: 'express/', destinationPrefix: 'archive-express/', reportPrefix: 'runs-express/', mapExecutionType: StateMachineType.EXPRESS, batchSize: 5,
    }),
  };
  for (const [name, archiver] of Object.entries(archivers)) {
    archiver.handler.addEnvironment('MULTIPART_THRESHOLD_BYTES', String(MULTIPART_THRESHOLD_BYTES));
    new CfnOutput(stack, `${name}Machine`, { value: archiver.stateMachine.stateMachineArn });
  }
  (archivers.Standard.node.findChild('RestoreBatch').node.findChild('Function') as Function).addEnvironment('MULTIPART_THRESHOLD_BYTES', String(MULTIPART_THRESHOLD_BYTES));
  new CfnOutput(stack, 'SourceBucket', { value: source.bucketName });
  new CfnOutput(stack, 'ArchiveBucket', { value: archive.bucketName });
  new CfnOutput(stack, 'ReportsBucket', { value: reports.bucketName });
  new CfnOutput(stack, 'QueueUrl', { value: queue.queueUrl });
  app.synth();
}

/** The outputs of the stack in the format of the CDK CLI. */
export interface Deployment {
  readonly SourceBucket: string;
  readonly ArchiveBucket: string;
  readonly ReportsBucket: string;
  readonly StandardMachine: string;
  readonly ExpressMachine: string;
  readonly WholeMachine: string;
  readonly QueueUrl: string;
}

export const bucketsOf = ({ SourceBucket, ArchiveBucket, ReportsBucket }: Deployment) => [SourceBucket, ArchiveBucket, ReportsBucket];
export const machinesOf = ({ StandardMachine, ExpressMachine, WholeMachine }: Deployment) => [StandardMachine, ExpressMachine, WholeMachine];
