/**
 * Checks the code that ships for known vulnerabilities. The package has no dependencies, so `npm
 * audit --omit=dev` finds nothing, although the bundles contain packages. This script checks the
 * packages inside the bundles. Not every registry answers audits.
 *
 * usage: tsx scripts/release/audit.ts
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';

const ROOT = path.resolve(__dirname, '../..');

/**
 * The fields of `npm audit --json` that this script reads
 * (https://docs.npmjs.com/cli/commands/npm-audit).
 */
export interface AuditReport {
  readonly error?: object;
  readonly message?: string;
  readonly vulnerabilities?: Record<
    string,
    {
      readonly severity: string;
      readonly range: string;
      /** Either an advisory or the name of a dependency that has one. */
      readonly via: readonly (string | { readonly title: string; readonly url: string })[];
    }
  >;
}

export type Verdict =
  | { readonly answered: false; readonly why: string }
  | { readonly answered: true; readonly found: readonly string[] };

/** @param bundled names of npm packages */
export function verdict(report: AuditReport, bundled: readonly string[]): Verdict {
  const { vulnerabilities } = report;
  if (!vulnerabilities) {
    return { answered: false, why: report.message ?? 'the answer has no vulnerabilities field' };
  }
  const found = bundled
    .filter((name) => vulnerabilities[name])
    .map((name) => {
      const { severity, range, via } = vulnerabilities[name];
      const reasons = via.map((reason) =>
        typeof reason === 'string' ? `through ${reason}` : `${reason.title} (${reason.url})`,
      );
      return `${name} ${range}: ${severity}, ${reasons.join('; ')}`;
    });
  return { answered: true, found };
}

function main(): number {
  const { stdout } = spawnSync('npm', ['audit', '--json'], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const { components } = JSON.parse(readFileSync(path.join(ROOT, 'sbom.cdx.json'), 'utf8')) as {
    components: { name: string }[];
  };
  const result = verdict(
    JSON.parse(stdout),
    components.map(({ name }) => name),
  );
  if (!result.answered) {
    // A registry without audits is not a finding. The weekly workflow passes `--strict`, which
    // makes it one.
    console.log(`not audited: ${result.why}`);
    return process.argv.includes('--strict') ? 1 : 0;
  }
  for (const line of result.found) {
    console.log(`FAILED ${line}`);
  }
  console.log(
    `${components.length} packages in the bundles, ${result.found.length} with known ` +
      'vulnerabilities',
  );
  return result.found.length === 0 ? 0 : 1;
}

if (require.main === module) {
  process.exitCode = main();
}
