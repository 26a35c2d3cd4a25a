import { type Evidence, prove, proveRestored } from '../../../../examples/demo/proof';
import { digest } from '../../../../examples/demo/snapshot';

/**
 * A correct run over five objects: one is archived, one conflicts, one is rewritten after its copy,
 * and two are not due.
 */
function goodRun(): {
  evidence: Evidence;
  before: Map<string, string>;
  after: Map<string, string>;
  ledger: Evidence['ledger'][number][];
} {
  const before = new Map([
    ['incoming/a-2026-11-24', 'A'],
    ['incoming/b-2026-11-24', 'B'],
    ['incoming/c-2026-11-24', 'C1'],
    ['incoming/d-2026-11-25', 'D'],
    ['incoming/e', 'E'],
    ['archive/2026/11/24/b-2026-11-24', 'other'],
  ]);
  const after = new Map([
    ['archive/2026/11/24/a-2026-11-24', 'A'],
    ['incoming/b-2026-11-24', 'B'],
    ['archive/2026/11/24/b-2026-11-24', 'other'],
    ['archive/2026/11/24/c-2026-11-24', 'C1'],
    ['incoming/c-2026-11-24', 'C2'],
    ['incoming/d-2026-11-25', 'D'],
    ['incoming/e', 'E'],
  ]);
  const due = ['a', 'b', 'c'].map((name): [string, string] => [
    `incoming/${name}-2026-11-24`,
    `archive/2026/11/24/${name}-2026-11-24`,
  ]);
  const ledger = due.map(([key, destination], at): Evidence['ledger'][number] => ({
    key,
    destination,
    status: at === 0 ? 'archived' : 'conflicting',
  }));
  const evidence: Evidence = {
    sourcePrefix: 'incoming/',
    archivePrefix: 'archive/',
    before,
    after,
    written: [{ key: 'incoming/c-2026-11-24', digest: 'C2' }],
    destinations: new Map(due),
    counts: { listed: 5, archived: 1, skipped: 2, conflicting: 2, failed: 0 },
    ledger,
  };
  return { evidence, before, after, ledger };
}

function violationsOf(evidence: Evidence): string[] {
  return prove(evidence).flatMap(({ violations }) => violations);
}

test('the proof finds no problem in a correct run', () => {
  expect(violationsOf(goodRun().evidence)).toEqual([]);
});

test('each claim of the proof examines at least one object', () => {
  for (const { claim, examined } of prove(goodRun().evidence)) {
    expect([claim, examined > 0]).toEqual([claim, true]);
  }
});

