const SLAB_BYTES = 1024 ** 2;
const SMALL_BYTES = SLAB_BYTES / 16;

let slab = Buffer.alloc(0);
let used = 0;

/**
 * A copy of the content to keep. Small contents lie side by side in large blocks: a million
 * buffers of their own would cost more in bookkeeping and garbage collection than in bytes, and
 * a chunk as it came from the socket would keep the whole read buffer alive.
 */
export function keep(content: string | Buffer): Buffer {
  const size = Buffer.byteLength(content);
  if (size > SMALL_BYTES) {
    return Buffer.from(content as Buffer);
  }
  if (used + size > slab.length) {
    slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
    used = 0;
  }
  const kept = slab.subarray(used, used + size);
  if (typeof content === 'string') {
    kept.write(content);
  } else {
    content.copy(kept);
  }
  used += size;
  return kept;
}
