import { addSeen, SeenVersions } from '../../../../src/actions/verify/lambda/seen-versions';

const version = (identity: string, size = 1) => ({ identity, size });

test('a version that another list has counts once, with its bytes', () => {
  const seen = new SeenVersions();
  seen.add(addSeen(addSeen('', [version('a', 2 ** 40), version('b', 5)]), [version('c', 7)]));
  seen.add(addSeen('', [version('c', 7), version('d'), version('a', 2 ** 40)]));
  expect([seen.repeated, seen.repeatedBytes, seen.notCompared]).toEqual([2, 2 ** 40 + 7, 0]);
});

test('an empty list has nothing', () => {
  const seen = new SeenVersions();
  seen.add(addSeen('', []));
  expect(seen).toMatchObject({ repeated: 0, notCompared: 0 });
});

test('versions that do not fit any more are counted, and it is known how many', () => {
  const seen = new SeenVersions(2);
  seen.add(
    addSeen(
      '',
      ['a', 'b', 'c', 'a', 'c'].map((name) => version(name)),
    ),
  );
  expect([seen.repeated, seen.notCompared]).toEqual([1, 2]);
});

test('a list of a child fits into its state, however many versions half a mebibyte of lines has', () => {
  const versions = Array.from({ length: (512 * 1024) / 200 }, (_, i) => version(String(i)));
  expect(addSeen('', versions).length).toBeLessThan(64 * 1024);
});
