import type { VerifyCounts } from '../../packages/sandbox/src';
import { expectSchema, schemaErrors, VERIFICATION_SCHEMA } from '../helpers/report-schema';
import { rehearse, type Rehearsal } from '../helpers/run-in-sandbox';

const COUNTS: VerifyCounts = { listed: 0, present: 0, changed: 0, missing: 0, unproven: 0, skipped: 0 };
const DAY = '2026-11-24';
const NEXT = { now: '2026-11-26T01:00:00Z' };

describe('a verification', () => {
  let rehearsal: Rehearsal;
  beforeEach(async () => { rehearsal = await rehearse({ batchSize: 10 }); });
  afterEach(() => expectSchema(rehearsal.ledger()));
  afterEach(() => rehearsal.close());

  const archived = (name: string) => `archive/2026/11/24/${name}-${DAY}.log`;
  const store = () => rehearsal.sandbox.s3!.store;
  const verify = (input: object = {}, name?: string) => rehearsal.sandbox.run<VerifyCounts>({ ...NEXT, name, input: { action: 'verify', date: DAY, ...input } });
  async function archive(names: readonly string[], name = 'nightly', now = '2026-11-25T01:00:00Z', content = 'content'): Promise<void> {
    for (const each of names) { rehearsal.put(`incoming/${each}-${DAY}.log`, `${content} of ${each}`); }
    const { counts } = await rehearsal.sandbox.run({ now, name });
    expect(counts!.archived).toBe(names.length);
  }
  const names = Array.from({ length: 30 }, (_, i) => `n${String(i).padStart(2, '0')}`);

  test.each([[{}], [{ deep: true }]])('finds what a run archived, and sends no message (%j)', async (input) => {
    await archive(names);
    const before = rehearsal.archive();
    const summary = await verify(input);
    expect(summary).toMatchObject({ status: 'SUCCEEDED', action: 'verify', counts: { ...COUNTS, listed: 30, present: 30 }, alerts: [] });
    expect(rehearsal.archive()).toEqual(before);
  });

  test.each([[{}], [{ deep: true }]])('finds exactly what was removed or replaced, and sends one message (%j)', async (input) => {
    await archive(names);
    store().delete('source', archived('n03'));
    store().put('source', archived('n07'), 'other content');
    store().put('source', archived('n11'), 'content of n12');
    // The same bytes, written again the same way, are the same object.
    store().put('source', archived('n15'), 'content of n15');
    const { status, error, counts, alerts, report } = await verify(input);
    expect({ status, error, counts }).toEqual({ status: 'FAILED', error: 'ObjectsUnaccounted', counts: { ...COUNTS, listed: 30, present: 27, changed: 2, missing: 1 } });
    expect(alerts).toHaveLength(1);
    expect(alerts[0].subject).toBe(`Verification FAILED, 1 missing, 2 changed: ${DAY} (Rehearsal/Archiver)`);
    for (const text of [archived('n03'), archived('n07'), archived('n11'), 'aws s3api list-object-versions --bucket source', '{"action":"verify"']) {
      expect(alerts[0].message).toContain(text);
    }
    expect(alerts[0].message).not.toContain('n15');
    expect(rehearsal.ledger().map(({ status: found }) => String(found)).filter((found) => found !== 'archived').sort()).toEqual(['changed', 'changed', 'missing']);
    const written = JSON.parse(store().get(report!.bucket, report!.key)!.body.bytes().toString()) as object;
    expect(written).toMatchObject({ action: 'verify', counts, deep: 'deep' in input });
    expect(schemaErrors(written, VERIFICATION_SCHEMA)).toEqual([]);
  });

  test('does not count what a later run archived again', async () => {
    await archive(names);
    store().delete('source', archived('n03'));
    store().delete('source', archived('n04'));
    // The order of ledgers is known in whole seconds.
    await new Promise((resolve) => setTimeout(resolve, 1_001 - Date.now() % 1_000));
    await archive(['n03'], 'again', '2026-11-25T02:00:00Z', 'newer content');
    store().put('source', archived('n03'), 'content of n03, as it was changed before it was archived again');
    // The later ledger says what is there now, and it is wrong there, too.
    const { counts } = await verify({ run: undefined, date: DAY });
    expect(counts).toEqual({ listed: 31, present: 28, changed: 1, missing: 1, skipped: 1 });
    const { counts: first } = await verify({ run: 'nightly', date: undefined });
    expect(first).toEqual({ listed: 30, present: 28, changed: 0, missing: 1, skipped: 1 });
  });

  test('finds what is lost although a later run had found it in the archive', async () => {
    await archive(names);
    // As where sources are kept: the second run copies nothing, and its ledger has a line of the same object.
    store().put('source', `incoming/n03-${DAY}.log`, 'content of n03');
    await rehearsal.sandbox.run({ now: '2026-11-25T02:00:00Z', name: 'again' });
    store().delete('source', archived('n03'));
    expect(await verify({ run: 'nightly', date: undefined })).toMatchObject({ status: 'FAILED', counts: { listed: 30, present: 29, missing: 1 } });
    expect(await verify()).toMatchObject({ status: 'FAILED', counts: { listed: 31, present: 29, missing: 2 } });
  });

  test('a dry run says what the verification would cost, and looks at nothing', async () => {
    await archive(names);
    store().delete('source', archived('n03'));
    const { counts, alerts, status, requests } = await verify({ dryRun: true });
    expect({ status, counts }).toEqual({ status: 'SUCCEEDED', counts: { ...COUNTS, listed: 30, present: 30 } });
    expect(requests.HeadObject ?? 0).toBe(0);
    expect(alerts).toEqual([{ subject: expect.stringMatching(/^Dry run of a verification, 30 objects/), message: expect.stringContaining('would cost about $') }]);
  });

  test('is refused for days without a ledger, and says which days have one', async () => {
    await archive(names);
    const { status, cause, alerts } = await verify({ date: '2026-11-20' });
    expect([status, cause]).toEqual(['FAILED', expect.stringContaining(`the latest days that have one are ${DAY}`)]);
    expect(alerts[0].message).toContain('"action":"verify"');
  });
});
