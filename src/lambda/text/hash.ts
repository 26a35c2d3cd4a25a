import { createHash } from 'node:crypto';

/** Returns hexadecimal digits. */
export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/**
 * Returns 52 bits, which a number holds exactly. Among two million texts, the chance that two have
 * the same hash is about one in two thousand.
 */
export function hash(text: string): number {
  const digest = createHash('sha256').update(text).digest();
  return digest.readUInt32BE(0) * 2 ** 20 + (digest.readUInt32BE(4) % 2 ** 20);
}
