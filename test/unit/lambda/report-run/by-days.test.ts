/** What runs by days say of objects that were archived several times. */
import { gzipSync } from 'node:zlib';
import { toTextMessage } from '../../../../src/lambda/alerts/alert';
import { createRunAlert } from '../../../../src/lambda/report-run/report/run-message';
import { viewRun } from '../../../../src/lambda/report-run/report/run-view';
import { buildPack, putPack } from '../../../helpers/packs';
import { schemaErrors } from '../../../helpers/report-schema';
import { DAY, RunsByDays } from '../../../helpers/runs-by-days';

let it: RunsByDays;
beforeEach(async () => {
  it = await RunsByDays.open();
});
afterEach(() => it.harness.close());

const KEYS = Array.from({ length: 10 }, (_, i) => `in/part-${i}-${DAY}.csv`);
const RESTORE = { action: 'restore', date: DAY } as const;
const BY_PACKS = {
  action: 'restore',
  target: 'reports',
  lines: 'packs',
  date: DAY,
} as const;
const reverse = <T>(items: readonly T[]) => [...items].reverse();

function put(content: (key: string) => string, keys = KEYS): void {
  it.tick();
  keys.forEach((key) => it.harness.put(key, content(key)));
}

const sources = () => it.harness.store.keys('source', 'in/');
const packs = () => it.harness.store.keys('archive').filter((key) => key.endsWith('.zip'));
const indexes = () => it.harness.store.keys('archive').filter((key) => key.endsWith('.gz'));

describe('archived, restored, and archived again', () => {
  test.each([
    ['in packs', 10, 10],
    ['in a pack, and then one by one', 10, 0],
    ['one by one, and then in a pack', 0, 10],
  ])('%s: each object counts once', async (_, first, second) => {
    put((key) => key);
    await it.archive(first);
    expect((await it.move(RESTORE)).report.counts).toMatchObject({ listed: 10, restored: 10 });
    await it.archive(second);
    expect(sources()).toEqual([]);
    const { report } = await it.move({ ...RESTORE, keys: ['in/part-[0-6]*'] });
    expect(report.counts).toEqual({
      listed: 10,
      restored: 7,
      skipped: 3,
      conflicting: 0,
      failed: 0,
    });
    expect(schemaErrors(report)).toEqual([]);
  });

  test('to the reports, each counts once, too', async () => {
    put((key) => key);
    await it.archive(10);
    await it.move(RESTORE);
    it.tick();
    await it.archive(10);
    expect(packs()).toHaveLength(2);
    const { report } = await it.move({ ...BY_PACKS, keys: ['in/part-[0-6]*'] });
    expect(report.counts).toEqual({
      listed: 10,
      restored: 7,
      skipped: 3,
      conflicting: 0,
      failed: 0,
    });
    expect(schemaErrors(report)).toEqual([]);
  });
});

describe.each([
  ['restore', RESTORE, (key: string) => it.harness.read('source', key)],
  [
    'restore to the reports',
    BY_PACKS,
    (key: string) =>
      it.harness.read(
        'reports',
        it.harness.store.keys('reports', 'runs/extracted/').find((each) => each.endsWith(key))!,
      ),
  ],
])('a key that came twice, to %s', (_, input, read) => {
  test.each([
    ['the first child ends first', <T>(items: readonly T[]) => items],
    ['the last child ends first', reverse],
  ])('has its latest content if %s, and the other one is told', async (__, order) => {
    put((key) => `early ${key}`);
    await it.archive(10);
    put((key) => `late ${key}`);
    await it.archive(10);
    const { report, plan } = await it.move(input, order);
    expect(report.counts).toMatchObject({ listed: 20, skipped: 0, conflicting: 10, failed: 0 });
    expect(report.reasons).toEqual([{ status: 'conflicting', code: 'LATER_VERSION', count: 10 }]);
    expect(KEYS.map(read)).toEqual(KEYS.map((key) => `late ${key}`));
    expect(it.lines(plan).find(({ code }) => code)!.message).toContain('a later run archived');
  });

  test('and then a third time with its first content, has that', async () => {
    for (const content of ['a', 'b', 'a']) {
      put((key) => `${content} ${key}`);
      await it.archive(10);
    }
    const { report } = await it.move(input, reverse);
    expect(report.counts).toMatchObject({ listed: 20, conflicting: 10 });
    expect(KEYS.map(read)).toEqual(KEYS.map((key) => `a ${key}`));
  });
});

