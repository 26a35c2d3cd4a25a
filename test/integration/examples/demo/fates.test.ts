import { fateLines, fateOf } from '../../../../examples/demo/fates';
import { createScene } from '../../../../examples/demo/seed';

test.each([
  [{}, 'LOST'],
  [{ in: 'A' }, 'left alone'],
  [{ out: 'A' }, 'archived'],
  [{ in: 'A', out: 'A' }, 'HALF-MOVED'],
  [{ in: 'B', out: 'A' }, 'both contents kept'],
])('the fate of an object with %j is %s', (bucket, fate) => {
  expect(fateOf('in', 'out', new Map(Object.entries(bucket)))).toBe(fate);
});

test('the demo has an object for every trap that it shows', () => {
  const scene = createScene(0);
  const before = new Map(scene.incoming.map(({ key }) => [key, key]));
  expect(fateLines(scene, before).filter((line) => line.endsWith('LOST'))).toEqual([]);
});
