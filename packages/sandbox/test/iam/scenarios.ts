import { App, type Environment, Stack } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import type { Run } from './outcomes';
import { RESTORE_SCENARIOS } from './restore-scenarios';
import {
  AlertMode,
  GlacierSources,
  DateSelection,
  Listing,
  S3DatedArchiver,
  type S3DatedArchiverProps,
} from '../../../../src';
import { temporaryDirectory } from '../fixtures/assembly';

const MiB = 1024 ** 2;

/**
 * Synthesizes an archiver with everything that needs permissions: three buckets with their own
 * keys, an encrypted topic, and a schedule of runs and one of verifications.
 */
export function synthesized(
  given: Partial<S3DatedArchiverProps> | ((stack: Stack) => Partial<S3DatedArchiverProps>) = {},
  timeoutSeconds?: number,
  env?: Environment,
): string {
  const app = new App({ outdir: temporaryDirectory() });
  const stack = new Stack(app, 'Stack', { env });
  const props = typeof given === 'function' ? given(stack) : given;
  const archiver = new S3DatedArchiver(stack, 'Archiver', {
    prefix: 'in/',
    bucket:
      props.bucket ??
      new s3.Bucket(stack, 'Source', {
        encryptionKey: new kms.Key(stack, 'SourceKey'),
        objectLockEnabled: true,
      }),
    destinationBucket: new s3.Bucket(stack, 'Destination', {
      encryptionKey: new kms.Key(stack, 'DestinationKey'),
    }),
    encryptionKey: new kms.Key(stack, 'ReportsKey'),
    schedule: ScheduleExpression.cron({ hour: '1', minute: '0' }),
    alertMode: AlertMode.PER_BATCH,
    retryPolicy: { maxAttempts: 0 },
    toleratedFailurePercentage: 50,
    batchSize: 2,
    maxConcurrency: 1,
    ...props,
  });
  archiver.addVerification('Weekly', {
    schedule: ScheduleExpression.cron({ weekDay: 'SUN', hour: '6', minute: '0' }),
    selection: DateSelection.lastDays(7),
  });
  archiver.handler.addEnvironment('MULTIPART_THRESHOLD_BYTES', String(5 * MiB));
  const functionOf = (id: string) =>
    archiver.node.findChild(id).node.findChild('Function') as lambda.Function;
  if (props.allowRestore) {
    functionOf('RestoreBatch').addEnvironment('MULTIPART_THRESHOLD_BYTES', String(5 * MiB));
  }
  if (timeoutSeconds !== undefined) {
    const movers = [archiver.handler, ...(props.allowRestore ? [functionOf('RestoreBatch')] : [])];
    for (const mover of movers) {
      (mover.node.defaultChild as lambda.CfnFunction).timeout = timeoutSeconds;
    }
  }
  return app.synth().directory;
}

/** The templates that scenarios run. */
export const APPS = {
  standard: () => synthesized(),
  /**
   * The function has a timeout of six seconds, so its rounds are short. It saves its progress 0.9
   * seconds before that, which is enough on a busy machine.
   */
  brief: () => synthesized({}, 6),
  selective: () => synthesized({ listing: Listing.selective() }),
  /** The function has a timeout of eight seconds. */
  briefSelective: () =>
    synthesized({ listing: Listing.selective(), alertMode: AlertMode.PROBLEMS, batchSize: 100 }, 8),
  restore: () => synthesized({ allowRestore: true }),
  glacier: () => synthesized({ glacierSources: GlacierSources.restoreFirst({ days: 2 }) }),
  briefRestore: () => synthesized({ allowRestore: true }, 6),
};

export interface Scenario {
  readonly name: string;
  readonly app?: keyof typeof APPS;
  /**
   * Each run gets new function instances, because an instance remembers what it has already
   * requested.
   */
  readonly cold?: boolean;
  /** The requests of this operation are part of the outcome. */
  readonly counts?: string;
  /** The run fails and is then redriven. */
  readonly redriven?: boolean;
  /** The execution's input. Default: what the schedule sends. */
  readonly input?: object;
  /**
   * The run that counts is a second one, with this input or started by this schedule. The first one
   * archives.
   */
  readonly then?: {
    readonly input?: object;
    readonly schedule?: string;
    readonly prepare?: (run: Run) => void;
  };
  readonly prepare: (run: Run) => void;
  /**
   * Permissions that this run needs: without any one of them it ends differently. Each has a role,
   * an action and a resource.
   */
  readonly proves: readonly string[];
}

const large = Buffer.alloc(6 * MiB, 'x');

