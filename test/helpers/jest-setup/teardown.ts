import { rmSync } from 'node:fs';

export default function teardown(): void {
  // Set in setup.ts. A process that a test left behind may still write there.
  rmSync(process.env.TMPDIR!, { recursive: true, force: true, maxRetries: 3 });
}
