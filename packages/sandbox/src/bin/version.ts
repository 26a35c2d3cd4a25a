import { readFileSync } from 'node:fs';
import * as path from 'node:path';

/**
 * Version of the published package, whose manifest is next to its commands. A release sets it after
 * they are bundled.
 */
export function readVersion(): string {
  const { version } = JSON.parse(readFileSync(path.join(__dirname, 'package.json'), 'utf8')) as {
    version: string;
  };
  return version;
}
