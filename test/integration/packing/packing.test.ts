/**
 * Whole runs that pack: the packs of a run, unzipped where they lie, are the tree of a run without
 * packing.
 */
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Size } from 'aws-cdk-lib';
import { StorageClass } from 'aws-cdk-lib/aws-s3';
import {
  AlertMode,
  ArchiveLayout,
  DateSource,
  Packing,
  type S3DatedArchiverProps,
} from '../../../src';
import type { VerificationReport } from '../../../src/actions/verify/lambda/verification-report';
import type { Report } from '../../../src/lambda/report-run/report/report';
import { rehearse, type Rehearsal } from '../../helpers/run-in-sandbox';

const DAY = { date: '2026-11-24' };
const zip = Packing.zip();

const open: Rehearsal[] = [];
afterEach(async () => {
  for (const rehearsal of open.splice(0)) {
    await rehearsal.close();
  }
});

async function archiver(props: Partial<S3DatedArchiverProps> = {}): Promise<Rehearsal> {
  const rehearsal = await rehearse(props);
  open.push(rehearsal);
  return rehearsal;
}

/**
 * Writes the archive to a folder, unzips all packs where they lie, all together and without a
 * question, and reads the folder again.
 */
function unzipAll({ sandbox: { s3, destinationBucket } }: Rehearsal): Record<string, string> {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'unzipped-'));
  try {
    for (const key of s3!.store.keys(destinationBucket, 'archive/')) {
      if (key.startsWith('archive/pack-index/')) {
        continue;
      }
      const file = path.join(root, key);
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, s3!.store.get(destinationBucket, key)!.body.bytes());
    }
    const files = () =>
      fs
        .readdirSync(root, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => path.join(entry.parentPath, entry.name));
    for (const file of files().filter((each) => /\/pack-[0-9a-f]{16}\.zip$/.test(each))) {
      execFileSync('unzip', ['-tq', file]);
      execFileSync('unzip', ['-q', path.basename(file)], {
        cwd: path.dirname(file),
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, LC_ALL: 'C.UTF-8' },
      });
      fs.rmSync(file);
    }
    const rest = files().filter((each) => !/\/_index-[0-9a-f]{16}\.jsonl$/.test(each));
    return Object.fromEntries(
      rest.map((each) => [path.relative(root, each), fs.readFileSync(each, 'utf8')]),
    );
  } finally {
    fs.rmSync(root, { recursive: true });
  }
}

const KEYS = [
  ...Array.from({ length: 30 }, (_, i) => `incoming/eu/orders-${i}-2026-11-24.csv`),
  'incoming/a b+c%d&e?-2026-11-24.txt',
  'incoming/日本/ü-2026-11-24.json',
  'incoming/\u{1f600}-2026-11-24',
  'incoming/.hidden-2026-11-24',
  'incoming/quote\'"-2026-11-24',
  'incoming/deep/er/and/deeper/x-2026-11-24.log',
  'incoming/-rf-2026-11-24',
  'incoming/*-2026-11-24',
];

test('unzipped where they lie, the packs of a run are the tree of a run without packing', async () => {
  const packer = await archiver({ packing: zip });
  const mover = await archiver();
  for (const each of [packer, mover]) {
    KEYS.forEach((key) => each.put(key));
    each.put('incoming/empty-2026-11-24', '');
    each.put('incoming/large-2026-11-24.bin', 'x'.repeat(2 ** 20 + 1));
    each.put('incoming/other-2026-11-23.csv');
  }
  const result = await packer.sandbox.run({ input: DAY });
  const counts = {
    listed: KEYS.length + 3,
    archived: KEYS.length + 2,
    skipped: 1,
    conflicting: 0,
    failed: 0,
  };
  expect(result).toMatchObject({ status: 'SUCCEEDED', counts, alerts: [] });
  expect(await mover.sandbox.run({ input: DAY })).toMatchObject({ status: 'SUCCEEDED', counts });
  expect(packer.source()).toEqual(['incoming/other-2026-11-23.csv']);
  expect(Object.keys(packer.archive()).filter((key) => key.endsWith('.zip'))).toHaveLength(1);
  expect(unzipAll(packer)).toEqual(mover.archive());
});

