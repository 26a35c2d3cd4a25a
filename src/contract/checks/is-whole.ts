export function isWhole(min: number, max = Infinity): (value: number) => boolean {
  return (value) => Number.isInteger(value) && value >= min && value <= max;
}