export const SCENARIOS: Scenario[] = [
  ...RESTORE_SCENARIOS,
  {
    name: 'a day is archived, a tagged object with it',
    prepare: (run) => {
      run.put('in/a-2026-11-24.log');
      run.put('in/b-2026-11-24.log', 'tagged', { tags: { team: 'blue' } });
    },
    proves: [
      'PlanRun s3:PutObject reports/runs/*/claim.json',
      'PlanRun kms:GenerateDataKey ReportsKey',
      'ArchiveBatch s3:GetObject source/in/*',
      'ArchiveBatch s3:GetObjectTagging source/in/*',
      'ArchiveBatch s3:DeleteObject source/in/*',
      'ArchiveBatch s3:PutObject destination/archive/*',
      'ArchiveBatch s3:PutObjectTagging destination/archive/*',
      'ArchiveBatch s3:PutObject reports/runs/ledger/*',
      'ArchiveBatch kms:Decrypt SourceKey',
      'ArchiveBatch kms:GenerateDataKey DestinationKey',
      'ArchiveBatch kms:GenerateDataKey ReportsKey',
      'ReportRun s3:GetObject reports/runs/*',
      'ReportRun s3:PutObject reports/runs/*/*/report.*',
      'ReportRun s3:PutObject reports/runs/*/*/ledger-parts.jsonl',
      'ReportRun s3:PutObject reports/runs/index.html',
      'ReportRun s3:ListBucket reports',
      'ReportRun kms:Decrypt ReportsKey',
      'ReportRun kms:GenerateDataKey ReportsKey',
      'StateMachine lambda:InvokeFunction function PlanRun',
      'StateMachine lambda:InvokeFunction function ArchiveBatch',
      'StateMachine lambda:InvokeFunction function ReportRun',
      'StateMachine s3:ListBucket source',
      'StateMachine s3:PutObject reports/runs/*/*/map-run/*',
      'StateMachine kms:GenerateDataKey ReportsKey',
      'StateMachine states:StartExecution stateMachine:MACHINE',
      'Schedule states:StartExecution stateMachine:MACHINE',
      'EventBridge Scheduler, Schedule: sts:AssumeRole *',
    ],
  },
  {
    name: 'a run with a wrong input is added to the calendar of all runs',
    prepare: (run) => run.put('in/a-2026-11-24.log'),
    then: { input: { too: '2026-11-24' } },
    proves: [
      'ExplainFailure s3:GetObject reports/runs/index.html',
      'ExplainFailure s3:PutObject reports/runs/index.html',
    ],
  },
  {
    name: 'the answer to the claim of the folder is lost',
    prepare: (run) => {
      run.put('in/a-2026-11-24.log');
      let lost = false;
      run.before('PutObject', () => (lost ? undefined : ((lost = true), { kind: 'LostAnswer' })));
    },
    proves: ['PlanRun s3:GetObject reports/runs/*/claim.json', 'PlanRun kms:Decrypt ReportsKey'],
  },
  {
    name: 'the answer to a part of the ledger is lost',
    prepare: (run) => {
      run.put('in/a-2026-11-24.log');
      let lost = false;
      run.before('PutObject', ({ key }) =>
        lost || !key!.includes('/ledger/') ? undefined : ((lost = true), { kind: 'LostAnswer' }),
      );
    },
    proves: [
      'ArchiveBatch s3:GetObject reports/runs/ledger/*',
      'ArchiveBatch kms:Decrypt ReportsKey',
    ],
  },
  {
    name: 'a bucket without Object Lock: no object is looked at',
    cold: true,
    counts: 'HeadObject',
    prepare: (run) => run.put('in/a-2026-11-24.log'),
    proves: ['ArchiveBatch s3:GetBucketObjectLockConfiguration source'],
  },
  {
    name: 'locked objects',
    cold: true,
    prepare: (run) => {
      run.lockBuckets();
      run.put('in/held-2026-11-24.log', 'held', { lock: { legalHold: true } });
      run.put('in/held-until-an-event-2026-11-24.log', 'event', {
        lock: { eventHold: { days: 30 } },
      });
      run.put('in/retained-2026-11-24.log', 'retained', {
        lock: { mode: 'GOVERNANCE', retainUntil: Date.parse('2030-01-01T00:00:00Z') },
      });
    },
    proves: [
      'ArchiveBatch s3:GetObjectRetention source/in/*',
      'ArchiveBatch s3:GetObjectLegalHold source/in/*',
      'ArchiveBatch s3:PutObjectRetention destination/archive/*',
      'ArchiveBatch s3:PutObjectLegalHold destination/archive/*',
      'ArchiveBatch s3:GetBucketObjectLockConfiguration destination',
    ],
  },
  {
    name: 'the archive holds the same under the same lock',
    cold: true,
    prepare: (run) => {
      run.lockBuckets();
      const locks = {
        held: { legalHold: true },
        retained: { mode: 'GOVERNANCE', retainUntil: Date.parse('2030-01-01T00:00:00Z') },
      };
      for (const [name, lock] of Object.entries(locks)) {
        run.put(`in/${name}-2026-11-24.log`, name, { lock });
        run.putArchived(`archive/2026/11/24/${name}-2026-11-24.log`, name, { lock });
      }
    },
    proves: [
      'ArchiveBatch s3:GetObjectRetention destination/archive/*',
      'ArchiveBatch s3:GetObjectLegalHold destination/archive/*',
    ],
  },
  {
    name: 'the archive holds the same and something else',
    prepare: (run) => {
      run.put('in/same-2026-11-24.log', 'same');
      run.putArchived('archive/2026/11/24/same-2026-11-24.log', 'same');
      run.put('in/tagged-2026-11-24.log', 'tagged', { tags: { team: 'blue' } });
      run.putArchived('archive/2026/11/24/tagged-2026-11-24.log', 'tagged', {
        tags: { team: 'red' },
      });
      run.put('in/other-2026-11-24.log', 'other');
      run.putArchived('archive/2026/11/24/other-2026-11-24.log', 'another');
    },
    proves: [
      'ArchiveBatch s3:GetObject destination/archive/*',
      'ArchiveBatch s3:GetObjectTagging destination/archive/*',
      'ArchiveBatch kms:Decrypt DestinationKey',
      'StateMachine sns:Publish topic',
      'StateMachine kms:Decrypt ReportsKey',
    ],
  },
  {
    name: 'somebody else removes objects meanwhile',
    prepare: (run) => {
      run.put('in/gone-2026-11-24.log');
      run.put('in/stays-2026-11-24.log');
      run.before('CopyObject', (call) => {
        if (call.copySource?.key.includes('gone')) {
          run.remove('in/gone-2026-11-24.log');
        }
      });
    },
    proves: ['ArchiveBatch s3:ListBucket source', 'ArchiveBatch s3:ListBucket destination'],
  },
  {
    name: 'a large object whose place is taken meanwhile',
    prepare: (run) => {
      run.put('in/large-2026-11-24.bin', large);
      run.before('CompleteMultipartUpload', (call) => run.putArchived(call.key!, 'taken'));
    },
    proves: ['ArchiveBatch s3:AbortMultipartUpload destination/archive/*'],
  },
  {
    name:
      'annotated objects: a small one, a large one, and one whose copy somebody else has ' +
      'annotated',
    prepare: (run) => {
      run.put('in/small-2026-11-24.log', 'small', { annotations: { note: 'small' } });
      run.put('in/large-2026-11-24.bin', large, { annotations: { note: 'large' } });
      run.put('in/taken-2026-11-24.log', 'taken', { annotations: { note: 'ours' } });
      run.putArchived('archive/2026/11/24/taken-2026-11-24.log', 'taken', {
        partSize: 3,
        annotations: { note: 'theirs' },
      });
    },
    proves: [
      'ArchiveBatch s3:ListObjectAnnotations source/in/*',
      'ArchiveBatch s3:GetObjectAnnotation source/in/*',
      'ArchiveBatch s3:PutObjectAnnotation destination/archive/*',
      'ArchiveBatch s3:ListObjectAnnotations destination/archive/*',
      'ArchiveBatch s3:GetObjectAnnotation destination/archive/*',
    ],
  },
  {
    name: 'a large object, and what a killed copy of it left over',
    prepare: (run) => {
      run.put('in/large-2026-11-24.bin', large);
      run.leaveUpload('archive/2026/11/24/large-2026-11-24.bin');
    },
    proves: ['ArchiveBatch s3:ListBucketMultipartUploads destination'],
  },
  {
    name: 'a large object for which a round is too short',
    app: 'brief',
    prepare: (run) => {
      run.put('in/large-2026-11-24.bin', large);
      let slow = true;
      run.before('UploadPartCopy', () =>
        slow ? ((slow = false), { kind: 'Latency', ms: 6_500 }) : undefined,
      );
    },
    proves: [
      'ArchiveBatch s3:ListMultipartUploadParts destination/archive/*',
      'ArchiveBatch s3:ListBucket reports',
    ],
  },
  {
    name: 'a planned batch needs a second round',
    app: 'briefSelective',
    prepare: (run) => {
      run.put('in/a-2026-11-24.log');
      run.put('in/large-2026-11-24.bin', large);
      let slow = true;
      run.before('UploadPartCopy', () =>
        slow ? ((slow = false), { kind: 'Latency', ms: 8_500 }) : undefined,
      );
    },
    proves: ['ArchiveBatch s3:PutObject reports/runs/*/*/plan/*.progress.json'],
  },
  {
    name: 'a batch is lost within the tolerance',
    prepare: (run) => {
      for (const name of ['a', 'b', 'c', 'd']) {
        run.put(`in/${name}-2026-11-24.log`);
      }
      run.kill(/ArchiveBatch/, () => {
        run.remove('in/a-2026-11-24.log');
        run.putArchived('archive/2026/11/24/a-2026-11-24.log', 'in/a-2026-11-24.log');
      });
    },
    proves: [
      'ReportRun s3:ListBucket source',
      'ReportRun s3:PutObject reports/runs/ledger/*',
      'ReportRun s3:ListBucket destination',
    ],
  },
  {
    name: 'every batch crashes',
    prepare: (run) => {
      run.put('in/a-2026-11-24.log');
      run.kill(/ArchiveBatch/);
    },
    proves: [
      'EventBridge lambda:InvokeFunction function ExplainFailure',
      'ExplainFailure states:DescribeExecution execution:MACHINE:*',
      'ExplainFailure states:DescribeExecution execution:MACHINE/ArchiveObjects:*',
      'ExplainFailure states:GetExecutionHistory execution:MACHINE:*',
      'ExplainFailure states:ListMapRuns execution:MACHINE:*',
      'ExplainFailure states:DescribeMapRun mapRun:MACHINE/ArchiveObjects:*',
      'ExplainFailure states:ListExecutions mapRun:MACHINE/ArchiveObjects:*',
      'ExplainFailure sns:Publish topic',
      'ExplainFailure kms:Decrypt ReportsKey',
      'ExplainFailure kms:GenerateDataKey ReportsKey',
    ],
  },
  {
    name: 'the only batch crashes, and the run is redriven',
    redriven: true,
    prepare: (run) => {
      run.put('in/a-2026-11-24.log');
      run.kill(/ArchiveBatch/, () => undefined);
    },
    proves: ['StateMachine states:RedriveExecution execution:MACHINE/ArchiveObjects:*'],
  },
  {
    name: 'a source in Glacier is restored',
    app: 'glacier',
    prepare: (run) => run.put('in/a-2026-11-24.log', 'a', { storageClass: 'GLACIER' }),
    proves: [
      'ArchiveBatch s3:RestoreObject source/in/*',
      'ArchiveBatch s3:PutObject reports/runs/*/*/restore-budget.json',
    ],
  },
  {
    name: 'a function lists',
    app: 'selective',
    prepare: (run) => ['a', 'b', 'c'].forEach((name) => run.put(`in/${name}-2026-11-24.log`)),
    proves: [
      'StateMachine lambda:InvokeFunction function ListObjects',
      'ListObjects s3:ListBucket source',
      'ListObjects s3:PutObject reports/runs/*/*/plan/*',
      'ListObjects kms:GenerateDataKey ReportsKey',
      'StateMachine s3:GetObject reports/runs/*/*/plan/*',
      'ArchiveBatch s3:GetObject reports/runs/*/*/plan/*',
    ],
  },
  {
    name: 'a verification of checksums, in which something is missing',
    prepare: (run) => ['a', 'b'].forEach((name) => run.put(`in/${name}-2026-11-24.log`)),
    then: {
      input: { action: 'verify', date: '2026-11-24', deep: true },
      prepare: (run) => run.removeArchived('archive/2026/11/24/b-2026-11-24.log'),
    },
    proves: [
      'PlanRun s3:ListBucket reports',
      'PlanRun s3:PutObject reports/runs/*/*/plan/*',
      'PlanRun s3:GetObject reports/runs/*/*/report.json',
      'PlanRun s3:GetObject reports/runs/*/*/ledger-parts.jsonl',
      'StateMachine s3:GetObject reports/runs/*/*/plan/*',
      'StateMachine lambda:InvokeFunction function VerifyBatch',
      'VerifyBatch s3:GetObject reports/runs/ledger/*',
      'VerifyBatch s3:PutObject reports/runs/ledger/*',
      'VerifyBatch s3:GetObject destination/archive/*',
      'VerifyBatch s3:ListBucket destination',
      'VerifyBatch kms:Decrypt DestinationKey',
      'VerifyBatch kms:Decrypt ReportsKey',
      'VerifyBatch kms:GenerateDataKey ReportsKey',
    ],
  },
  {
    name: 'a verification that its schedule starts',
    prepare: (run) => run.put('in/a-2026-11-24.log'),
    then: { schedule: 'ArchiverVerificationsWeekly' },
    proves: [
      'Verifications states:StartExecution stateMachine:MACHINE',
      'EventBridge Scheduler, Verifications: sts:AssumeRole *',
    ],
  },
  {
    name: 'every child of a verification crashes',
    prepare: (run) => run.put('in/a-2026-11-24.log'),
    then: {
      input: { action: 'verify', date: '2026-11-24' },
      prepare: (run) => run.kill(/VerifyBatch/),
    },
    proves: [
      'ExplainFailure states:DescribeExecution execution:MACHINE/VerifyObjects:*',
      'ExplainFailure states:DescribeMapRun mapRun:MACHINE/VerifyObjects:*',
      'ExplainFailure states:ListExecutions mapRun:MACHINE/VerifyObjects:*',
    ],
  },
  {
    name: 'the only child of a verification crashes, and the run is redriven',
    redriven: true,
    prepare: (run) => run.put('in/a-2026-11-24.log'),
    then: {
      input: { action: 'verify', date: '2026-11-24' },
      prepare: (run) => run.kill(/VerifyBatch/, () => undefined),
    },
    proves: ['StateMachine states:RedriveExecution execution:MACHINE/VerifyObjects:*'],
  },
];

