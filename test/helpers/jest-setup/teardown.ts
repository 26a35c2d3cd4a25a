import { rmSync } from 'node:fs';

export default function teardown(): void {
  // setup.ts sets this folder. A process that a test left behind may still write into it.
  try {
    rmSync(process.env.TMPDIR!, { recursive: true, force: true, maxRetries: 3 });
  } catch (error) {
    console.warn(`the folder of temporary files could not be removed: ${(error as Error).message}`);
  }
}
