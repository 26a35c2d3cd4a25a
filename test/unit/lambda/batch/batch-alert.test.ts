import type { Progress } from '../../../../src/contract/payloads/batch-payloads';
import { createBatchAlert } from '../../../../src/lambda/batch/batch-alert';
import { BatchOutcomes } from '../../../../src/lambda/batch/batch-outcomes';
import { fitIntoState } from '../../../../src/lambda/batch/outcome-recorder';
import { initialProgress, planRun } from '../../../../src/lambda/plan-run/plan-run';
import { testRun } from '../../../helpers/batch-fixtures';
import { testSettings } from '../../../helpers/environment';

const run = testRun();
const SETTINGS = testSettings({ alertMode: 'PER_BATCH', archiverName: 'Demo/Archiver' });
const problem = {
  key: 'in/a.csv',
  code: 'ACCESS_DENIED',
  message: 'AccessDenied: no (request R1)',
};

function progress(more: Partial<Progress> = {}): Progress {
  const counts = { listed: 1_000, archived: 998, skipped: 0, conflicting: 1, failed: 1 };
  return { ...initialProgress(), finished: true, counts, problems: [problem], ...more };
}
const alertOf = (more?: Partial<Progress>, settings = SETTINGS) =>
  createBatchAlert(
    settings,
    { BatchInput: { run, progress: initialProgress() }, batchArn: 'arn:batch' },
    progress(more),
  );

test('says what happened to a batch, and where its ledger is', () => {
  const { message, attributes } = alertOf()!;
  expect(message)
    .toBe(`Demo/Archiver: in a batch of 1,000 objects, 1 failed and 1 is conflicting. The run continues. Its message at the end says what to do.
No object was lost. Objects that were not archived are still at the source.

Days:  2026-11-24
Run:   nightly
Batch: arn:batch

Affected objects:
  ACCESS_DENIED in/a.csv
      AccessDenied: no (request R1)
  and 1 more in the ledger

Ledger: s3://reports/runs/ledger/day=2026-11-24/run=nightly/`);
  expect(attributes).toMatchObject({
    archiver: 'Demo/Archiver',
    runId: 'nightly',
    outcome: 'PROBLEMS',
    layer: 'IAM',
  });
  expect(JSON.parse(attributes.details)).toMatchObject({
    code: 'ACCESS_DENIED',
    problems: [{ key: 'in/a.csv', code: 'ACCESS_DENIED' }],
    batchArn: 'arn:batch',
  });
});

test.each<[string, Partial<Progress>, typeof SETTINGS]>([
  ['the batch goes on', { finished: false }, SETTINGS],
  ['nothing is wrong', { problems: [] }, SETTINGS],
  ['no messages about batches are wanted', {}, { ...SETTINGS, alertMode: 'PROBLEMS' }],
])('says nothing if %s', (_, more, settings) => {
  expect(alertOf(more, settings)).toBeNull();
});

test('the longest of keys and messages fit next to the items of a batch', () => {
  // Step Functions' limit for a state, without the items (MAX_INPUT_BYTES of the map).
  const room = (256 - 224) * 1024;
  for (const character of ['\u{1f600}', '\u0001', '日', '"']) {
    const length = Math.floor(1024 / Buffer.byteLength(character));
    const items = Array.from({ length: 3 }, (_, i) => ({
      Key: `${i}${character.repeat(length)}`,
      Etag: '"e"',
      Size: 1,
      LastModified: 0,
    }));
    const outcomes = new BatchOutcomes(items, initialProgress(), { runStart: 0 });
    items.forEach(({ Key: key }, index) =>
      outcomes.set(index, {
        status: 'failed',
        destination: key,
        code: 'UNEXPECTED' as never,
        message: `${index}${character.repeat(600)}`,
      }),
    );
    const lines = items.map((_, index) => outcomes.toLedgerLine(index, 0)!);
    const after: Progress = { ...outcomes.toProgress(3, lines), finished: true, upload: null };
    const skipped = {
      ...after.skipped,
      stragglers: {
        count: 3,
        oldest: '2026-11-01',
        examples: after.problems.map(({ key }) => ({ key, date: '2026-11-01' })),
      },
    };
    expect(
      Buffer.byteLength(JSON.stringify({ run, ...after, skipped, alert: alertOf(after) })),
    ).toBeLessThan(room);
    const digest = {
      ...initialProgress().digest!,
      classes: { ['X'.repeat(6_000)]: [1, 1] as [number, number] },
    };
    const kept = fitIntoState(run, { ...after, skipped, alert: alertOf(after), digest });
    expect(Buffer.byteLength(JSON.stringify({ run, ...kept }))).toBeLessThan(room);
    expect(fitIntoState(run, { ...after, problems: [], digest }).digest).toEqual(digest);
    for (const { key, message } of after.problems) {
      expect(Buffer.from(key + message!).toString()).toBe(key + message!);
    }
  }
});

test(
  'PlanRun makes the name of the execution printable, once for everything that is named after ' +
    'it',
  async () => {
    const settings = {
      reportPrefix: 'runs/',
      sourcePrefix: 'in/',
      selection: { kind: 'daysAgo', days: 1 },
      timeZone: 'UTC',
      maxObjectsPerSecond: 100,
      dateSource: { kind: 'lastModified' },
    };
    const event = {
      input: {},
      runId: 'nightly\u202e',
      executionId: 'arn',
      startTime: '2026-11-25T01:00:00Z',
    };
    const plan = await planRun(
      event,
      settings as never,
      {
        findPreviousStart: async () => undefined,
        claimFolders: async () => ({ reportPrefix: 'runs/', ledgerPrefix: 'runs/ledger/' }),
      } as never,
    );
    expect(plan.run.id).toBe('nightly\\u202e');
  },
);
