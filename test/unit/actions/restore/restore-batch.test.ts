import type { S3Client } from '@aws-sdk/client-s3';
import type { LedgerLine } from '../../../../src/contract/payloads/ledger-line';
import { ReasonCode } from '../../../../src/contract/payloads/reason-codes';
import {
  ARCHIVE_RUN,
  BothWays,
  describeBucket,
  KINDS,
  putKinds,
  RESTORE_RUN,
} from '../../../helpers/both-ways';
import { type Harness, startHarness } from '../../../helpers/harness';
import { expectSchema } from '../../../helpers/report-schema';
import { KILL_EVERY } from '../../../helpers/thorough';

let harness: Harness;
let rig: BothWays;
beforeEach(async () => {
  harness = await startHarness({ minPartBytes: 1 });
  harness.store.createBucket('reports');
  rig = new BothWays(harness);
});
afterEach(() => expectSchema([...rig.lines(ARCHIVE_RUN.ledgerPrefix), ...rig.lines()]));
afterEach(() => harness.close());

/** Requests that a restore never sends. */
const DELETES = /^Delete/;
let deletes: string[];
beforeEach(() => {
  deletes = [];
  harness.after = ({ operation, key }) => {
    if (DELETES.test(operation)) {
      deletes.push(`${operation} ${key}`);
    }
  };
});

const A = 'in/a-2026-11-24.csv';
const ARCHIVED = 'archive/2026/11/24/a-2026-11-24.csv';

test(
  'objects of every kind are at their old keys again, as they were, and the archive is as it ' +
    'was',
  async () => {
    putKinds(harness);
    const before = describeBucket(harness, 'source');
    expect((await rig.archive()).counts).toMatchObject({
      archived: Object.keys(KINDS).length,
      failed: 0,
      conflicting: 0,
    });
    expect(harness.store.keys('source')).toEqual([]);
    const archive = describeBucket(harness, 'archive');
    deletes = [];
    const { counts, finished } = await rig.restore();
    expect({ counts, finished, problems: rig.problems }).toEqual({
      counts: {
        listed: Object.keys(KINDS).length,
        archived: Object.keys(KINDS).length,
        skipped: 0,
        conflicting: 0,
        failed: 0,
      },
      finished: true,
      problems: [],
    });
    expect(describeBucket(harness, 'source')).toEqual(before);
    expect({ archive: describeBucket(harness, 'archive'), deletes }).toEqual({
      archive,
      deletes: [],
    });
  },
);

test.each([
  [
    'the default of the source bucket',
    {},
    { algorithm: 'aws:kms', kmsKeyId: 'arn:aws:kms:us-east-1:123456789012:key/default' },
  ],
  [
    'the key of the source that the archiver knows',
    { SOURCE_KEY_ARN: 'arn:aws:kms:us-east-1:123456789012:key/given' },
    { algorithm: 'aws:kms', kmsKeyId: 'arn:aws:kms:us-east-1:123456789012:key/given' },
  ],
])(
  'a restored object is encrypted with %s, also if it is copied in parts',
  async (_, environment, encryption) => {
    harness.store.bucket('source').encryption = {
      algorithm: 'aws:kms',
      kmsKeyId: 'arn:aws:kms:us-east-1:123456789012:key/default',
    };
    const kinds = Object.fromEntries(
      ['in/plain-2026-11-24.csv', 'in/multipart-2026-11-24.csv'].map((key) => [key, KINDS[key]]),
    );
    putKinds(harness, kinds);
    await rig.archive();
    expect((await rig.restore({ environment })).counts).toMatchObject({ archived: 2 });
    for (const key of Object.keys(kinds)) {
      expect(harness.store.get('source', key)!.attributes.encryption).toMatchObject(encryption);
    }
  },
);

test('its ledger has a line for each object, with what the first ledger says of it', async () => {
  harness.put(A, 'one');
  await rig.archive();
  const [archived] = rig.lines(ARCHIVE_RUN.ledgerPrefix);
  await rig.restore();
  const restoredEtag = `"${harness.store.get('source', A)!.etag}"`;
  expect(rig.lines()).toEqual([
    {
      ...archived,
      status: 'restored',
      origin: rig.parts()[0].key,
      restoredEtag,
      at: expect.any(Number),
      ms: expect.any(Number),
    },
  ]);
});

