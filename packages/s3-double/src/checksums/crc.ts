import { Crc32cJs, Crc64NvmeJs } from '@aws-sdk/checksums/crc';

/**
 * CRC-32C and CRC-64/NVME, which Node.js lacks; S3's page "Checking object integrity" names them.
 * The SDK computes them, but its `digest()` is a promise, and an operation of the double must be
 * done at once. So these functions read the private registers, which `digest()` would only invert.
 * The tests hold the results to the published check values.
 */
export function crc32c(chunks: Iterable<Uint8Array>): Buffer {
  const { crc } = update(new Crc32cJs(), chunks) as unknown as { readonly crc: number };
  return invert(crc);
}

export function crc64nvme(chunks: Iterable<Uint8Array>): Buffer {
  const { c1, c2 } = update(new Crc64NvmeJs(), chunks) as unknown as {
    readonly c1: number;
    readonly c2: number;
  };
  return Buffer.concat([invert(c1), invert(c2)]);
}

function update<T extends Crc32cJs | Crc64NvmeJs>(crc: T, chunks: Iterable<Uint8Array>): T {
  for (const chunk of chunks) {
    crc.update(chunk);
  }
  return crc;
}

/** The complement of 32 bits, most significant byte first. */
function invert(register: number): Buffer {
  const digest = Buffer.alloc(4);
  // eslint-disable-next-line no-bitwise
  digest.writeUInt32BE(~register >>> 0);
  return digest;
}