/**
 * Permissions that no run in the sandbox can prove necessary: the start of their names, and the
 * reason why they exist.
 */
export const UNSHOWN: readonly (readonly [start: RegExp, reason: string])[] = [
  [
    /^\w+ xray:/,
    'tracing: the sandbox has no X-Ray (Lambda "services-xray", Step Functions ' +
      '"concepts-xray-tracing")',
  ],
  [
    /^(PlanRun|ArchiveBatch|VerifyBatch|RestoreBatch|ReportRun|ExplainFailure) logs:(CreateLogStream|PutLogEvents) logs of \1$/,
    "Lambda writes the functions' logs (monitoring-cloudwatchlogs); the sandbox writes files",
  ],
  [
    /^StateMachine logs:\w+ \*$/,
    'log delivery is set up when the state machine is deployed (Step Functions "cw-logs")',
  ],
  [
    /^StateMachine (s3:(GetObject|ListMultipartUploadParts|AbortMultipartUpload) reports\/runs\/\*\/\*\/map-run\/\*|kms:Encrypt ReportsKey)$/,
    'what the ResultWriter wants for large and encrypted results (iam-policies-eg-dist-map)',
  ],
  [
    /^ReportRun states:DescribeExecution execution:MACHINE\/ArchiveObjects:\*$/,
    "the sandbox's result files have the inputs of failed batches; AWS does not document that " +
      'they always have (input-output-resultwriter)',
  ],
  [
    /^StateMachine states:(Describe|Stop)Execution execution:MACHINE/,
    'what Step Functions wants for children (iam-policies-eg-dist-map); which calls it makes is ' +
      'not documented',
  ],
  [
    /^(Schedule|Verifications|ExplainFailure) sqs:\w+ Stack-ArchiverScheduleDeadLett/,
    'the schedule\'s dead-letter queue (Scheduler "configuring-schedule-dlq", Lambda ' +
      '"with-sqs"); the sandbox has no queues',
  ],
  [
    /^(Schedule|Verifications) kms:(Decrypt|GenerateDataKey) ReportsKey$/,
    'sending to that queue, which is encrypted (SQS "sqs-key-management"); the sandbox has no ' +
      'queues',
  ],
  [
    /^(PlanRun|ArchiveBatch) kms:Decrypt ReportsKey$/,
    'Lambda decrypts environment variables (configuration-envvars-encryption); the sandbox does ' +
      'not encrypt them',
  ],
  [
    /^PlanRun states:DescribeExecution execution:MACHINE:/,
    'only a verification of a run that has not ended is another one without it ' +
      '(test/integration/verify.test.ts)',
  ],
  [
    /^PlanRun s3:GetObject reports\/runs\/ledger\/\*$/,
    'only a part is read that was written again after the report of its run ' +
      '(test/unit/actions/verify/verified-runs.test.ts)',
  ],
  [
    /^PlanRun s3:AbortMultipartUpload reports\/runs\/\*\/\*\/plan\/\*$/,
    'only the plan of a run with tens of thousands of parts is uploaded in parts ' +
      '(test/unit/lambda/plan-run/plan-parts.test.ts)',
  ],
  [
    /^ExplainFailure states:ListExecutions stateMachine:MACHINE$/,
    'list_awsstepfunctions names state machine and Map Run as resources of ListExecutions; the ' +
      'sandbox asks for the Map Run only',
  ],
];
