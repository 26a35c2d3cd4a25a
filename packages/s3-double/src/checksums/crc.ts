/* eslint-disable no-bitwise -- cyclic redundancy checks are shifts and exclusive ors */

/** CRC32C and CRC64NVME, which Node lacks; S3's page "Checking object integrity" names them. */

type Chunks = Iterable<Uint8Array>;

const CRC32C_POLYNOMIAL = 0x82f63b78;
const CRC64NVME_POLYNOMIAL = 0x9a6c9329ac4bc9b5n;

let crc32cTable: Uint32Array | undefined;
let crc64Table: { high: Uint32Array; low: Uint32Array } | undefined;

export function crc32c(chunks: Chunks): Buffer {
  const table = (crc32cTable ??= buildCrc32cTable());
  let crc = 0xffffffff;
  for (const chunk of chunks) {
    for (let i = 0; i < chunk.length; i++) {
      crc = (crc >>> 8) ^ table[(crc ^ chunk[i]) & 0xff];
    }
  }
  const digest = Buffer.alloc(4);
  digest.writeUInt32BE(~crc >>> 0);
  return digest;
}

/** In two halves of 32 bits: big integers would be fifty times slower. */
export function crc64nvme(chunks: Chunks): Buffer {
  const table = (crc64Table ??= buildCrc64Table());
  let high = 0xffffffff;
  let low = 0xffffffff;
  for (const chunk of chunks) {
    for (let i = 0; i < chunk.length; i++) {
      const index = (low ^ chunk[i]) & 0xff;
      low = ((low >>> 8) | (high << 24)) ^ table.low[index];
      high = (high >>> 8) ^ table.high[index];
    }
  }
  const digest = Buffer.alloc(8);
  digest.writeUInt32BE(~high >>> 0, 0);
  digest.writeUInt32BE(~low >>> 0, 4);
  return digest;
}

function buildCrc32cTable(): Uint32Array {
  const table = new Uint32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) {
      crc = crc & 1 ? (crc >>> 1) ^ CRC32C_POLYNOMIAL : crc >>> 1;
    }
    table[byte] = crc >>> 0;
  }
  return table;
}

function buildCrc64Table(): { high: Uint32Array; low: Uint32Array } {
  const high = new Uint32Array(256);
  const low = new Uint32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = BigInt(byte);
    for (let bit = 0; bit < 8; bit++) {
      crc = crc & 1n ? (crc >> 1n) ^ CRC64NVME_POLYNOMIAL : crc >> 1n;
    }
    high[byte] = Number(crc >> 32n);
    low[byte] = Number(crc & 0xffffffffn);
  }
  return { high, low };
}