type Run = ReturnType<typeof goodRun>;
test.each<[sabotage: string, commit: (run: Run) => void, seen: RegExp]>([
  [
    'an object is lost',
    ({ after }) => after.delete('archive/2026/11/24/a-2026-11-24'),
    /a-2026-11-24: neither at its source nor at archive/,
  ],
  [
    'an object loses its bytes, metadata or tags on the way',
    ({ after }) => after.set('archive/2026/11/24/a-2026-11-24', 'A without tags'),
    /a-2026-11-24: neither/,
  ],
  [
    'an object that was not due is lost',
    ({ after }) => after.delete('incoming/e'),
    /incoming\/e: neither .* any place/,
  ],
  [
    'a rewritten object is deleted with its new content',
    ({ after }) => after.delete('incoming/c-2026-11-24'),
    /c-2026-11-24: neither/,
  ],
  [
    'the archive is overwritten',
    ({ after }) => after.set('archive/2026/11/24/b-2026-11-24', 'B'),
    /archive\/.*b-2026-11-24: changed/,
  ],
  [
    'the archive loses an object',
    ({ after }) => after.delete('archive/2026/11/24/b-2026-11-24'),
    /archive\/.*b-2026-11-24: gone/,
  ],
  [
    'a copy is left undeleted',
    ({ after }) => after.set('incoming/a-2026-11-24', 'A'),
    /a-2026-11-24: at its source and at archive/,
  ],
  [
    'an object goes to the folder of another day',
    ({ after }) => after.set('archive/2026/11/25/d-2026-11-25', 'D'),
    /archive\/2026\/11\/25\/d-2026-11-25: not an object that belongs there/,
  ],
  [
    'two objects are mixed up',
    ({ after }) => after.set('archive/2026/11/24/a-2026-11-24', 'E'),
    /archive\/2026\/11\/24\/a-2026-11-24: not an object that belongs there/,
  ],
  [
    'an object of another day is moved',
    ({ after }) => after.delete('incoming/d-2026-11-25'),
    /d-2026-11-25: moved, although/,
  ],
  ['the ledger forgets an object', ({ ledger }) => ledger.pop(), /c-2026-11-24: no line/],
  ['the ledger has an object twice', ({ ledger }) => ledger.push(ledger[0]), /several lines/],
  [
    'the ledger calls an object archived that is not',
    ({ ledger }) => {
      ledger[1] = { ...ledger[1], status: 'archived' };
    },
    /b-2026-11-24: archived by the ledger, but still/,
  ],
  [
    'the ledger names a destination that is empty',
    ({ ledger }) => {
      ledger[0] = { ...ledger[0], destination: 'archive/x' };
    },
    /but not at archive\/x/,
  ],
  [
    'the ledger calls an object failed that is gone',
    ({ ledger }) => {
      ledger[0] = { ...ledger[0], status: 'failed' };
    },
    /failed by the ledger, but not at its source/,
  ],
])('the proof finds the sabotage: %s', (_, commit, seen) => {
  const run = goodRun();
  commit(run);
  expect(violationsOf(run.evidence)).toContainEqual(expect.stringMatching(seen));
});

test.each(['listed', 'archived', 'skipped', 'conflicting', 'failed'] as const)(
  'the proof finds a wrong count of %s objects',
  (name) => {
    const { evidence } = goodRun();
    const counts = { ...evidence.counts!, [name]: evidence.counts![name] + 1 };
    expect(violationsOf({ ...evidence, counts })).not.toEqual([]);
  },
);

test('the proof fails for a run without counts', () => {
  expect(violationsOf({ ...goodRun().evidence, counts: null })).toEqual([
    'the run ended without counts',
  ]);
});

describe('the digest of an object', () => {
  const content = {
    body: 'a',
    metadata: { m: '1' },
    tags: { t: '1', u: '2' },
    headers: { 'content-type': 'text/plain' },
  };

  test.each([
    ['bytes', { ...content, body: 'b' }],
    ['metadata', { ...content, metadata: {} }],
    ['tags', { ...content, tags: { t: '1' } }],
    ['content headers', { ...content, headers: { 'content-type': 'text/csv' } }],
  ])('differs for %s', (_, other) => {
    expect(digest(other)).not.toBe(digest(content));
  });

  test('does not depend on the order of tags', () => {
    expect(digest({ ...content, tags: { u: '2', t: '1' } })).toBe(digest(content));
  });
});

describe('what was restored', () => {
  const lines = [{ key: 'incoming/a', destination: 'archive/a', status: 'archived' as const }];
  const before = new Map([['incoming/a', 'A']]);

  test.each<[string, [string, string][], string[]]>([
    [
      'is at its source as it was, and in the archive',
      [
        ['incoming/a', 'A'],
        ['archive/a', 'A'],
      ],
      [],
    ],
    ['is missing', [['archive/a', 'A']], ['incoming/a: not as it was']],
    [
      'is changed',
      [
        ['incoming/a', 'B'],
        ['archive/a', 'A'],
      ],
      ['incoming/a: not as it was'],
    ],
    [
      'is not in the archive any more',
      [['incoming/a', 'A']],
      ['incoming/a: not at archive/a any more'],
    ],
  ])('%s', (_what, after, violations) => {
    expect(proveRestored(lines, before, new Map(after))).toMatchObject({ examined: 1, violations });
  });
});
