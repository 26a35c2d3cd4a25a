import { BUCKET, DESTINATION, judge, seed, selectedNames, type Shape, SOURCE } from './dataset';
import { type S3Double, startS3 } from '../packages/s3-double/src';

const SHAPE: Shape = { objects: 6, traps: true };

let double: S3Double;
beforeEach(async () => {
  double = await startS3();
  seed(double.store, SHAPE);
  for (const name of selectedNames(SHAPE)) {
    move(SOURCE + name, DESTINATION + name);
  }
});
afterEach(() => double.close());

function move(from: string, to: string): void {
  const {
    body,
    attributes: { metadata, headers },
  } = double.store.get(BUCKET, from)!;
  double.store.put(BUCKET, to, body, { metadata, headers });
  double.store.delete(BUCKET, from);
}

const [FIRST] = selectedNames(SHAPE);

test('a right result has nothing wrong', () => {
  expect(judge(double.store, BUCKET, SHAPE)).toEqual({});
});

test.each<[string, () => void]>([
  ['lost', () => double.store.delete(BUCKET, DESTINATION + FIRST)],
  ['at another key', () => move(DESTINATION + FIRST, `${DESTINATION}elsewhere`)],
  ['left behind', () => move(DESTINATION + FIRST, SOURCE + FIRST)],
  ['copied, not deleted', () => double.store.put(BUCKET, SOURCE + FIRST, 'still here')],
  [
    'lost',
    () =>
      double.store.put(BUCKET, DESTINATION + FIRST, 'other', {
        metadata: { origin: 'host' },
        headers: { 'content-type': 'text/x-log', 'cache-control': 'no-store' },
      }),
  ],
  [
    'metadata dropped',
    () =>
      double.store.put(
        BUCKET,
        DESTINATION + FIRST,
        double.store.get(BUCKET, DESTINATION + FIRST)!.body,
      ),
  ],
  [
    'moved although of another day',
    () => move(`${SOURCE}2026-11-241-longer.log`, `${DESTINATION}2026-11-241-longer.log`),
  ],
  [
    'overwrote an archived object',
    () => move(`${SOURCE}2026-11-24-taken.log`, `${DESTINATION}2026-11-24-taken.log`),
  ],
])('%s is found', (wrong, spoil) => {
  spoil();
  expect(judge(double.store, BUCKET, SHAPE)).toEqual({ [wrong]: 1 });
});

test('keys in the archive are as long as the shape says, and one of so many is of the day', () => {
  const names = selectedNames({
    objects: 100,
    traps: false,
    every: 10,
    folders: 7,
    keyBytes: 1024,
  });
  expect(names).toHaveLength(10);
  expect(new Set(names.map((name) => Buffer.byteLength(DESTINATION + name)))).toEqual(
    new Set([1024]),
  );
});