test('a repeated restore changes nothing and says the same', async () => {
  putKinds(harness);
  await rig.archive();
  await rig.restore();
  const before = describeBucket(harness, 'source');
  const run = {
    id: 'again',
    ledgerPrefix: 'runs/ledger/day=2026-11-24/run=again/',
    startTime: new Date(Date.now() + 60_000).toISOString(),
  };
  expect((await rig.restore({ run })).counts).toMatchObject({
    listed: Object.keys(KINDS).length,
    archived: Object.keys(KINDS).length,
  });
  expect(describeBucket(harness, 'source')).toEqual(before);
});

test(
  'two ledgers that have the same objects are restored by two batches, and each has lines of its ' +
    'own',
  async () => {
    putKinds(harness);
    const count = Object.keys(KINDS).length;
    const before = describeBucket(harness, 'source');
    await rig.archive();
    await rig.restore({
      run: { id: 'first', ledgerPrefix: 'runs/ledger/day=2026-11-24/run=first/' },
    });
    const again = { id: 'again', ledgerPrefix: 'runs/ledger/day=2026-11-24/run=again/' };
    await rig.archive({ run: again });
    const counts = [
      (await rig.restore()).counts,
      (await rig.restore({}, rig.parts(again.ledgerPrefix))).counts,
    ];
    expect(counts).toMatchObject(Array(2).fill({ listed: count, archived: count }));
    expect(rig.lines().filter(({ status }) => status === 'restored')).toHaveLength(2 * count);
    expect(describeBucket(harness, 'source')).toEqual(before);
  },
);

describe('an object that cannot go back', () => {
  beforeEach(async () => {
    harness.put(A, 'mine');
    await rig.archive();
  });

  const problem = () =>
    rig.lines().map(({ status, code, message }) => ({ status, code, message }))[0];

  test('stays in the archive if its old key holds other content', async () => {
    harness.put(A, 'theirs');
    expect((await rig.restore()).counts).toMatchObject({ archived: 0, conflicting: 1 });
    expect(problem()).toEqual({
      status: 'conflicting',
      code: ReasonCode.OLD_KEY_TAKEN,
      message: 'the old key holds other content',
    });
    expect([harness.read('source', A), harness.read('archive', ARCHIVED)]).toEqual([
      'theirs',
      'mine',
    ]);
  });

  test('is back if its old key holds the same content already', async () => {
    harness.put(A, 'mine');
    expect((await rig.restore()).counts).toMatchObject({ archived: 1 });
    expect(rig.lines()).toMatchObject([
      { status: 'restored', restoredEtag: `"${harness.store.get('source', A)!.etag}"` },
    ]);
    expect([harness.read('source', A), harness.read('archive', ARCHIVED)]).toEqual([
      'mine',
      'mine',
    ]);
  });

  test('is not replaced by what another program wrote into the archive', async () => {
    harness.store.put('archive', ARCHIVED, 'theirs');
    expect((await rig.restore()).counts).toMatchObject({ archived: 0, conflicting: 1 });
    expect(problem()).toEqual({
      status: 'conflicting',
      code: ReasonCode.ARCHIVED_COPY_CHANGED,
      message: `the archive holds another object under ${ARCHIVED} than the one that was archived`,
    });
    expect([harness.read('source', A), harness.read('archive', ARCHIVED)]).toEqual([
      undefined,
      'theirs',
    ]);
  });

  test('is missing if neither end holds it', async () => {
    harness.store.delete('archive', ARCHIVED);
    expect((await rig.restore()).counts).toMatchObject({ archived: 0, failed: 1 });
    expect(problem()).toEqual({
      status: 'failed',
      code: ReasonCode.ARCHIVED_COPY_MISSING,
      message: `the archive holds nothing under ${ARCHIVED}, and the old key is free`,
    });
  });

  test('fails if its archived copy has to be restored from Glacier first', async () => {
    harness.store.put('archive', ARCHIVED, 'mine', { storageClass: 'GLACIER' });
    expect((await rig.restore()).counts).toMatchObject({ archived: 0, failed: 1 });
    expect(problem()).toMatchObject({
      status: 'failed',
      code: ReasonCode.ARCHIVED_COPY_IN_GLACIER,
    });
    expect(harness.store.keys('archive')).toEqual([ARCHIVED]);
  });

  test('is restored if it left the archive after an earlier restore put it back', async () => {
    await rig.restore();
    harness.store.delete('archive', ARCHIVED);
    const again = { id: 'again', ledgerPrefix: 'runs/ledger/day=2026-11-24/run=again/' };
    expect((await rig.restore({ run: again })).counts).toMatchObject({ archived: 1 });
    expect(rig.lines(again.ledgerPrefix)).toMatchObject([
      { status: 'restored', restoredEtag: expect.any(String) },
    ]);
  });

  test('is restored if the archive got something else after an earlier restore put it back', async () => {
    await rig.restore();
    harness.store.put('archive', ARCHIVED, 'theirs');
    const again = { id: 'again', ledgerPrefix: 'runs/ledger/day=2026-11-24/run=again/' };
    expect((await rig.restore({ run: again })).counts).toMatchObject({ archived: 1 });
  });

  test('is not restored because of its size, if its archived copy is gone', async () => {
    harness.store.delete('archive', ARCHIVED);
    harness.put(A, 'xxxx');
    expect((await rig.restore()).counts).toMatchObject({ archived: 0, failed: 1 });
    expect(problem()).toMatchObject({
      code: ReasonCode.ARCHIVED_COPY_MISSING,
      message: expect.stringMatching(/and the old key holds something else, as far as S3 shows$/),
    });
    expect(harness.read('source', A)).toBe('xxxx');
  });

  test(
    'is not claimed to be back because an earlier attempt of this restore put it there, if ' +
      'somebody replaced it since',
    async () => {
      await rig.restore();
      harness.store.delete('archive', ARCHIVED);
      harness.put(A, 'their edit');
      expect((await rig.restore()).counts).toMatchObject({ archived: 0, failed: 1 });
      expect(problem()).toMatchObject({ status: 'failed', code: ReasonCode.ARCHIVED_COPY_MISSING });
    },
  );
});

