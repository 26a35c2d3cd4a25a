/**
 * Restores while S3 answers every fifth request with a fault of one kind.
 * assurance/properties/both-ways.test.ts mixes the kinds and kills the function.
 */
import {
  type Fault,
  FAULT_KINDS,
  type FaultKind,
} from '../../../../../packages/s3-double/src/faults/faults';
import { BothWays, describeBucket, KINDS, putKinds } from '../../../../helpers/both-ways';
import { type Harness, startHarness } from '../../../../helpers/harness';
import { createClock } from '../../../../helpers/simulated-time';

jest.setTimeout(600_000);

let harness: Harness;
let rig: BothWays;
beforeEach(async () => {
  harness = await startHarness({ minPartBytes: 1 });
  harness.store.createBucket('reports');
  rig = new BothWays(harness);
});
afterEach(() => harness.close());

test.each(
  (Object.keys(FAULT_KINDS) as FaultKind[]).filter(
    (kind) => kind !== 'Latency' && kind !== 'ExpiredToken',
  ),
)('under %s, and repeated until all are back, nothing is lost or changed', async (kind) => {
  putKinds(harness);
  const before = describeBucket(harness, 'source');
  await rig.archive();
  const archived = describeBucket(harness, 'archive');
  // Retries do not wait.
  const clock = createClock({ ahead: 0 }, 0);
  let requests = 0;
  harness.before = () => (++requests % 5 === 0 ? ({ kind, ms: 200 } as Fault) : undefined);
  for (
    let attempt = 0;
    attempt < 30 && harness.store.keys('source').length < Object.keys(KINDS).length;
    attempt++
  ) {
    await rig.restore({ clock, milliseconds: 600_000 }).catch(() => undefined);
    expect(before).toMatchObject(describeBucket(harness, 'source'));
    expect(describeBucket(harness, 'archive')).toEqual(archived);
  }
  harness.before = undefined;
  expect((await rig.restore()).counts).toMatchObject({ archived: Object.keys(KINDS).length });
  expect(describeBucket(harness, 'source')).toEqual(before);
  expect(describeBucket(harness, 'archive')).toEqual(archived);
});