test(
  'a deep verification says what reading the packs costs in the class of the archive, and ' +
    'so does its dry run',
  async () => {
    const it = await archiver({
      packing: zip,
      storageClass: StorageClass.GLACIER_INSTANT_RETRIEVAL,
    });
    const {
      sandbox,
      sandbox: { s3, reportBucket },
    } = it;
    for (let i = 0; i < 40; i++) {
      it.put(`incoming/${i}-2026-11-24.csv`, 'x'.repeat(100_000));
    }
    it.put('incoming/large-2026-11-24.bin', 'x'.repeat(2 ** 20 + 1));
    await sandbox.run({ input: DAY });
    const verify = async (dryRun: boolean) => {
      const { report } = await sandbox.run({
        input: { action: 'verify', ...DAY, deep: true, dryRun },
      });
      const { retrieved, requests } = s3!.bill;
      const { cost, requests: counted } = JSON.parse(
        s3!.store.get(reportBucket, report!.key)!.body.bytes().toString(),
      ) as VerificationReport;
      return {
        retrieved,
        requests,
        counted,
        usd: Object.fromEntries(cost.items.map(({ what, usd }) => [what, usd])),
      };
    };
    const dry = await verify(true);
    const real = await verify(false);
    // Of 4 MB, at $0.03 for a GB, and two looks at objects and a GET at $0.01 for a thousand.
    expect(real.retrieved).toEqual({ GLACIER_IR: expect.closeTo(4_000_000, -5) });
    expect(real.usd['S3: GB retrieved from GLACIER_IR']).toBeCloseTo(
      (real.retrieved.GLACIER_IR / 1024 ** 3) * 0.03,
      6,
    );
    expect(real.usd['S3: reads']).toBeGreaterThan((3 * 0.01) / 1_000);
    expect(real.counted).toMatchObject({ HeadObject: 2 });
    for (const what of ['S3: GB retrieved from GLACIER_IR', 'S3: reads']) {
      expect([what, dry.usd[what]]).toEqual([what, real.usd[what]]);
    }
  },
);

test('a layout of hours has packs of hours', async () => {
  const props = {
    layout: ArchiveLayout.of('yyyy/MM/dd/HH/'),
    dateSource: DateSource.objectName("yyyy-MM-dd'T'HH"),
  };
  const packer = await archiver({ ...props, packing: zip });
  const mover = await archiver(props);
  for (const each of [packer, mover]) {
    for (let i = 0; i < 12; i++) {
      each.put(`incoming/${i}-2026-11-24T0${i % 3}.csv`);
    }
  }
  for (const each of [packer, mover]) {
    expect(await each.sandbox.run({ input: DAY })).toMatchObject({
      status: 'SUCCEEDED',
      counts: { archived: 12 },
    });
  }
  expect(
    Object.keys(packer.archive())
      .filter((key) => key.endsWith('.zip'))
      .map((key) => path.dirname(key)),
  ).toEqual([0, 1, 2].map((hour) => `archive/2026/11/24/0${hour}`));
  expect(unzipAll(packer)).toEqual(mover.archive());
});

test('a key that comes again with other content is in a later pack, and nothing is replaced', async () => {
  const packer = await archiver({ packing: zip });
  const keys = KEYS.slice(0, 5);
  keys.forEach((key) => packer.put(key));
  await packer.sandbox.run({ input: DAY, name: 'first' });
  keys.forEach((key) => packer.put(key, `again ${key}`));
  const again = await packer.sandbox.run({ input: DAY, name: 'second' });
  expect(again).toMatchObject({ status: 'SUCCEEDED', counts: { archived: 5, conflicting: 0 } });
  expect(Object.keys(packer.archive()).filter((key) => key.endsWith('.zip'))).toHaveLength(2);
  expect(await packer.sandbox.run({ input: { action: 'verify', ...DAY } })).toMatchObject({
    status: 'SUCCEEDED',
    counts: { listed: 10, present: 10 },
  });
});

