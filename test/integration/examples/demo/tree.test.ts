import { treeLines } from '../../../../examples/demo/tree';

function rows(lines: string[]): (string | number)[][] {
  return lines.map((line) =>
    line
      .trim()
      .split(/\s{2,}/)
      .map((cell, at) => (at === 0 ? cell : Number(cell.replace(/,/g, '')))),
  );
}

test('the tree counts the objects of each folder before and after', () => {
  const before = ['in/a/1', 'in/a/2', 'in/a/deep/3', 'in/b/1', 'out/x'];
  const after = ['in/a/1', 'in/c/1', 'out/y'];
  expect(rows(treeLines('in/', 1, before, after))).toEqual([
    ['in/', 4, 2],
    ['a/', 3, 1],
    ['b/', 1, 0],
    ['c/', 0, 1],
  ]);
});

test('the tree shows folders down to the given depth', () => {
  expect(rows(treeLines('out/', 2, [], ['out/2026/11/a', 'out/2026/12/b/c']))).toEqual([
    ['out/', 0, 2],
    ['2026/11/', 0, 1],
    ['2026/12/', 0, 1],
  ]);
});

test('the tree shows many folders as one line, and counts all their objects', () => {
  const keys = Array.from({ length: 1_500 }, (_, n) => `in/folder-${n % 20}/${n}`);
  const lines = rows(treeLines('in/', 1, keys, []));
  expect(lines).toHaveLength(7);
  expect(lines[0]).toEqual(['in/', 1_500, 0]);
  expect(lines[6]).toEqual(['15 more folders', 1_125, 0]);
});