describe('which version', () => {
  const EARLIER = { destination: ARCHIVED, size: 4, day: '2026-11-24' } as const;

  /** Replaces the only part of the ledger of the run that archived. */
  function rewriteLine(change: (line: LedgerLine) => Partial<LedgerLine>): void {
    const [line] = rig.lines(ARCHIVE_RUN.ledgerPrefix);
    harness.store.put(
      'reports',
      rig.parts()[0].key,
      `${JSON.stringify({ ...line, ...change(line) })}\n`,
    );
  }

  const outcome = () =>
    rig
      .lines()
      .map(({ status, code, destination, etag }) => ({ status, code, destination, etag }))[0];

  beforeEach(async () => {
    harness.put(A, 'mine');
    await rig.archive();
  });

  test(
    'of a source that was written again after its copy, the archived content is restored ' +
      'once the key is free',
    async () => {
      rewriteLine(({ etag, archivedEtag }) => ({
        status: 'conflicting',
        code: 'SOURCE_CHANGED',
        etag: '"newer"',
        archivedEtag: undefined,
        earlier: [{ ...EARLIER, etag, archivedEtag }],
      }));
      expect((await rig.restore()).counts).toMatchObject({ listed: 1, archived: 1 });
      expect(outcome()).toMatchObject({ status: 'restored', destination: ARCHIVED });
      expect(harness.read('source', A)).toBe('mine');
    },
  );

  test('the version of the line is restored, and not an earlier one', async () => {
    harness.store.put('archive', 'archive/2026/11/24/old', 'old!');
    rewriteLine(() => ({
      earlier: [
        {
          ...EARLIER,
          destination: 'archive/2026/11/24/old',
          etag: '"old"',
          archivedEtag: `"${harness.store.get('archive', 'archive/2026/11/24/old')!.etag}"`,
        },
      ],
    }));
    expect((await rig.restore()).counts).toMatchObject({ listed: 1, archived: 1 });
    expect(harness.read('source', A)).toBe('mine');
  });

  test('an archived object of which only the size is known is not restored', async () => {
    rewriteLine(() => ({ proof: 'size' }));
    expect((await rig.restore()).counts).toMatchObject({ listed: 1, archived: 0, failed: 1 });
    expect(outcome()).toMatchObject({ status: 'failed', code: ReasonCode.UNPROVEN_COPY });
    expect(harness.store.keys('source')).toEqual([]);
  });

  test(
    'a line without the ETag in the archive is not restored, because nothing tells that content ' +
      'from another one',
    async () => {
      rewriteLine(() => ({ archivedEtag: undefined }));
      expect((await rig.restore()).counts).toMatchObject({ failed: 1 });
      expect(outcome()).toMatchObject({ code: ReasonCode.UNPROVEN_COPY });
      expect(harness.store.keys('source')).toEqual([]);
    },
  );

  test('where the last version is unproven, no earlier one takes its place', async () => {
    rewriteLine(({ etag, archivedEtag }) => ({
      etag: '"other"',
      proof: 'size',
      earlier: [{ ...EARLIER, etag, archivedEtag }],
    }));
    expect((await rig.restore()).counts).toMatchObject({ archived: 0, failed: 1 });
    expect(outcome()).toMatchObject({ code: ReasonCode.UNPROVEN_COPY });
    expect(harness.store.keys('source')).toEqual([]);
  });
});