test('the estimate of a dry run has the requests of the run', async () => {
  const evening = await archiver({
    packing: Packing.zip({ maxObjectSize: Size.kibibytes(1), maxPackSize: Size.mebibytes(1) }),
  });
  for (let i = 0; i < 3_000; i++) {
    evening.put(`incoming/${i}-2026-11-24.csv`);
  }
  evening.put('incoming/large-2026-11-24.bin', 'x'.repeat(2_000));
  const dry = await evening.sandbox.run({ input: { ...DAY, dryRun: true } });
  const report = JSON.parse(
    evening.sandbox
      .s3!.store.get(evening.sandbox.reportBucket, dry.report!.key)!
      .body.bytes()
      .toString(),
  ) as Report;
  expect(evening.source()).toHaveLength(3_001);
  const real = await evening.sandbox.run({ input: DAY });
  expect(real).toMatchObject({ status: 'SUCCEEDED', counts: { archived: 3_001 } });
  const { byOperation } = report.estimate!.requests;
  for (const operation of ['PutObject', 'HeadObject', 'GetObjectTagging', 'CopyObject']) {
    expect([operation, real.requests[operation]]).toEqual([operation, byOperation[operation]]);
  }
  // The report reads the parts of the ledger that have the slowest objects. Which these are, the
  // machine decides, and the estimate takes all.
  const parts = evening.sandbox
    .s3!.store.keys(evening.sandbox.reportBucket)
    .filter((key) => key.includes('/ledger/')).length;
  // A batch whose deletes take more than a second, as they may where two share the rate, looks at
  // its ledger again: a LIST, and a GET for each of its two parts.
  const looks = real.requests.ListObjectsV2! - byOperation.ListObjectsV2!;
  expect([0, 1, 2, 3]).toContain(looks);
  expect(real.requests.GetObject).toBeLessThanOrEqual(byOperation.GetObject! + 2 * looks);
  expect(real.requests.GetObject).toBeGreaterThanOrEqual(byOperation.GetObject! - parts);
  expect(parts).toBeLessThan(20);
});

test.each([AlertMode.EVERY_RUN, AlertMode.PROBLEMS])(
  'a run that comes too late, as the second of two at once, says so, and not that it found no ' +
    'objects (%s)',
  async (alertMode) => {
    const it = await rehearse(
      { packing: zip, alertMode },
      {
        s3: {
          hooks: {
            // The plan of this run names all objects. Another run has packed them meanwhile.
            before: ({ operation, key = '' }) => {
              if (operation === 'GetObject' && KEYS.includes(key)) {
                const { sourceBucket, s3 } = it.sandbox;
                KEYS.forEach((each) => s3!.store.delete(sourceBucket, each));
              }
              return undefined;
            },
          },
        },
      },
    );
    open.push(it);
    KEYS.forEach((key) => it.put(key));
    it.put('incoming/other-2026-11-20.csv');
    const late = await it.sandbox.run({ input: DAY });
    const { length: count } = KEYS;
    expect(late).toMatchObject({
      status: 'SUCCEEDED',
      counts: { listed: count + 1, archived: 0, skipped: count + 1, conflicting: 0, failed: 0 },
    });
    const { store } = it.sandbox.s3!;
    const read = (key: string) => store.get(it.sandbox.reportBucket, key)!.body.bytes().toString();
    const report = JSON.parse(read(late.report!.key)) as Report;
    expect(report).toMatchObject({
      outcome: 'CLEAN',
      skipReasons: { 'outside-window': 1 },
      notes: { gone: { count, reasons: { REMOVED: count }, examples: expect.any(Array) } },
    });
    const sentence = `${count} objects were gone when this run came to them`;
    const texts = [
      read(late.report!.key.replace('.json', '.html')),
      ...late.alerts.map(({ message }) => message),
    ];
    expect(texts).toHaveLength(alertMode === AlertMode.EVERY_RUN ? 2 : 1);
    for (const text of texts) {
      expect(text).toContain(sentence);
      expect(text).toContain(`gone before this run came to them: ${count}`);
      expect(text.toLowerCase()).not.toContain('found no objects');
    }
  },
);
