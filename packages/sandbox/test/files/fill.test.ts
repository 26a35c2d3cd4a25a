import * as fs from 'node:fs';
import * as path from 'node:path';
import { startS3, type S3Double } from 'cdk-s3-dated-archiver-s3-double';
import { accessStore } from '../../src/files/bucket-access';
import { fillBucket } from '../../src/files/fill';
import { cleanUp, temporaryDirectory } from '../fixtures/assembly';

let double: S3Double;
let folder: string;
beforeEach(async () => {
  double = await startS3();
  double.store.createBucket('data');
  folder = temporaryDirectory();
});
afterEach(() => double.close());
afterAll(cleanUp);

function write(name: string, content = name): void {
  fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  fs.writeFileSync(path.join(folder, name), content);
}

const fill = () => fillBucket(accessStore(double.store), 'data', folder, 'incoming/');

test('keys are paths relative to the folder, with names as they are', async () => {
  const names = [
    'incoming/eu/orders-2026-11-24.csv',
    'incoming/odd/🚀 é"\'&+%41.txt',
    'incoming/tab\there',
    'outside.txt',
    '.hidden',
  ];
  names.forEach((name) => write(name));
  fs.mkdirSync(path.join(folder, 'empty'));
  expect(await fill()).toEqual({
    objects: 5,
    bytes: Buffer.byteLength(names.join('')),
    belowPrefix: 3,
    leftOut: [],
  });
  expect(double.store.keys('data').sort()).toEqual([...names].sort());
  for (const name of names) {
    expect(double.store.get('data', name)!.body.bytes().toString()).toBe(name);
  }
});

test('an object was modified when its file was, so that lastModified can be tried', async () => {
  write('a');
  fs.utimesSync(
    path.join(folder, 'a'),
    new Date('2026-11-24T12:00:00Z'),
    new Date('2026-11-24T13:00:00Z'),
  );
  await fill();
  expect(new Date(double.store.get('data', 'a')!.lastModified).toISOString()).toBe(
    '2026-11-24T13:00:00.000Z',
  );
});

test(
  'links to files are followed; links to folders, which may be circles, are left out and ' +
    'named',
  async () => {
    write('real');
    fs.symlinkSync(path.join(folder, 'real'), path.join(folder, 'link'));
    fs.symlinkSync(folder, path.join(folder, 'circle'));
    fs.symlinkSync(path.join(folder, 'absent'), path.join(folder, 'broken'));
    expect(await fill()).toMatchObject({ objects: 2, leftOut: ['broken', 'circle'] });
    expect(double.store.keys('data')).toEqual(['link', 'real']);
  },
);

test('a name that is no key is said in one sentence', async () => {
  fs.writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0x61, 0xff])]), 'x');
  await expect(fill()).rejects.toThrow(/the name of the file aÿ is not UTF-8/);
});

test('a path that is longer than a key is said in one sentence', async () => {
  write(`${'x'.repeat(200)}/`.repeat(6) + 'y');
  await expect(fill()).rejects.toThrow(/has 1207 bytes, but a key of S3 has at most 1024/);
});