test.each([
  [['in/eu/**'], ['in/eu/a-2026-11-24.csv', 'in/eu/de/b-2026-11-24.csv']],
  [
    ['in/*.csv', 'in/eu/de/*'],
    ['in/c-2026-11-24.csv', 'in/eu/de/b-2026-11-24.csv'],
  ],
  [['in/nothing'], []],
])('keys %j select what is restored, and the rest is skipped', async (keys, restored) => {
  ['in/eu/a-2026-11-24.csv', 'in/eu/de/b-2026-11-24.csv', 'in/c-2026-11-24.csv'].forEach((key) =>
    harness.put(key),
  );
  await rig.archive();
  const { counts } = await rig.restore({ run: { keys } });
  expect(counts).toEqual({
    listed: 3,
    archived: restored.length,
    skipped: 3 - restored.length,
    conflicting: 0,
    failed: 0,
  });
  expect(harness.store.keys('source')).toEqual([...restored].sort());
});

test('objects that conflicted and were archived under another name go back to their own keys', async () => {
  harness.put(A, 'mine');
  harness.store.put('archive', ARCHIVED, 'theirs');
  await rig.archive({ environment: { CONFLICT_POLICY: 'RENAME' } });
  expect(harness.store.keys('archive')).toHaveLength(2);
  await rig.restore({ environment: { CONFLICT_POLICY: 'RENAME' } });
  expect([harness.read('source', A), harness.read('archive', ARCHIVED)]).toEqual([
    'mine',
    'theirs',
  ]);
  expect(harness.store.keys('archive')).toHaveLength(2);
});

test('with a flat layout, folders come back, also where two objects share one archived copy', async () => {
  const environment = { LAYOUT: JSON.stringify({ format: 'yyyy/MM/dd/', flatten: true }) };
  const keys = ['in/eu/a-2026-11-24.csv', 'in/us/a-2026-11-24.csv', 'in/us/b-2026-11-24.csv'];
  keys.forEach((key) =>
    harness.store.put('source', key, key.endsWith('b-2026-11-24.csv') ? 'b' : 'same'),
  );
  await rig.archive({ environment });
  expect(harness.store.keys('archive')).toHaveLength(2);
  expect((await rig.restore({ environment })).counts).toMatchObject({ listed: 3, archived: 3 });
  expect(keys.map((key) => harness.read('source', key))).toEqual(['same', 'same', 'b']);
  expect(harness.store.keys('archive')).toHaveLength(2);
});

test(
  'a key that shares its archived copy comes back also after the other one, which was restored ' +
    'alone',
  async () => {
    const environment = { LAYOUT: JSON.stringify({ format: 'yyyy/MM/dd/', flatten: true }) };
    const keys = ['in/eu/a-2026-11-24.csv', 'in/us/a-2026-11-24.csv'];
    keys.forEach((key) => harness.store.put('source', key, 'same'));
    await rig.archive({ environment });
    await rig.restore({ environment, run: { keys: [keys[0]] } });
    expect(harness.store.keys('source')).toEqual([keys[0]]);
    const again = {
      id: 'again',
      ledgerPrefix: 'runs/ledger/day=2026-11-24/run=again/',
      keys: [keys[1]],
    };
    expect((await rig.restore({ environment, run: again })).counts).toMatchObject({
      archived: 1,
      skipped: 1,
    });
    expect(harness.store.keys('source')).toEqual(keys);
  },
);

test('an object is restored, archived again and restored again', async () => {
  harness.put(A, 'mine');
  await rig.archive();
  await rig.restore();
  const again = { id: 'again', ledgerPrefix: 'runs/ledger/day=2026-11-24/run=again/' };
  expect((await rig.archive({ run: again })).counts).toMatchObject({ archived: 1 });
  expect(harness.store.keys('source')).toEqual([]);
  const second = { id: 'undo2', ledgerPrefix: 'runs/ledger/day=2026-11-24/run=undo2/' };
  expect((await rig.restore({ run: second }, rig.parts(again.ledgerPrefix))).counts).toMatchObject({
    archived: 1,
  });
  expect([harness.read('source', A), harness.read('archive', ARCHIVED)]).toEqual(['mine', 'mine']);
});

