import * as path from 'node:path';
import { buildSync } from 'esbuild';

/**
 * Bundles the contenders of this repository into one plain file, so that each starts like any other
 * program. Returns its path.
 */
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
