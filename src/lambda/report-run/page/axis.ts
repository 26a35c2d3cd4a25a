/** The ticks of a chart's y-axis. */

/** More ticks would touch each other on a phone. */
const MAX_STEPS = 4;

/** Returns ticks from 0 to at least `max`, at equal distances of 1, 2 or 5 times a power of ten. `max` is above 0. */
export function getTicks(max: number): number[] {
  const power = Math.floor(Math.log10(max / MAX_STEPS));
  // A divisor, because 10 ** -1 is not a tenth exactly: 3 * 0.1 is 0.30000000000000004, and 3 / 10 is 0.3.
  const scale = (value: number) => (power < 0 ? value / 10 ** -power : value * 10 ** power);
  const step = [1, 2, 5, 10].find((each) => scale(each) * MAX_STEPS >= max)!;
  const steps = Math.ceil(max / scale(step));
  return Array.from({ length: steps + 1 }, (_, index) => scale(step * index));
}
