import * as fs from 'node:fs';
import * as path from 'node:path';
import { startS3, type S3Double } from 'cdk-s3-dated-archiver-s3-double';
import { accessEndpoint, accessStore, type BucketAccess } from '../../src/files/bucket-access';
import { checkOut, writeOut } from '../../src/files/write-out';
import { s3Client } from '../../src/s3-backend/s3-service';
import { cleanUp, temporaryDirectory } from '../fixtures/assembly';

let double: S3Double;
let directory: string;
beforeEach(async () => {
  double = await startS3();
  double.store.createBucket('data');
  directory = path.join(temporaryDirectory(), 'out');
});
afterEach(() => double.close());
afterAll(cleanUp);

const inStore = () => accessStore(double.store);
const overHttp = () =>
  accessEndpoint(
    s3Client(
      {
        ...double,
        endpoint: double.endpoint,
        credentialsFor: () => ({ accessKeyId: 'a', secretAccessKey: 'b' }),
      },
      'us-east-1',
      'sandbox',
    ),
  );

function filesBelow(folder: string): string[] {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
}

const NAMES = [
  'a.txt',
  'folder/b.txt',
  'odd/plus+percent%41 🚀é"\'&<>.txt',
  'odd/tab\tline\nbreak',
  'odd/..two dots..',
  '%2e%2e/encoded',
];

test.each<[string, () => BucketAccess]>([
  ['the embedded S3', inStore],
  ['another S3', overHttp],
])('each bucket of %s is a folder, with a file for each object', async (_what, access) => {
  double.store.createBucket('reports');
  for (const key of NAMES) {
    double.store.put('data', key, `content of ${key}`);
  }
  double.store.put('reports', 'runs/report.html', '<html>');
  expect(await writeOut(access(), directory, ['data', 'reports'])).toEqual({
    objects: NAMES.length + 1,
    notWritten: [],
  });
  expect(filesBelow(path.join(directory, 'data'))).toEqual([...NAMES].sort());
  for (const key of NAMES) {
    expect(fs.readFileSync(path.join(directory, 'data', key), 'utf8')).toBe(`content of ${key}`);
  }
  expect(filesBelow(path.join(directory, 'reports'))).toEqual(['runs/report.html']);
});

test.each([
  ['../outside', 'a segment . or ..'],
  ['../../outside', 'a segment . or ..'],
  ['in/../../outside', 'a segment . or ..'],
  ['..', 'a segment . or ..'],
  ['./here', 'a segment . or ..'],
  ['/etc/outside', 'an empty segment'],
  ['a//b', 'an empty segment'],
  ['a//', 'an empty segment'],
  ['/', 'an empty segment'],
  ['nul\0', 'a NUL character'],
  [`${'x'.repeat(300)}`, 'longer than a file name'],
])('%j becomes no file, and is named', async (key, why) => {
  double.store.put('data', key, 'hostile');
  double.store.put('data', 'fine', 'content');
  const { objects, notWritten } = await writeOut(inStore(), directory, ['data']);
  expect([objects, notWritten]).toEqual([
    1,
    [{ bucket: 'data', key, why: expect.stringContaining(why) }],
  ]);
  expect(filesBelow(path.dirname(directory))).toEqual([
    'out/.cdk-s3-dated-archiver-sandbox.json',
    'out/data/fine',
  ]);
});

test('where two keys need one name, the first one has it', async () => {
  for (const key of ['a', 'a/b', 'a/b/c', 'marker/', 'marker/x']) {
    double.store.put('data', key, key.endsWith('/') ? '' : key);
  }
  const { objects, notWritten } = await writeOut(inStore(), directory, ['data']);
  expect([objects, notWritten.map(({ key }) => key)]).toEqual([3, ['a/b', 'a/b/c']]);
  expect(filesBelow(path.join(directory, 'data'))).toEqual(['a', 'marker/x']);
});

test('what an earlier run wrote is replaced, with nothing left of it', async () => {
  double.store.put('data', 'old', 'x');
  await writeOut(inStore(), directory, ['data']);
  double.store.delete('data', 'old');
  double.store.put('data', 'new', 'x');
  await writeOut(inStore(), directory, ['data']);
  expect(filesBelow(path.join(directory, 'data'))).toEqual(['new']);
});

test('a file that no run wrote is not replaced: the bucket may have been filled with it', async () => {
  fs.mkdirSync(path.join(directory, 'data'), { recursive: true });
  fs.writeFileSync(path.join(directory, 'data', 'mine'), 'precious');
  expect(() => checkOut(directory, ['data'])).toThrow(
    /has data, which this command did not write and will not replace/,
  );
  await expect(writeOut(inStore(), directory, ['data'])).rejects.toThrow('will not replace');
  expect(fs.readFileSync(path.join(directory, 'data', 'mine'), 'utf8')).toBe('precious');
});

test("a link in the place of a bucket's folder leads nowhere", async () => {
  const outside = temporaryDirectory();
  fs.mkdirSync(directory);
  fs.symlinkSync(outside, path.join(directory, 'data'));
  double.store.put('data', 'key', 'x');
  await expect(writeOut(inStore(), directory, ['data'])).rejects.toThrow('will not replace');
  expect(fs.readdirSync(outside)).toEqual([]);
});

describe('what an earlier run did not write is not followed', () => {
  const MARKER = '.cdk-s3-dated-archiver-sandbox.json';

  test('a link in the place of the marker: what it leads to is neither read nor overwritten', async () => {
    const precious = path.join(temporaryDirectory(), 'precious.json');
    fs.writeFileSync(precious, '{"buckets":["data"]}');
    fs.mkdirSync(path.join(directory, 'data'), { recursive: true });
    fs.writeFileSync(path.join(directory, 'data', 'mine'), 'precious');
    fs.symlinkSync(precious, path.join(directory, MARKER));
    for (const buckets of [['data'], ['reports']]) {
      expect(() => checkOut(directory, buckets)).toThrow(
        /\.cdk-s3-dated-archiver-sandbox\.json is a link, .* give another directory/,
      );
      await expect(writeOut(inStore(), directory, buckets)).rejects.toThrow('is a link');
    }
    expect([
      fs.readFileSync(precious, 'utf8'),
      fs.readFileSync(path.join(directory, 'data', 'mine'), 'utf8'),
    ]).toEqual(['{"buckets":["data"]}', 'precious']);
  });

  test('a link that leads to nothing yet', async () => {
    const absent = path.join(temporaryDirectory(), 'absent.json');
    fs.mkdirSync(directory);
    fs.symlinkSync(absent, path.join(directory, MARKER));
    await expect(writeOut(inStore(), directory, ['data'])).rejects.toThrow('is a link');
    expect(fs.existsSync(absent)).toBe(false);
  });

  test("a link in the place of a bucket's folder that leads to nothing yet", async () => {
    fs.mkdirSync(directory);
    fs.symlinkSync(path.join(temporaryDirectory(), 'absent'), path.join(directory, 'data'));
    await expect(writeOut(inStore(), directory, ['data'])).rejects.toThrow('will not replace');
  });
});
