/**
 * Accepts the current API: later versions are compared with `release/api.json` (`npx projen
 * compat`).
 *
 * usage: tsx scripts/release/api-baseline.ts
 */
import { readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';

const ROOT = path.resolve(__dirname, '../..');
export const BASELINE = path.join(ROOT, 'release/api.json');

// Fields that change without a change of the API: locations, prose, and facts about other packages.
const LEFT_OUT = new Set([
  'locationInModule',
  'readme',
  'fingerprint',
  'version',
  'metadata',
  'keywords',
  'author',
  'homepage',
]);
const KEPT_DOCS = ['stability', 'deprecated'];

/** Drops everything that a comparison does not need, so that a diff of the file is readable. */
export function toBaseline(assembly: object): object {
  const text = JSON.stringify({ ...assembly, dependencyClosure: {} }, (key, value) => {
    if (LEFT_OUT.has(key)) {
      return undefined;
    }
    if (key !== 'docs') {
      return value;
    }
    const kept = Object.entries(value).filter(([name]) => KEPT_DOCS.includes(name));
    return kept.length > 0 ? Object.fromEntries(kept) : undefined;
  });
  // The loader requires these fields but does not read them.
  return {
    ...JSON.parse(text),
    version: '0.0.0',
    fingerprint: '',
    author: { name: '', roles: ['author'] },
    homepage: '',
  };
}

if (require.main === module) {
  const assembly = JSON.parse(readFileSync(path.join(ROOT, '.jsii'), 'utf8'));
  writeFileSync(BASELINE, `${JSON.stringify(toBaseline(assembly), undefined, 2)}\n`);
}
