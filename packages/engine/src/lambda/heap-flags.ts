/**
 * Flags for the heap that a function has on Lambda. A tenth of its memory is for new objects, which
 * is more than Node.js gives them by itself, and saves much of the garbage collection. The formula
 * is that of `/var/runtime/bootstrap` in https://gallery.ecr.aws/lambda/nodejs
 */
export function heapFlags(memoryMb: number): string[] {
  const newSpace = Math.floor(memoryMb / 10);
  return [
    `--max-semi-space-size=${Math.floor(newSpace / 2)}`,
    `--max-old-space-size=${memoryMb - newSpace}`,
  ];
}
