import fc from 'fast-check';
import { getTicks } from '../../../../../src/lambda/report-run/report/charts';

test.each([
  [171, [0, 50, 100, 150, 200]],
  [200, [0, 50, 100, 150, 200]],
  [201, [0, 100, 200, 300]],
  [1, [0, 0.5, 1]],
  [3, [0, 1, 2, 3]],
  [1_500, [0, 500, 1_000, 1_500]],
  [0.3, [0, 0.1, 0.2, 0.3]],
  [0.02, [0, 0.005, 0.01, 0.015, 0.02]],
])('the axis of a peak of %s per second', (max, ticks) => {
  expect(getTicks(max)).toEqual(ticks);
});

test(
  'the axis of any peak begins with 0, ends at the peak or less than one step above it, and has ' +
    'at most five ticks',
  () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-4, max: 1e6, noNaN: true }), (max) => {
        const ticks = getTicks(max);
        const [top, below] = [ticks[ticks.length - 1], ticks[ticks.length - 2]];
        expect(ticks[0]).toBe(0);
        expect(ticks.length).toBeLessThanOrEqual(5);
        expect(top).toBeGreaterThanOrEqual(max);
        expect(below).toBeLessThan(max);
        // No reader wants 0.30000000000000004.
        ticks.slice(1).forEach((tick) => expect(String(tick)).toMatch(/^[\d.]{1,8}$/));
      }),
    );
  },
);
