/**
 * Restores that need the permissions of the roles that exist, or have them, only where restores are
 * allowed.
 */
import type { Scenario } from './scenarios';

const large = Buffer.alloc(6 * 1024 ** 2, 'x');
const UNDO = { app: 'restore', input: { action: 'restore', run: 'earlier' } } as const;
const RETAINED = { mode: 'GOVERNANCE', retainUntil: Date.parse('2030-01-01T00:00:00Z') } as const;

export const RESTORE_SCENARIOS: Scenario[] = [
  {
    app: 'restore',
    name: 'a run with its report is restored, so that its copies may be removed',
    prepare: (run) => run.put('in/a-2026-11-24.log'),
    then: { input: { action: 'restore', date: '2026-11-24' } },
    proves: ['ReportRun s3:PutObject reports/runs/*/*/remove-copies/*'],
  },
  {
    ...UNDO,
    name: 'a run is restored, a tagged object with it',
    prepare: (run) => {
      run.putMoved('in/a-2026-11-24.log');
      run.putMoved('in/b-2026-11-24.log', 'tagged', { tags: { team: 'blue' } });
    },
    proves: [
      'RestoreBatch s3:GetObject reports/runs/ledger/*',
      'RestoreBatch s3:PutObject reports/runs/ledger/*',
      'RestoreBatch s3:GetObject destination/archive/*',
      'RestoreBatch s3:GetObjectTagging destination/archive/*',
      'RestoreBatch s3:PutObject source/in/*',
      'RestoreBatch s3:PutObjectTagging source/in/*',
      'RestoreBatch kms:Decrypt DestinationKey',
      'RestoreBatch kms:GenerateDataKey SourceKey',
      'RestoreBatch kms:Decrypt ReportsKey',
      'RestoreBatch kms:GenerateDataKey ReportsKey',
      'StateMachine lambda:InvokeFunction function RestoreBatch',
    ],
  },
  {
    ...UNDO,
    name: 'old keys hold the same and something else',
    prepare: (run) => {
      run.putMoved('in/same-2026-11-24.log', 'same');
      run.put('in/same-2026-11-24.log', 'same');
      run.putMoved('in/tagged-2026-11-24.log', 'tagged', { tags: { team: 'blue' } });
      run.put('in/tagged-2026-11-24.log', 'tagged', { tags: { team: 'red' } });
      run.putMoved('in/other-2026-11-24.log', 'other');
      run.put('in/other-2026-11-24.log', 'another');
    },
    proves: [
      'RestoreBatch s3:GetObject source/in/*',
      'RestoreBatch s3:GetObjectTagging source/in/*',
      'RestoreBatch kms:Decrypt SourceKey',
    ],
  },
  {
    ...UNDO,
    name: 'an archived copy is gone',
    prepare: (run) => {
      run.putMoved('in/gone-2026-11-24.log');
      run.putMoved('in/stays-2026-11-24.log');
      run.removeArchived('archive/2026/11/24/gone-2026-11-24.log');
    },
    proves: ['RestoreBatch s3:ListBucket source', 'RestoreBatch s3:ListBucket destination'],
  },
  {
    ...UNDO,
    name:
      'a large archived object, what a killed copy of it left over, and a place that is taken ' +
      'meanwhile',
    prepare: (run) => {
      run.putMoved('in/large-2026-11-24.bin', large);
      run.leaveUpload('in/large-2026-11-24.bin', 'source');
      run.putMoved('in/taken-2026-11-24.bin', large);
      run.before('CompleteMultipartUpload', (call) => {
        if (call.key!.includes('taken')) {
          run.put(call.key!, 'taken');
        }
      });
    },
    proves: [
      'RestoreBatch s3:AbortMultipartUpload source/in/*',
      'RestoreBatch s3:ListBucketMultipartUploads source',
    ],
  },
  {
    ...UNDO,
    name:
      'annotated archived objects: a large one, and one that is back and that somebody else has ' +
      'annotated',
    prepare: (run) => {
      run.putMoved('in/large-2026-11-24.bin', large, { annotations: { note: 'large' } });
      run.putMoved('in/taken-2026-11-24.log', 'taken', { annotations: { note: 'ours' } });
      run.put('in/taken-2026-11-24.log', 'taken', { partSize: 3, annotations: { note: 'theirs' } });
    },
    proves: [
      'RestoreBatch s3:ListObjectAnnotations destination/archive/*',
      'RestoreBatch s3:GetObjectAnnotation destination/archive/*',
      'RestoreBatch s3:PutObjectAnnotation source/in/*',
      'RestoreBatch s3:ListObjectAnnotations source/in/*',
      'RestoreBatch s3:GetObjectAnnotation source/in/*',
    ],
  },
  {
    ...UNDO,
    app: 'briefRestore',
    name: 'a large archived object for which a round is too short',
    prepare: (run) => {
      run.putMoved('in/large-2026-11-24.bin', large);
      let slow = true;
      run.before('UploadPartCopy', () =>
        slow ? ((slow = false), { kind: 'Latency', ms: 6_500 }) : undefined,
      );
    },
    proves: [
      'RestoreBatch s3:ListMultipartUploadParts source/in/*',
      'RestoreBatch s3:ListBucket reports',
    ],
  },
  {
    ...UNDO,
    name: 'locked archived objects, one of which is at its old key already',
    cold: true,
    prepare: (run) => {
      run.lockBuckets();
      run.putMoved('in/held-2026-11-24.log', 'held', { lock: { legalHold: true } });
      run.putMoved('in/retained-2026-11-24.log', 'retained', { lock: RETAINED });
      run.putMoved('in/back-2026-11-24.log', 'back', { lock: { ...RETAINED, legalHold: true } });
      run.put('in/back-2026-11-24.log', 'back', { lock: { ...RETAINED, legalHold: true } });
    },
    proves: [
      'RestoreBatch s3:GetObjectRetention destination/archive/*',
      'RestoreBatch s3:GetObjectLegalHold destination/archive/*',
      'RestoreBatch s3:PutObjectRetention source/in/*',
      'RestoreBatch s3:PutObjectLegalHold source/in/*',
    ],
  },
  {
    ...UNDO,
    name: 'a restore into a bucket without Object Lock: no archived object is looked at',
    cold: true,
    counts: 'HeadObject',
    prepare: (run) => run.putMoved('in/a-2026-11-24.log'),
    proves: ['RestoreBatch s3:GetBucketObjectLockConfiguration source'],
  },
  {
    ...UNDO,
    name: 'every batch of a restore crashes',
    prepare: (run) => {
      run.putMoved('in/a-2026-11-24.log');
      run.kill(/RestoreBatch/);
    },
    proves: [
      'ExplainFailure states:DescribeExecution execution:MACHINE/RestoreObjects:*',
      'ExplainFailure states:DescribeMapRun mapRun:MACHINE/RestoreObjects:*',
      'ExplainFailure states:ListExecutions mapRun:MACHINE/RestoreObjects:*',
    ],
  },
  {
    ...UNDO,
    name: 'the only batch of a restore crashes, and the run is redriven',
    redriven: true,
    prepare: (run) => {
      run.putMoved('in/a-2026-11-24.log');
      run.kill(/RestoreBatch/, () => undefined);
    },
    proves: ['StateMachine states:RedriveExecution execution:MACHINE/RestoreObjects:*'],
  },
];
