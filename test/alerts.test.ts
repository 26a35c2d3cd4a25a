/** What a person is told when a run needs attention: whole runs of the synthesised definition and the built bundles. */
import { type Rehearsal, rehearse, type RehearsalOptions } from './rehearsal';
import type { SandboxSummary } from '../sandbox';
import type { S3DatedArchiverProps } from '../src';

const DAY = { input: { date: '2026-11-24' }, name: 'nightly' };

interface Case {
  readonly props?: Partial<S3DatedArchiverProps>;
  readonly options?: RehearsalOptions;
  readonly prepare?: (rehearsal: Rehearsal) => void;
  readonly input?: object;
}

async function run({ props, options, prepare, input = DAY.input }: Case): Promise<{ summary: SandboxSummary; rehearsal: Rehearsal }> {
  const rehearsal = await rehearse(props, options);
  try {
    for (let i = 0; i < 20; i++) rehearsal.put(`incoming/${String(i).padStart(2, '0')}-2026-11-24.csv`);
    prepare?.(rehearsal);
    return { summary: await rehearsal.sandbox.run({ ...DAY, input }), rehearsal };
  } finally {
    await rehearsal.close();
  }
}

const deny = (rule: object) => ({ sandbox }: Rehearsal) => { sandbox.s3!.store.denials.add(rule); };

/** Kills every process of a function, for as long as `when` says. */
function killing(id: RegExp, when: (n: number) => boolean = () => true): RehearsalOptions {
  return { onInvoke: ({ logicalId, n, kill }) => { if (id.test(logicalId) && when(n)) kill(); } };
}

const NO_RETRY = { retryPolicy: { maxAttempts: 0 } };

const CASES: [string, Case, { status?: string; subject: RegExp; layer?: string; says: (string | RegExp)[]; command: 'redrive-execution' | 'start-execution' }][] = [
  ['S3 denies every copy', { prepare: deny({ operations: ['CopyObject'] }) },
    { subject: /failed: IAM/, layer: 'IAM', says: [/^Cause: SystemicFailure: ACCESS_DENIED: .*\(request \w+\)$/m, /^Seen in: a batch of 20 objects.*\n +arn:.*ArchiveObjects/m], command: 'redrive-execution' }],
  ['the bucket is gone', { prepare: ({ sandbox }) => { sandbox.s3!.store.buckets.delete(sandbox.sourceBucket); } },
    { subject: /failed: S3/, layer: 'S3', says: ['States.ItemReaderFailed', 'NoSuchBucket'], command: 'redrive-execution' }],
  ['the input is wrong', { input: { dat: '2026-11-24' } },
    { subject: /failed: input/, layer: 'input', says: ['unknown field "dat"', 'Input: {"dat":"2026-11-24"}'], command: 'start-execution' }],
  ['every batch crashes', { props: NO_RETRY, options: killing(/ArchiveBatch/) },
    { subject: /failed: Lambda/, layer: 'Lambda', says: ['signal: killed', 'Batches: 1 in all, 0 done, 1 failed'], command: 'redrive-execution' }],
  ['the ledger cannot be written', { prepare: deny({ operations: ['PutObject'], keyPrefix: 'runs/2' }) },
    { subject: /failed: IAM/, layer: 'IAM', says: ['AccessDenied'], command: 'redrive-execution' }],
  ['one object too many fails', { prepare: deny({ operations: ['CopyObject'], keyPrefix: 'archive/2026/11/24/07' }) },
    { subject: /^Archive FAILED, 1 failed: 2026-11-24/, says: ['failed: 1 of the 20 objects', 'ACCESS_DENIED incoming/07-2026-11-24.csv', 'Archived:    19'], command: 'start-execution' }],
  ['an object fails within the tolerance', { props: { toleratedFailurePercentage: 5 }, prepare: deny({ operations: ['CopyObject'], keyPrefix: 'archive/2026/11/24/07' }) },
    { status: 'SUCCEEDED', subject: /^Archive incomplete, 1 failed: 2026-11-24/, says: ['not archived: 1 of the 20 objects', 'ACCESS_DENIED incoming/07-2026-11-24.csv'], command: 'start-execution' }],
  ['an object conflicts', { prepare: ({ putArchived }) => putArchived('archive/2026/11/24/07-2026-11-24.csv', 'other') },
    { status: 'SUCCEEDED', subject: /^Archive incomplete, 1 conflicting/, says: ['DESTINATION_EXISTS incoming/07-2026-11-24.csv'], command: 'start-execution' }],
  ['a whole batch fails within the tolerance', { props: { ...NO_RETRY, batchSize: 10, maxConcurrency: 1, toleratedFailurePercentage: 50 }, options: killing(/ArchiveBatch/, (n) => n === 1) },
    { status: 'SUCCEEDED', subject: /^Archive incomplete, 10 failed/, says: ['BATCH_FAILED incoming/00-2026-11-24.csv', 'signal: killed', 'Archived:    10'], command: 'start-execution' }],
];

test.each(CASES)('%s: one message', async (_, given, { status = 'FAILED', subject, layer, says, command }) => {
  const { summary } = await run(given);
  expect(summary.status).toBe(status);
  expect(summary.alerts).toHaveLength(1);
  const [alert] = summary.alerts;
  expect(alert.subject).toMatch(subject);
  expect(alert.message).toContain('No object is lost');
  if (layer) expect(alert.message).toContain(`\nLayer: ${layer}\n`);
  for (const each of says) expect(alert.message).toMatch(each instanceof RegExp ? each : new RegExp(each.replace(/[^\w ]/g, '\\$&')));
  expect(alert.message.match(/aws stepfunctions ([\w-]+)/g)).toEqual([`aws stepfunctions ${command}`]);
});

test('a clean run sends nothing', async () => {
  expect((await run({})).summary).toMatchObject({ status: 'SUCCEEDED', alerts: [] });
});

test('where the explainer breaks, the event itself arrives', async () => {
  const { summary } = await run({ input: { dat: 1 }, options: killing(/ExplainFailure/) });
  expect(summary.alerts).toHaveLength(1);
  expect(summary.alerts[0].message).toContain('"status":"FAILED"');
});
