/**
 * Commands of pages, typed into a shell with the AWS CLI, on objects that would show a mistake: a
 * day in the ledgers of several runs, packs, dry runs, and times of modification that look like the
 * day. It needs the AWS CLI and jq.
 */
import { chmodSync, copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { path7za } from '7zip-bin';
import { synthesize } from '../../../../../examples/demo/synth';
import { Packing } from '../../../../../src';
import { rehearse, type Rehearsal } from '../../../../helpers/run-in-sandbox';
import { findUnknown, type as typeInto } from '../shell';

jest.setTimeout(120_000);

const ROOT = path.resolve(__dirname, '../../../../..');
const DAY = '2026-11-24';
const LARGE = 'x'.repeat(2 * 1024 ** 2);
let it: Rehearsal;
let folder: string;

beforeAll(async () => {
  it = await rehearse({ packing: Packing.zip() });
});
afterAll(() => it.close());
beforeEach(() => {
  it.startOver();
  folder = mkdtempSync(path.join(tmpdir(), 'commands-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const read = (page: string) => readFileSync(path.join(ROOT, 'docs', page), 'utf8');

/** The one fence of a page that has this text. */
function fenceOf(page: string, text: string): string {
  const fences = [...read(page).matchAll(/^( *)```sh[^\n]*\n(.*?)^ *```$/gms)].map(
    ([, indent, code]) => code.replace(new RegExp(`^${indent}`, 'gm'), ''),
  );
  const found = fences.filter((code) => code.includes(text));
  expect(found).toHaveLength(1);
  return found[0];
}

/** Types what a page has, with the names of these buckets. */
async function type(commands: string): Promise<string> {
  const { s3Endpoint, sourceBucket, destinationBucket, reportBucket } = it.sandbox;
  const names: Record<string, string> = {
    REPORT_BUCKET: reportBucket,
    BUCKET: reportBucket,
    ARCHIVE: destinationBucket,
    SOURCE: sourceBucket,
    data: sourceBucket,
  };
  const script = commands
    .replace(/\bs3:\/\/(\w+)\//g, (_, name: string) => `s3://${names[name]}/`)
    .replace(/--bucket (\w+)/g, (_, name: string) => `--bucket ${names[name]}`);
  const { status, stdout, stderr } = await typeInto(script, folder, s3Endpoint);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
}

const content = (key: string) => (key.includes('large') ? `${key}${LARGE}` : key);
function put(...names: string[]): void {
  for (const name of names) {
    it.put(`incoming/${name}`, content(name));
  }
}
const small = (day: string) => [1, 2, 3, 4].map((n) => `eu/small-${n}-${day}.csv`);

const archive = (input: object, now = '2026-11-26T01:00:00Z') => it.sandbox.run({ input, now });

test('leaving.md: where each object of a day went, whichever run moved it', async () => {
  put(...small('2026-11-23'), ...small(DAY), `large-${DAY}.csv`, 'large-2026-11-25.csv');
  await archive({ from: '2026-11-23', to: '2026-11-25' });
  put(`eu/late-large-${DAY}.csv`);
  await archive({ date: DAY });
  // Another content under the same key stays at the source.
  it.put(`incoming/large-${DAY}.csv`, `other${LARGE}`);
  await archive({ date: DAY });
  put(`eu/never-large-${DAY}.csv`);
  await archive({ date: DAY, dryRun: true });

  const lines = (await type(fenceOf('leaving.md', 'jq'))).trim().split('\n');
  const found = lines.map((line) => JSON.parse(line) as [string, string, string | null]);
  const { store } = it.sandbox.s3!;
  expect(found.map(([key]) => key).sort()).toEqual(
    [...small(DAY), `large-${DAY}.csv`, `eu/late-large-${DAY}.csv`]
      .map((name) => `incoming/${name}`)
      .sort(),
  );
  for (const [key, destination, member] of found) {
    const bytes = store.get(it.sandbox.destinationBucket, destination)!.body.bytes();
    const name = key.slice('incoming/'.length);
    expect({ key, member }).toEqual({ key, member: key.includes('small') ? name : null });
    expect(bytes.includes(content(name))).toBe(true);
  }
});

test('coming-from.md: the dry run counts what the command counts', async () => {
  put(...small(DAY), ...small('2026-11-23'), `eu/large-${DAY}.csv`);
  // What tools take for objects of the day.
  put(`${DAY}/no-date-in-its-name.csv`, `longer-${DAY}1.csv`, `9${DAY}.csv`);
  const { store } = it.sandbox.s3!;
  store.put(it.sandbox.sourceBucket, 'incoming/other-2026-11-20.csv', 'written on the day', {
    lastModified: new Date(`${DAY}T01:00:00Z`),
  });
  const command = fenceOf('coming-from.md', 'list-objects-v2');
  const { counts } = await archive({ date: DAY, dryRun: true });
  expect(counts).toMatchObject({ archived: 5 });
  expect((await type(command)).trim()).toBe(String(counts!.archived));
});

test('packing.md: all objects of all packs of a day', async () => {
  put(...small(DAY), `large-${DAY}.csv`);
  await archive({ date: DAY });
  await type(fenceOf('packing.md', 'sha256sum <'));
  const [pack] = readdirSync(folder).filter((name) => /^pack-[0-9a-f]{16}$/.test(name));
  const expectObjects = (where: string) => {
    for (const name of small(DAY)) {
      expect(readFileSync(path.join(where, name), 'utf8')).toBe(content(name));
    }
  };
  expectObjects(path.join(folder, pack));
  const command = fenceOf('packing.md', '7z x ').replace(/pack-\w+/, pack);
  const program = path.join(folder, '7z');
  copyFileSync(path7za, program);
  chmodSync(program, 0o755);
  await type(`PATH="$PWD:$PATH"\n${command}`);
  expectObjects(folder);
});

test('report.md: all pages of runs, and the notes of a report', async () => {
  put(...small(DAY));
  await archive({ date: DAY });
  await type(fenceOf('report.md', '--include'));
  const { store } = it.sandbox.s3!;
  const pages = store
    .keys(it.sandbox.reportBucket, 'runs/')
    .filter((key) => key.endsWith('.html'))
    .map((key) => key.slice('runs/'.length));
  expect(pages.length).toBeGreaterThan(0);
  const copied = readdirSync(path.join(folder, 'reports'), { recursive: true }).map(String);
  expect(copied.filter((name) => name.endsWith('.html')).sort()).toEqual(pages.sort());
  const report = store
    .keys(it.sandbox.reportBucket, 'runs/')
    .find((key) => /report\.json$/.test(key))!;
  await type(`aws s3 cp s3://BUCKET/${report} report.json`);
  expect(JSON.parse(await type(fenceOf('report.md', 'map_values')))).toEqual({});
  expect(JSON.parse(await type('jq -a .notes report.json'))).toBeNull();
});

test('recipes.md: the statements that the other account adds, in one list', async () => {
  synthesize('other-account', path.join(folder, 'cdk.out'));
  const [, command] = fenceOf('recipes.md', 'resourcePolicy').split(' && ');
  const policies = JSON.parse(await type(command)) as { resource: string }[];
  expect(policies.map(({ resource }) => resource.split(':')[2]).sort()).toEqual(['kms', 's3']);
});

test('runbook.md: what was moved is copied back where no ledger is left, and no pack is', async () => {
  put(...small(DAY), `eu/large-${DAY}.csv`, `large-${DAY}.csv`);
  await archive({ date: DAY });
  const fence = fenceOf('runbook.md', 's3://SOURCE/incoming/');
  const command = /^aws s3 cp .*$/m.exec(fence)![0];
  const newer = 'written since then';
  // An earlier AWS CLI than the page asks for has no such option, and overwrites.
  const unknown = await findUnknown(folder);
  const canKeep = !unknown.some((pattern) => pattern.test(command));
  if (canKeep) {
    it.put(`incoming/large-${DAY}.csv`, newer);
  }
  await type(canKeep ? command : command.replace('--no-overwrite ', ''));
  expect(it.source()).toEqual([`incoming/eu/large-${DAY}.csv`, `incoming/large-${DAY}.csv`]);
  const { store } = it.sandbox.s3!;
  const isNow = store.get(it.sandbox.sourceBucket, `incoming/large-${DAY}.csv`)!.body.bytes();
  expect(isNow.toString()).toBe(canKeep ? newer : content(`large-${DAY}.csv`));
});
