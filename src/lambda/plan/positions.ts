/** A set of a child's objects, as bits in Base64, because a state has only 256 KiB. */

export function toBits(positions: readonly number[]): string {
  const length = Math.max(0, ...positions.map((position) => position + 1));
  const bytes = Buffer.alloc(Math.ceil(length / 8));
  for (const position of new Set(positions)) {
    bytes[Math.floor(position / 8)] += 2 ** (position % 8);
  }
  return bytes.toString('base64');
}

/** @param text unset: none of them */
export function readBits(text = ''): (position: number) => boolean {
  const bytes = Buffer.from(text, 'base64');
  return (position) => {
    const byte = bytes[Math.floor(position / 8)] ?? 0;
    return Math.floor(byte / 2 ** (position % 8)) % 2 === 1;
  };
}
