import { createHash } from 'node:crypto';

/** In hexadecimal digits. */
export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/**
 * 52 bits, which are a number without loss: of two million texts, two have the same hash once in
 * some two thousand cases.
 */
export function hash(text: string): number {
  const digest = createHash('sha256').update(text).digest();
  return digest.readUInt32BE(0) * 2 ** 20 + (digest.readUInt32BE(4) % 2 ** 20);
}
