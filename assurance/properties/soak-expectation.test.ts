/** What the soak expects of a run: which counts it takes for true, and which for false. */
import type { PutOptions } from '../../packages/s3-double/src';
import { ObjectStore } from '../../packages/s3-double/src/store/store';
import { SETUPS } from '../command/setups';
import { BucketState } from '../soak/bucket-state';
import { expectationOf, unmet } from '../soak/expectation';
import { randomOf } from '../soak/random';
import { makeBuckets } from '../soak/setup';

const PLACE = {
  key: 'incoming/a-2026-11-24.csv',
  destination: 'archive/2026/11/24/a-2026-11-24.csv',
};
const BUCKETS = { source: 'source', destination: 'source', report: 'reports' };
const CONFLICTING = { listed: 1, archived: 0, skipped: 0, conflicting: 1, failed: 0 };
const FAILED = { ...CONFLICTING, conflicting: 0, failed: 1 };

/** The source is in Glacier. */
function openState(more: PutOptions = {}): BucketState {
  const setup = SETUPS['the map lists']!;
  const store = new ObjectStore(() => new Date(), '123456789012');
  const state = new BucketState(store, BUCKETS, setup, randomOf(1));
  makeBuckets(store, setup, BUCKETS);
  state.putSource(PLACE, 'ours', { storageClass: 'GLACIER', ...more });
  return state;
}

const judge = (state: BucketState, counts: typeof FAILED) =>
  unmet(state, expectationOf(state), counts);

describe('an object in Glacier', () => {
  test('fails', () => {
    const state = openState();
    expect(judge(state, FAILED)).toEqual([]);
    expect(judge(state, CONFLICTING)).toHaveLength(1);
  });

  test('fails or conflicts if its destination has other content', () => {
    const state = openState();
    state.putForeign(PLACE.destination, 'theirs');
    expect(judge(state, FAILED)).toEqual([]);
    expect(judge(state, CONFLICTING)).toEqual([]);
  });

  test('fails if nothing tells the two contents apart', () => {
    const state = openState({ partSize: 2, checksum: { algorithm: 'SHA1', type: 'FULL_OBJECT' } });
    state.putForeign(PLACE.destination, 'them');
    expect(judge(state, FAILED)).toEqual([]);
    expect(judge(state, CONFLICTING)).toHaveLength(1);
  });

  test('never conflicts with its own copy', () => {
    const state = openState();
    state.putForeignSame(PLACE.destination, state.source(PLACE.key)!);
    expect(judge(state, FAILED)).toEqual([]);
    expect(judge(state, CONFLICTING)).toHaveLength(1);
  });
});

test('an object whose destination is too long never conflicts', () => {
  const state = openState();
  const place = { key: 'incoming/b-2026-11-24.csv', destination: `archive/${'b'.repeat(1_024)}` };
  state.deleteSource(PLACE.key);
  state.putSource(place, 'ours', {});
  state.putForeign(place.destination, 'theirs');
  expect(judge(state, FAILED)).toEqual([]);
  expect(judge(state, CONFLICTING)).toHaveLength(1);
});
