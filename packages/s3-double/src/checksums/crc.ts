import { Crc32cJs, Crc64NvmeJs } from '@aws-sdk/checksums/crc';

/**
 * CRC-32C and CRC-64/NVME, which Node.js lacks; S3's page "Checking object integrity" names them. The SDK computes
 * them. Its `digest()` is a promise, and an operation of the double must not be interrupted: these functions read the
 * register instead, which `digest()` would only invert.
 */
export function crc32c(chunks: Iterable<Uint8Array>): Buffer {
  const crc = new Crc32cJs();
  for (const chunk of chunks) { crc.update(chunk); }
  return invert(crc.crc);
}

export function crc64nvme(chunks: Iterable<Uint8Array>): Buffer {
  const crc = new Crc64NvmeJs();
  for (const chunk of chunks) { crc.update(chunk); }
  return Buffer.concat([invert(crc.c1), invert(crc.c2)]);
}

/** The complement of 32 bits, most significant byte first. */
function invert(register: number): Buffer {
  const digest = Buffer.alloc(4);
  // eslint-disable-next-line no-bitwise
  digest.writeUInt32BE(~register >>> 0);
  return digest;
}
