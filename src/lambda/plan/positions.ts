/** Which of a child's objects something is true of, as bits in Base64: a state has 256 KiB. */

export function toBits(positions: readonly number[]): string {
  const bits = Buffer.alloc(Math.ceil((Math.max(-1, ...positions) + 1) / 8));
  for (const position of positions) {
    bits[position >> 3] |= 1 << (position & 7);
  }
  return bits.toString('base64');
}

/** @param text unset: none of them */
export function readBits(text = ''): (position: number) => boolean {
  const bits = Buffer.from(text, 'base64');
  return (position) => ((bits[position >> 3] ?? 0) & (1 << (position & 7))) !== 0;
}
