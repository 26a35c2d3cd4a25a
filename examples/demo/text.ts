export function count(n: number): string {
  return n.toLocaleString('en-US');
}

export function usd(amount: number): string {
  return `$${amount.toFixed(amount < 1 ? 4 : 2)}`;
}

/** `1.0002`, or `0.0013`: enough digits to see what a batch saves. */
export function ratio(part: number, whole: number): string {
  return (part / whole).toFixed(4);
}
