/**
 * Accepts the API as it is now: `release/api.json` is what later ones are held against (`npx projen compat`).
 * usage: tsx scripts/release/api-baseline.ts
 */
import { readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';

const ROOT = path.resolve(__dirname, '../..');
export const BASELINE = path.join(ROOT, 'release/api.json');

// What moves without the API: where a type stands, what is said of it, and what others have.
const LEFT_OUT = new Set(['locationInModule', 'readme', 'fingerprint', 'version', 'metadata', 'keywords', 'author', 'homepage']);
const KEPT_DOCS = ['stability', 'deprecated'];

/** The assembly without what a comparison does not need, so that a change of it can be read. */
export function baselineOf(assembly: object): object {
  const text = JSON.stringify({ ...assembly, dependencyClosure: {} }, (key, value) => {
    if (LEFT_OUT.has(key)) { return undefined; }
    if (key !== 'docs') { return value; }
    const kept = Object.entries(value).filter(([name]) => KEPT_DOCS.includes(name));
    return kept.length > 0 ? Object.fromEntries(kept) : undefined;
  });
  // The loader wants the fields, whatever they say.
  return { ...JSON.parse(text), version: '0.0.0', fingerprint: '', author: { name: '', roles: ['author'] }, homepage: '' };
}

if (require.main === module) {
  const assembly = JSON.parse(readFileSync(path.join(ROOT, '.jsii'), 'utf8'));
  writeFileSync(BASELINE, `${JSON.stringify(baselineOf(assembly), undefined, 2)}\n`);
}
