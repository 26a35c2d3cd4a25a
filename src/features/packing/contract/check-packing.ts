const KIB = 1024;
const MIB = 1024 ** 2;
/** A pack is in memory as a whole, and a function has at most 10,240 MiB. */
export const MAX_PACK_SIZE = 512 * MIB;

export interface PackingSettings {
  /** Bytes. */
  readonly maxObjectSize: number;
  /** Bytes. */
  readonly maxPackSize: number;
  /** Unset: one object of each folder is asked for its tags. */
  readonly askTags?: boolean;
}

export function checkPacking({ maxObjectSize, maxPackSize }: PackingSettings): void {
  if (!(Number.isInteger(maxPackSize) && maxPackSize >= MIB && maxPackSize <= MAX_PACK_SIZE)) {
    throw new Error(
      `maxPackSize of Packing.zip() is ${maxPackSize} bytes and must be from 1 MiB to 512 MiB: ` +
        'a pack is put from memory, with one request',
    );
  }
  if (!(
    Number.isInteger(maxObjectSize) &&
    maxObjectSize >= KIB &&
    maxObjectSize <= maxPackSize / 2
  )) {
    throw new Error(
      `maxObjectSize of Packing.zip() is ${maxObjectSize} bytes and must be from 1 KiB to half ` +
        `of maxPackSize, which is ${maxPackSize} bytes: larger objects are moved`,
    );
  }
}
