import type { ActResult, Aftermath } from '../../../../examples/demo/act';
import {
  aftermathLines,
  introLines,
  nightLines,
  stormLines,
} from '../../../../examples/demo/screen';
import { createScene } from '../../../../examples/demo/seed';
import { styleFor } from '../../../../packages/sandbox/src/internal';

const SCREEN = { style: styleFor({ isTTY: false } as never, {}), now: '2026-11-25T01:00:00+09:00' };
const CLAIMS = [
  'each object, with metadata and tags, is at its source or in the archive',
  'what the archive held before is as it was',
];
const FAULTS = {
  SlowDown: 138,
  LostAnswer: 133,
  ErrorIn200: 103,
  HalfAnswer: 60,
  ResetBefore: 64,
  InternalError: 63,
  KeySlowDown: 51,
  KeyInternalError: 52,
};
const COUNTS = { listed: 5_004, archived: 4_641, skipped: 361, conflicting: 2, failed: 0 };

function result(violations: string[] = []): ActResult {
  return {
    bucket: 'bucket',
    before: new Map([['incoming/a', 'A']]),
    after: new Map([['archive/a', 'A']]),
    summary: {
      status: 'SUCCEEDED',
      error: null,
      cause: null,
      action: 'archive',
      dryRun: false,
      counts: COUNTS,
      bytes: 1,
      seconds: 25.1,
      requests: { CopyObject: 4_653 },
      transitions: 31,
      children: 6,
      invocations: 8,
      report: null,
      estimate: { usd: 0.0248, items: [] },
      events: [],
      alerts: [
        {
          subject: 'Archive incomplete, 2 conflicting: 2026-11-23 to 2026-11-24 (Demo/Archiver)',
          message: '',
        },
      ],
    },
    ledger: '',
    ledgerLines: [],
    faults: FAULTS,
    checks: CLAIMS.map((claim, at) => ({
      claim,
      examined: 5_004,
      violations: at === 0 ? violations : [],
    })),
  };
}

const AFTERMATH = {
  verification: {
    ...result().summary,
    counts: { listed: 4_641, present: 4_641, changed: 0, missing: 0, unproven: 0, skipped: 0 },
  },
  archivedVersions: 4_641,
  restore: {
    ...result().summary,
    counts: { listed: 4_641, restored: 32, skipped: 4_609, conflicting: 0, failed: 0 },
  },
  check: {
    claim: 'what was restored is at its source as it was, and still in the archive',
    examined: 32,
    violations: [],
  },
} satisfies Aftermath;

test('each line fits a terminal', () => {
  const scene = createScene();
  const lines = [
    ...introLines(scene, SCREEN),
    ...nightLines(scene, result(), SCREEN),
    ...aftermathLines(AFTERMATH, 'incoming/gharchive/**', SCREEN),
    ...stormLines(result(), SCREEN),
  ];
  expect(lines.filter((line) => [...line].length > 80)).toEqual([]);
  expect(lines).toContain(
    '  counts  5,004 listed = 4,641 archived + 361 skipped + 2 conflicting + 0 failed',
  );
  expect(lines).toContain('  bucket  incoming/ 1 -> 0 objects, archive/ 0 -> 1');
  expect(lines).toContain(
    '  verify  4,641 = 4,641 present + 0 changed + 0 missing + 0 unproven + 0 skipped',
  );
  expect(lines).toContain('  restore incoming/gharchive/**: 32 objects');
  expect(lines).toContain('  yes  2 of the same 2 claims hold');
});

test('what contradicts a claim is shown', () => {
  const violations = ['a: lost', 'b: lost', 'c: lost', 'd: lost', 'e: lost'];
  for (const lines of [
    nightLines(createScene(0), result(violations), SCREEN),
    stormLines(result(violations), SCREEN),
  ]) {
    expect(lines).toEqual(
      expect.arrayContaining([`  NO   ${CLAIMS[0]}`, '       a: lost', '       and 2 more']),
    );
  }
  expect(stormLines(result(violations), SCREEN)).toContain('  NO   1 of the same 2 claims hold');
});
