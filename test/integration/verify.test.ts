import type { VerifyCounts } from '../../packages/sandbox/src';
import { rehearse, type Rehearsal } from '../helpers/run-in-sandbox';

let rehearsal: Rehearsal;
beforeAll(async () => { rehearsal = await rehearse(); });
afterAll(() => rehearsal.close());

test('a verification finds what a run archived', async () => {
  for (const name of ['a', 'b', 'c']) { rehearsal.put(`incoming/${name}-2026-11-24.log`); }
  await rehearsal.sandbox.run({ now: '2026-11-25T01:00:00Z', name: 'nightly' });
  const summary = await rehearsal.sandbox.run<VerifyCounts>({ now: '2026-11-26T01:00:00Z', input: { action: 'verify', run: 'nightly' } });
  expect(summary).toMatchObject({ status: 'SUCCEEDED', action: 'verify', counts: { listed: 3, present: 3, changed: 0, missing: 0, skipped: 0 } });
});
