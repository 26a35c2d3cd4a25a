const SLAB_BYTES = 1024 ** 2;
const SMALL_BYTES = SLAB_BYTES / 16;

let slab = Buffer.alloc(0);
let used = 0;

/** A stretch of a block. */
export interface Kept {
  readonly block: Buffer;
  readonly start: number;
  readonly size: number;
}

/**
 * A copy of the content to keep. Small contents lie side by side in large blocks: a million
 * buffers of their own would cost more in bookkeeping and garbage collection than in bytes, and
 * a chunk as it came from the socket would keep the whole read buffer alive.
 */
export function keep(content: string | Buffer): Kept {
  const size = Buffer.byteLength(content);
  if (size > SMALL_BYTES) {
    return { block: Buffer.from(content as Buffer), start: 0, size };
  }
  if (used + size > slab.length) {
    slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
    used = 0;
  }
  const start = used;
  if (typeof content === 'string') {
    slab.write(content, start);
  } else {
    content.copy(slab, start);
  }
  used += size;
  return { block: slab, start, size };
}