test('a dry run says what would be restored, and changes nothing', async () => {
  ['taken', 'changed', 'missing', 'frozen', 'fine'].forEach((name) =>
    harness.put(`in/${name}-2026-11-24.csv`, name),
  );
  await rig.archive();
  harness.put('in/taken-2026-11-24.csv', 'theirs');
  harness.store.put('archive', 'archive/2026/11/24/changed-2026-11-24.csv', 'other');
  harness.store.delete('archive', 'archive/2026/11/24/missing-2026-11-24.csv');
  harness.store.put('archive', 'archive/2026/11/24/frozen-2026-11-24.csv', 'frozen', {
    storageClass: 'GLACIER',
  });
  const before = [describeBucket(harness, 'source'), describeBucket(harness, 'archive')];
  const { counts } = await rig.restore({ run: { dryRun: true } });
  expect(counts).toEqual({ listed: 5, archived: 1, skipped: 0, conflicting: 2, failed: 2 });
  expect(
    Object.fromEntries(
      rig.lines().map(({ key, status, code }) => [key.slice(3, -15), code ?? status]),
    ),
  ).toEqual({
    taken: 'OLD_KEY_TAKEN',
    changed: 'ARCHIVED_COPY_CHANGED',
    missing: 'ARCHIVED_COPY_MISSING',
    frozen: 'ARCHIVED_COPY_IN_GLACIER',
    fine: 'restored',
  });
  expect([describeBucket(harness, 'source'), describeBucket(harness, 'archive')]).toEqual(before);
});

test('a part that was written again since the plan fails the batch', async () => {
  harness.put(A);
  await rig.archive();
  const parts = rig.parts();
  harness.store.put(
    'reports',
    parts[0].key,
    `${JSON.stringify({ ...rig.lines(ARCHIVE_RUN.ledgerPrefix)[0], status: 'failed', code: 'SLOW_DOWN' })}\n`,
  );
  await expect(rig.restore({}, parts)).rejects.toMatchObject({ name: 'LedgerChanged' });
});

test('an empty ledger restores nothing', async () => {
  expect(await rig.restore({}, [])).toMatchObject({ finished: true, counts: { listed: 0 } });
});

/**
 * A client that dies at the n-th request that it sends, before or after S3 has executed it, and
 * answers nothing after it.
 */
function dying(s3: S3Client, at: number, after: boolean): S3Client {
  let sent = 0;
  const send = async (command: never, options: never) => {
    sent += 1;
    if (sent > at) {
      return new Promise(() => undefined);
    }
    if (sent < at) {
      return s3.send(command, options);
    }
    if (after) {
      await s3.send(command, options);
    }
    throw Object.assign(new Error('killed'), { name: 'Killed' });
  };
  return Object.create(s3, { send: { value: send } }) as S3Client;
}

test.each([false, true])(
  'killed at every request, and repeated, it ends as if nothing had happened (executed: %s)',
  async (executed) => {
    const kinds = Object.fromEntries(
      ['in/tags-2026-11-24.csv', 'in/multipart-2026-11-24.csv', 'in/kms-2026-11-24.csv'].map(
        (key) => [key, KINDS[key]],
      ),
    );
    let requests = Infinity;
    for (let at = 1; at <= requests; at += KILL_EVERY) {
      await harness.close();
      harness = await startHarness({ minPartBytes: 1 });
      harness.store.createBucket('reports');
      rig = new BothWays(harness);
      putKinds(harness, kinds);
      const before = describeBucket(harness, 'source');
      await rig.archive();
      const archive = describeBucket(harness, 'archive');
      if (requests === Infinity) {
        let sent = 0;
        harness.before = () => {
          sent += 1;
          return undefined;
        };
        await rig.restore();
        requests = sent;
        at = 1 - KILL_EVERY;
        continue;
      }
      const death = new Promise((resolve) => setTimeout(resolve, 300));
      await Promise.race([
        rig.restore({ s3: dying(harness.s3, at, executed) }).catch(() => undefined),
        death,
      ]);
      const { counts } = await rig.restore();
      expect({
        at,
        counts,
        source: describeBucket(harness, 'source'),
        archive: describeBucket(harness, 'archive'),
      }).toEqual({
        at,
        counts: { listed: 3, archived: 3, skipped: 0, conflicting: 0, failed: 0 },
        source: before,
        archive,
      });
    }
    expect(requests).toBeGreaterThanOrEqual(10);
  },
);

test('its own ledger is in its own folder', async () => {
  harness.put(A);
  await rig.archive();
  await rig.restore();
  expect(
    harness.store.keys('reports').filter((key) => key.startsWith(RESTORE_RUN.ledgerPrefix)),
  ).toHaveLength(1);
  expect(rig.lines(ARCHIVE_RUN.ledgerPrefix)).toMatchObject([{ status: 'archived' }]);
});
