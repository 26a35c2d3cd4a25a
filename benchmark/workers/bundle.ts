import * as path from 'node:path';
import { buildSync } from 'esbuild';

/** The contenders of this repository as one plain file, so that each starts as any other program does. Answers with its path. */
export function bundleWorkers(folder: string): string {
  const outfile = path.join(folder, 'workers.js');
  buildSync({
    entryPoints: [path.join(__dirname, 'main.ts')],
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node20',
    mainFields: ['module', 'main'],
    logLevel: 'error',
  });
  return outfile;
}
