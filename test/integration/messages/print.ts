/**
 * Writes docs/messages.md, with messages of whole runs as a person receives them: `npx tsx
 * test/integration/messages/print.ts`.
 */
import { writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import type { InvocationHook } from '../../../packages/engine/src/lambda/host';
import type { Fault, S3Call } from '../../../packages/s3-double/src';
import type { Alert } from '../../../packages/sandbox/src/sns/topics';
import { Listing } from '../../../src';
import { deadLetter } from '../../helpers/dead-letters';
import { rehearse, type Rehearsal } from '../../helpers/run-in-sandbox';

export const MESSAGES = path.resolve(__dirname, '../../../docs/messages.md');

interface Scene {
  readonly title: string;
  readonly prepare?: (rehearsal: Rehearsal) => void;
  readonly s3?: (call: S3Call) => Fault | undefined;
  readonly onInvoke?: (invocation: InvocationHook, rehearsal: Rehearsal) => void;
  readonly input?: object;
  /** A function lists, or reads a manifest. */
  readonly selective?: true;
  /** Messages in the dead-letter queue of the schedule, instead of a run. */
  readonly deliver?: readonly object[];
  /** A run after the one that archives, and what happens before it. */
  readonly then?: {
    readonly input: object;
    readonly name: string;
    readonly now?: string;
    readonly prepare: (rehearsal: Rehearsal) => void;
  };
}

const KEY_ARN = 'arn:aws:kms:eu-west-1:111122223333:key/6f2c1a52-93c1-4a1f-8a47-c8a0c31b1d2e';
const KEY_DISABLED: Fault = {
  kind: 'Error',
  status: 400,
  code: 'KMS.DisabledException',
  message: `${KEY_ARN} is disabled.`,
};

/** As S3 says it: each object's denial names its own key. */
const denyWrite = (key: string): Fault => ({
  kind: 'Error',
  status: 403,
  code: 'AccessDenied',
  message:
    'User: arn:aws:sts::111122223333:assumed-role/Storage-ArchiverArchiveBatch/Storage-Archiver ' +
    'is not authorized to perform: ' +
    `s3:PutObject on resource: "arn:aws:s3:::archive-files/${key}" with an explicit deny in a ` +
    'resource-based policy',
});

const LIST = 'runs/lists/orders.csv';

const SCENES: Scene[] = [
  {
    title: 'Some objects were not archived',
    prepare: ({ putArchived }) =>
      putArchived(
        'archive/2026/11/24/eu/sensor-0103-2026-11-24.csv',
        'an earlier file of the same name',
      ),
    s3: ({ operation, key }) =>
      operation === 'CopyObject' && key!.includes('/us/sensor-020') ? denyWrite(key!) : undefined,
  },
  {
    title: 'A KMS key is disabled',
    s3: ({ operation, key }) =>
      operation === 'CopyObject' && key!.includes('/us/') ? KEY_DISABLED : undefined,
  },
  {
    title: 'The run took too long',
    onInvoke: ({ logicalId, n }, { sandbox }) => {
      if (logicalId.includes('ArchiveBatch') && n === 3) {
        sandbox.timeOut('nightly-2026-11-25');
      }
    },
  },
  { title: 'The input was wrong', input: { from: '2026-11-20', too: '2026-11-24' } },
  {
    title: 'A manifest names keys that are not below the prefix',
    selective: true,
    prepare: ({ sandbox: { s3 } }) => {
      s3!.store.put(
        'archive-reports',
        LIST,
        'key\nincoming/eu/sensor-0103-2026-11-24.csv\neu/sensor-0104-2026-11-24.csv\neu/sensor-0105-2026-11-24.csv\n',
      );
    },
    input: { date: '2026-11-24', manifest: `s3://archive-reports/${LIST}` },
  },
  {
    title: 'The source may not be listed',
    selective: true,
    prepare: ({ sandbox: { s3 } }) =>
      s3!.store.deny({
        bucket: 'incoming-files',
        operations: ['ListObjectsV2'],
        message:
          'User: ' +
          'arn:aws:sts::111122223333:assumed-role/Storage-ArchiverListObjects/Storage-Archiver ' +
          'is not authorized to perform: s3:ListBucket on resource: ' +
          '"arn:aws:s3:::incoming-files" with an explicit deny in a resource-based policy',
      }),
  },
  {
    title: 'A verification found something',
    then: {
      input: { action: 'verify', date: '2026-11-24' },
      name: 'weekly-2026-11-29',
      now: '2026-11-29T01:00:00Z',
      prepare: ({ sandbox, putArchived }) => {
        sandbox.s3!.store.delete(
          sandbox.destinationBucket,
          'archive/2026/11/24/eu/sensor-0103-2026-11-24.csv',
        );
        putArchived('archive/2026/11/24/us/sensor-0207-2026-11-24.csv', 'other content');
      },
    },
  },
  {
    title: 'A restore did not bring everything back',
    then: {
      input: { action: 'restore', run: 'nightly-2026-11-25', keys: ['incoming/eu/**'] },
      name: 'undo-2026-11-26',
      now: '2026-11-26T09:00:00Z',
      prepare: ({ put }) =>
        put('incoming/eu/sensor-0103-2026-11-24.csv', 'a new file of the same name'),
    },
  },
  {
    title: 'The run did not start',
    deliver: [
      deadLetter({
        ERROR_MESSAGE:
          'User: ' +
          'arn:aws:sts::111122223333:assumed-role/Storage-ArchiverScheduleRole/ad06616e51cdf74a ' +
          'is not authorized to perform: states:StartExecution on resource: ' +
          'arn:aws:states:eu-west-1:111122223333:stateMachine:Archiver because no ' +
          'identity-based policy allows the states:StartExecution action',
        SCHEDULE_ARN: 'arn:aws:scheduler:eu-west-1:111122223333:schedule/default/Nightly',
      }),
    ],
  },
];

export async function* generateMessages(): AsyncGenerator<{
  title: string;
  alerts: readonly Alert[];
}> {
  for (const { title, prepare, s3, onInvoke, input, selective, deliver, then } of SCENES) {
    const rehearsal: Rehearsal = await rehearse(
      (stack) => ({
        bucket: new Bucket(stack, 'Incoming', { bucketName: 'incoming-files' }),
        destinationBucket: new Bucket(stack, 'Archive', { bucketName: 'archive-files' }),
        destinationKey: Key.fromKeyArn(stack, 'Key', KEY_ARN),
        reportBucket: new Bucket(stack, 'Reports', { bucketName: 'archive-reports' }),
        schedule: ScheduleExpression.cron({ hour: '1', minute: '0' }),
        batchSize: 75,
        maxConcurrency: 1,
        toleratedFailurePercentage: 5,
        maxObjectsPerSecond: 100_000,
        allowRestore: then !== undefined,
        ...(selective && { listing: Listing.selective() }),
      }),
      {
        stackProps: { stackName: 'Storage', env: { account: '111122223333', region: 'eu-west-1' } },
        s3: { hooks: { before: (call) => s3?.(call) } },
        onInvoke: (invocation) => onInvoke?.(invocation, rehearsal),
      },
    );
    try {
      for (const region of ['eu', 'us']) {
        for (let i = 100; i < 250; i++) {
          rehearsal.put(
            `incoming/${region}/sensor-${String(i).padStart(4, '0')}-2026-11-24.csv`,
            `${i},20.5\n`.repeat(500),
          );
        }
      }
      rehearsal.put('incoming/us/sensor-9999-2026-11-21.csv', 'late');
      prepare?.(rehearsal);
      if (deliver) {
        await rehearsal.sandbox.deliver(deliver);
      } else {
        await rehearsal.sandbox.run({
          name: 'nightly-2026-11-25',
          now: '2026-11-25T01:00:00Z',
          ...(input && { input }),
        });
      }
      if (then) {
        then.prepare(rehearsal);
        await rehearsal.sandbox.run({
          name: then.name,
          input: then.input,
          ...(then.now && { now: then.now }),
        });
      }
      yield { title, alerts: [...rehearsal.sandbox.published] };
    } finally {
      await rehearsal.close();
    }
  }
}

export function toMarkdown(title: string, alerts: readonly Alert[]): string {
  return [
    `## ${title}`,
    ...alerts.map(({ subject, message }) => `**${subject}**\n\n\`\`\`text\n${message}\n\`\`\``),
  ].join('\n\n');
}

const HEAD = `# Messages

This page shows nine messages exactly as they arrive, from runs in the [sandbox](../packages/sandbox/docs/fidelity.md). \`npx tsx test/integration/messages/print.ts\` writes it.
The line in bold is the subject. The [runbook](runbook.md) explains the messages, and [the attributes for machines](runbook.md#for-machines).`;

async function main(): Promise<void> {
  const sections = [HEAD];
  for await (const { title, alerts } of generateMessages()) {
    sections.push(toMarkdown(title, alerts));
  }
  writeFileSync(MESSAGES, `${sections.join('\n\n')}\n`);
}

if (require.main === module) {
  void main();
}
