/**
 * Writes docs/messages.md, with messages of whole runs as a person receives them: `npx tsx
 * test/integration/messages/print.ts`.
 */
import { writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import type { Fault, S3Call } from '../../../packages/s3-double/src';
import type { InvocationHook } from '../../../packages/sandbox/src/lambda/host';
import type { Alert } from '../../../packages/sandbox/src/sns/topics';
import { deadLetter } from '../../helpers/dead-letters';
import { rehearse, type Rehearsal } from '../../helpers/run-in-sandbox';

export const MESSAGES = path.resolve(__dirname, '../../../docs/messages.md');

interface Scene {
  readonly title: string;
  readonly prepare?: (rehearsal: Rehearsal) => void;
  readonly s3?: (call: S3Call) => Fault | undefined;
  readonly onInvoke?: (invocation: InvocationHook, rehearsal: Rehearsal) => void;
  readonly input?: object;
  /** An event for the explainer, instead of a run. */
  readonly deliver?: object;
}

const KEY_ARN = 'arn:aws:kms:eu-west-1:111122223333:key/6f2c1a52-93c1-4a1f-8a47-c8a0c31b1d2e';
const KEY_DISABLED: Fault = { kind: 'Error', status: 400, code: 'KMS.DisabledException', message: `${KEY_ARN} is disabled.` };

const SCENES: Scene[] = [
  {
    title: 'Some objects were not archived',
    prepare: ({ sandbox, putArchived }) => {
      putArchived('archive/2026/11/24/eu/sensor-0103-2026-11-24.csv', 'an earlier file of the same name');
      sandbox.s3!.store.deny({
        operations: ['CopyObject'],
        keyPrefix: 'archive/2026/11/24/us/sensor-020',
        message: 'User: arn:aws:sts::111122223333:assumed-role/Storage-ArchiverArchiveBatch/Storage-Archiver is not '
        + 'authorized to perform: s3:PutObject on resource: "arn:aws:s3:::archive-files/archive/2026/11/24/us/sensor-0200-2026-11-24.csv" with an explicit deny in a resource-based policy',
      });
    },
  },
  { title: 'A KMS key is disabled', s3: ({ operation, key }) => (operation === 'CopyObject' && key!.includes('/us/') ? KEY_DISABLED : undefined) },
  { title: 'The run took too long', onInvoke: ({ logicalId, n }, { sandbox }) => { if (logicalId.includes('ArchiveBatch') && n === 3) { sandbox.timeOut('nightly-2026-11-25'); } } },
  { title: 'The input was wrong', input: { from: '2026-11-20', too: '2026-11-24' } },
  {
    title: 'The run did not start',
    deliver: {
      Records: [deadLetter({
        ERROR_MESSAGE: 'User: arn:aws:sts::111122223333:assumed-role/Storage-ArchiverScheduleRole/ad06616e51cdf74a is not authorized to perform: states:StartExecution on resource: '
        + 'arn:aws:states:eu-west-1:111122223333:stateMachine:Archiver because no identity-based policy allows the states:StartExecution action',
        SCHEDULE_ARN: 'arn:aws:scheduler:eu-west-1:111122223333:schedule/default/Nightly',
      })],
    },
  },
];

export async function* generateMessages(): AsyncGenerator<{ title: string; alerts: readonly Alert[] }> {
  for (const { title, prepare, s3, onInvoke, input, deliver } of SCENES) {
    const rehearsal: Rehearsal = await rehearse((stack) => ({
      bucket: new Bucket(stack, 'Incoming', { bucketName: 'incoming-files' }),
      destinationBucket: new Bucket(stack, 'Archive', { bucketName: 'archive-files' }),
      destinationKey: Key.fromKeyArn(stack, 'Key', KEY_ARN),
      reportBucket: new Bucket(stack, 'Reports', { bucketName: 'archive-reports' }),
      schedule: ScheduleExpression.cron({ hour: '1', minute: '0' }),
      batchSize: 500,
      maxConcurrency: 1,
      toleratedFailurePercentage: 1,
      maxObjectsPerSecond: 100_000,
    }), {
      stackProps: { stackName: 'Storage', env: { account: '111122223333', region: 'eu-west-1' } },
      s3: { hooks: { before: (call) => s3?.(call) } },
      onInvoke: (invocation) => onInvoke?.(invocation, rehearsal),
    });
    try {
      for (const region of ['eu', 'us']) {
        for (let i = 100; i < 1_100; i++) {
          rehearsal.put(`incoming/${region}/sensor-${String(i).padStart(4, '0')}-2026-11-24.csv`, `${i},20.5\n`.repeat(500));
        }
      }
      rehearsal.put('incoming/us/sensor-9999-2026-11-21.csv', 'late');
      prepare?.(rehearsal);
      if (deliver) {
        await rehearsal.sandbox.deliver(deliver);
      } else {
        await rehearsal.sandbox.run({ name: 'nightly-2026-11-25', now: '2026-11-25T01:00:00Z', ...(input && { input }) });
      }
      yield { title, alerts: [...rehearsal.sandbox.published] };
    } finally {
      await rehearsal.close();
    }
  }
}

export function toMarkdown(title: string, alerts: readonly Alert[]): string {
  return [`## ${title}`, ...alerts.map(({ subject, message }) => `**${subject}**\n\n\`\`\`text\n${message}\n\`\`\``)].join('\n\n');
}

const HEAD = `# Messages

This page shows five messages exactly as they arrive, from runs in the [sandbox](../packages/sandbox/docs/fidelity.md). \`npx tsx test/integration/messages/print.ts\` writes it.
The line in bold is the subject. The [runbook](runbook.md) explains the messages, and [the attributes for machines](runbook.md#for-machines).`;

async function main(): Promise<void> {
  const sections = [HEAD];
  for await (const { title, alerts } of generateMessages()) { sections.push(toMarkdown(title, alerts)); }
  writeFileSync(MESSAGES, `${sections.join('\n\n')}\n`);
}

if (require.main === module) { void main(); }