describe('a restore to the reports by packs, with an archive that', () => {
  beforeEach(async () => {
    put((key) => `one of ${key}`, KEYS.slice(0, 5));
    await it.archive(5);
    put((key) => `two of ${key}`, KEYS.slice(5));
    await it.archive(5);
  });

  async function restore() {
    const { report } = await it.move(BY_PACKS);
    expect(schemaErrors(report)).toEqual([]);
    return report;
  }

  test('is as it was: all is well', async () => {
    const report = await restore();
    expect(report).toMatchObject({
      outcome: 'CLEAN',
      counts: { listed: 10, restored: 10 },
      packs: { packs: 2, others: 0 },
    });
  });

  test('lacks an index: the pack has its own, and the report names it', async () => {
    it.harness.store.delete('archive', indexes()[0]);
    const report = await restore();
    expect(report).toMatchObject({
      outcome: 'PROBLEMS',
      counts: { listed: 10, restored: 10 },
      packs: { packs: 1, withoutIndex: { count: 1, examples: [expect.stringMatching(/\.zip$/)] } },
    });
  });

  test.each<[string, (index: Buffer) => Buffer]>([
    ['a cut', (index) => index.subarray(0, index.length / 2)],
    ['an empty', () => Buffer.alloc(0)],
    ['a forged, empty', () => gzipSync('')],
  ])('has %s index: the pack has its own, and the report names it', async (_, change) => {
    const [index] = indexes();
    const before = Buffer.from(it.harness.store.get('archive', index)!.body.bytes());
    it.harness.store.put('archive', index, change(before));
    const report = await restore();
    expect(report).toMatchObject({
      outcome: 'PROBLEMS',
      counts: { listed: 10, restored: 10 },
      packs: { damaged: { count: 1, examples: [index] } },
    });
  });

  test('lacks a pack: that is no failure, and the report names its index', async () => {
    it.harness.store.delete('archive', packs()[0]);
    const report = await restore();
    expect(report).toMatchObject({
      outcome: 'CLEAN',
      counts: { listed: 5, restored: 5, failed: 0 },
      packs: { packs: 1, withoutPack: { count: 1 } },
    });
    expect(toTextMessage(createRunAlert(viewRun(report), 'report.html'))).toMatch(
      /restored 5 objects, as far as the packs of these days say\.[^]*has no pack\. If the run/,
    );
  });

  test('lacks all packs: it says which index is without one', async () => {
    packs().forEach((key) => it.harness.store.delete('archive', key));
    await expect(it.move(BY_PACKS)).rejects.toMatchObject({
      name: 'InvalidRunInput',
      message: expect.stringContaining('is there without its pack'),
    });
  });

  test('has the pack of another archiver under our keys: nothing of it is ours', async () => {
    const theirs = buildPack(
      KEYS.map((key) => ({
        key,
        bytes: 'theirs',
        bucket: 'another',
        lastModified: '2030-01-01T00:00:00Z',
      })),
    );
    putPack(it.harness.store, 'archive', theirs);
    const report = await restore();
    expect(report).toMatchObject({
      outcome: 'CLEAN',
      counts: { listed: 10, restored: 10, conflicting: 0 },
      packs: { packs: 2, others: 1 },
    });
    expect(
      it.harness.store
        .keys('reports', 'runs/extracted/')
        .map((key) => it.harness.read('reports', key))
        .filter((content) => content === 'theirs'),
    ).toEqual([]);
  });

  test('has an object that is only named like a pack: it is named', async () => {
    it.harness.store.put('archive', 'archive/2026/11/24/pack-0123456789abcdef.zip', 'moved');
    const report = await restore();
    expect(report).toMatchObject({
      counts: { listed: 10, restored: 10 },
      packs: { withoutIndex: { count: 1 } },
    });
  });
});

describe('the folder of a restore to the reports', () => {
  beforeEach(async () => {
    put((key) => key);
    await it.archive(10);
  });
  const folders = () =>
    new Set(
      it.harness.store.keys('reports', 'runs/extracted/').map((key) => key.split('/').at(2)!),
    );

  test('belongs to one run, though another one has its name later', async () => {
    await it.move(BY_PACKS);
    it.forgetRuns();
    it.harness.store
      .keys('reports')
      .filter((key) => /^runs\/(\d|claims\/day|ledger\/)/.test(key) && key.includes('run-002'))
      .forEach((key) => it.harness.store.delete('reports', key));
    const { report } = await it.move(BY_PACKS);
    expect(report.counts).toMatchObject({ restored: 10 });
    expect(folders().size).toBe(2);
    expect(report.destination.prefix).toMatch(/^runs\/extracted\/run-002~[0-9a-f]{8}\/$/);
  });

  test('is another one if a stranger has put something there', async () => {
    const stray = 'runs/extracted/run-002/in/stray.csv';
    it.harness.store.put('reports', stray, 'stray');
    const { report } = await it.move(BY_PACKS);
    expect(report.destination.prefix).toMatch(/^runs\/extracted\/run-002~[0-9a-f]{8}\/$/);
    expect(it.harness.store.keys('reports', 'runs/extracted/run-002/')).toEqual([stray]);
  });
});
