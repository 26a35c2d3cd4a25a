import type { Results, ScenarioResult } from './results';
import { describeFeature, type Feature } from './server-features';

/** Writes the page from the results. */
export function renderPage(
  results: Results,
  scenarios: Record<string, string[]>,
  about: Record<string, string>,
): string {
  const servers = Object.keys(about).filter((name) => results[name]);
  const rows = (cells: (name: string) => string) => servers.map(cells).join(' | ');
  const total = (name: string, count: (result: ScenarioResult) => number) =>
    Object.values(results[name].scenarios).reduce((sum, result) => sum + count(result), 0);
  const lacking = [...new Set(servers.flatMap((name) => results[name].lacks))];
  return [
    '# Whole runs against other S3 servers',
    '',
    '<!-- Written by `npx tsx assurance/s3-compat/safety/main.ts --write`. -->',
    '',
    'The synthesized state machine and the built functions, run in the sandbox against S3 ' +
      'servers through a proxy that counts requests, breaks them and lets',
    'somebody else write in between. Each scenario has several checks. A check may fail without ' +
      'meaning anything where the server lacks what it rests on, as a',
    'conditional request that is carried out unconditionally: before the scenarios, each server ' +
      'is asked what it supports, and such a check is *void* there. It is',
    'run all the same, and every other check of its scenario counts.',
    '',
    '```',
    'npx tsx assurance/s3-compat/safety/main.ts                     the double, moto, ministack ' +
      'and SeaweedFS',
    'npx tsx assurance/s3-compat/safety/main.ts --server moto       one of them, or Ceph',
    'npx tsx assurance/s3-compat/safety/main.ts --only faults       scenarios with that word',
    'npx tsx assurance/s3-compat/safety/main.ts --all --write       all of them, and this page',
    '```',
    '',
    'The status is 1 if a check fails that is not void.',
    '',
    '| | version | checks passed | void | failed | what it is |',
    '|---|---|---|---|---|---|',
    ...servers.map(
      (name) =>
        `| ${name} | ${results[name].version} | ${total(name, (r) => r.passed)} | ` +
        `${total(name, (r) => r.void.length)} | ` +
        `${total(name, (r) => r.failed.length)} | ${about[name]} |`,
    ),
    '',
    '## Scenarios',
    '',
    '✓: all checks passed. Letters: checks that are void for the reasons below; the others passed.',
    ...Object.entries(scenarios).flatMap(([group, names]) => [
      '',
      `| ${group} | ${rows((name) => name)} |`,
      `|---|${servers.map(() => ':-:').join('|')}|`,
      ...names.map(
        (scenario) =>
          `| ${scenario} | ${rows((name) => cell(results[name].scenarios[scenario], lacking))} |`,
      ),
    ]),
    '',
    '## What the servers lack',
    '',
    `| | the server... | ${rows((name) => name)} |`,
    `|---|---|${servers.map(() => ':-:').join('|')}|`,
    ...lacking.map(
      (feature) =>
        `| ${letter(feature, lacking)} | ${describeFeature(feature)} | ` +
        `${rows((name) => (results[name].untried?.includes(feature) ? '-' : results[name].lacks.includes(feature) ? '✗' : '✓'))} ` +
        '|',
    ),
    '',
    '## Void checks',
    '',
    ...servers.flatMap((name) => voidChecks(name, results[name].scenarios, lacking)),
    '',
  ].join('\n');
}

function cell(result: ScenarioResult | undefined, lacking: Feature[]): string {
  if (!result) {
    return '-';
  }
  if (result.failed.length > 0) {
    return '**failed**';
  }
  const reasons = new Set(result.void.flatMap(({ lacks }) => lacks));
  return reasons.size === 0
    ? '✓'
    : lacking
        .filter((feature) => reasons.has(feature))
        .map((feature) => letter(feature, lacking))
        .join(' ');
}

function letter(feature: Feature, lacking: Feature[]): string {
  return String.fromCharCode('a'.charCodeAt(0) + lacking.indexOf(feature));
}

function voidChecks(
  name: string,
  scenarios: Record<string, ScenarioResult>,
  lacking: Feature[],
): string[] {
  const checks = Object.entries(scenarios).flatMap(([scenario, result]) =>
    result.void.map(
      ({ what, lacks }) =>
        `- ${scenario}: ${what} (${lacks.map((feature) => letter(feature, lacking)).join(', ')})`,
    ),
  );
  return checks.length === 0 ? [] : [`**${name}**`, '', ...checks, ''];
}
