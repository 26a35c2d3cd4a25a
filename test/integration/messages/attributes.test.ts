/** Checks the attributes for machines in the messages of whole runs. */
import { AlertMode } from '../../../src';
import type { AlertDetails } from '../../../src/contract/alert-details';
import { rehearse, type Rehearsal } from '../../helpers/run-in-sandbox';

let rehearsal: Rehearsal;
afterEach(() => rehearsal.close());

async function run(
  alertMode: AlertMode,
  prepare: (rehearsal: Rehearsal) => void = () => undefined,
) {
  rehearsal = await rehearse({
    alertMode,
    batchSize: 10,
    maxConcurrency: 1,
    toleratedFailurePercentage: 50,
  });
  for (let i = 0; i < 20; i++) {
    rehearsal.put(`incoming/${String(i).padStart(2, '0')}-2026-11-24.csv`);
  }
  prepare(rehearsal);
  await rehearsal.sandbox.run({ input: { date: '2026-11-24' }, name: 'nightly' });
  return rehearsal.sandbox.published.map(({ attributes }) => ({
    ...attributes,
    details: JSON.parse(attributes.details) as AlertDetails,
  }));
}

test('of a clean run', async () => {
  const [only, ...more] = await run(AlertMode.EVERY_RUN);
  expect(more).toEqual([]);
  expect(only).toEqual({
    archiver: 'Rehearsal/Archiver',
    runId: 'nightly',
    outcome: 'CLEAN',
    layer: 'none',
    details: {
      schemaVersion: 1,
      archiver: 'Rehearsal/Archiver',
      runId: 'nightly',
      action: 'archive',
      dates: { from: '2026-11-24', to: '2026-11-24' },
      outcome: 'CLEAN',
      layer: null,
      code: null,
      cause: null,
      counts: { listed: 20, archived: 20, skipped: 0, conflicting: 0, failed: 0 },
      reasons: [],
      problems: [],
      report: expect.stringMatching(/^s3:\/\/.*\/nightly\/report\.json$/),
      ledger: expect.stringMatching(/^s3:\/\/.*\/ledger\/day=2026-11-24\/run=nightly\/$/),
      executionArn: expect.stringMatching(/:nightly$/),
      nextCommand: null,
    },
  });
});

test('of a batch with problems, and of its run', async () => {
  const [batch, whole, ...more] = await run(AlertMode.PER_BATCH, ({ sandbox, putArchived }) => {
    putArchived('archive/2026/11/24/07-2026-11-24.csv', 'other');
    sandbox.s3!.store.deny({ operations: ['CopyObject'], keyPrefix: 'archive/2026/11/24/08' });
  });
  expect(more).toEqual([]);
  const { batchArn, ...details } = batch.details;
  expect(batchArn).toMatch(/\/ArchiveObjects:/);
  expect({ ...batch, details }).toEqual({
    archiver: 'Rehearsal/Archiver',
    runId: 'nightly',
    outcome: 'PROBLEMS',
    layer: 'S3',
    details: {
      ...whole.details,
      layer: 'S3',
      code: 'DESTINATION_EXISTS',
      cause: 'the destination holds other content',
      counts: { listed: 10, archived: 8, skipped: 0, conflicting: 1, failed: 1 },
      reasons: [],
      problems: [
        { key: 'incoming/07-2026-11-24.csv', code: 'DESTINATION_EXISTS' },
        { key: 'incoming/08-2026-11-24.csv', code: 'ACCESS_DENIED' },
      ],
      report: null,
      executionArn: null,
      nextCommand: null,
    },
  });
  expect(whole).toMatchObject({
    outcome: 'PROBLEMS',
    layer: 'IAM',
    details: {
      code: 'ACCESS_DENIED',
      counts: { listed: 20, archived: 18, skipped: 0, conflicting: 1, failed: 1 },
      reasons: [
        { status: 'failed', code: 'ACCESS_DENIED', count: 1 },
        { status: 'conflicting', code: 'DESTINATION_EXISTS', count: 1 },
      ],
      problems: [
        { key: 'incoming/08-2026-11-24.csv', code: 'ACCESS_DENIED' },
        { key: 'incoming/07-2026-11-24.csv', code: 'DESTINATION_EXISTS' },
      ],
      nextCommand: expect.stringMatching(/^aws stepfunctions start-execution /),
    },
  });
  expect(whole.details).not.toHaveProperty('batchArn');
});
