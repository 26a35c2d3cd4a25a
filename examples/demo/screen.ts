/** What the demo prints: 40 lines of 80 characters, however it went. */
import type { ActResult, Aftermath } from './act';
import { predecessorCostOf, runCost } from './cost';
import type { Check } from './proof';
import type { Scene } from './seed';
import { count, ratio, usd } from './text';
import type { Style } from '../../packages/sandbox/src/internal';

const MILLION = 1_000_000;
/** How many contradictions of a claim are shown. */
const SHOWN = 3;

export interface Screen {
  readonly style: Style;
  readonly now: string;
}

export function introLines(
  { days, incoming, sourcePrefix }: Scene,
  { style, now }: Screen,
): string[] {
  return [
    style.strong('1. A night, from the synthesized template, without AWS'),
    `  The schedule fires at ${now} for ${days.join(' and ')}.`,
    `  ${count(incoming.length)} objects lie in ${sourcePrefix}; another program rewrites two ` +
      'meanwhile.',
  ];
}

export function nightLines(
  { sourcePrefix, archivePrefix }: Scene,
  result: ActResult,
  { style }: Screen,
): string[] {
  const {
    summary: { counts, alerts, requests, estimate },
    ledgerLines,
    checks,
    before,
    after,
  } = result;
  const below = (prefix: string) =>
    [before, after]
      .map((keys) => count([...keys.keys()].filter((key) => key.startsWith(prefix)).length))
      .join(' -> ');
  return [
    outcome(result, style),
    ...(counts
      ? [
          field('counts', describeCounts(counts)),
          field('S3', `${ratio(sum(requests), counts.archived)} requests for each archived object`),
          field(
            'cost',
            `${usd(estimate.usd)} on AWS; a million objects: ` +
              `${usd(runCost({ listed: MILLION, archived: MILLION }))}, not ` +
              `${usd(predecessorCostOf(million()).total)}`,
          ),
        ]
      : []),
    field(
      'bucket',
      `${sourcePrefix} ${below(sourcePrefix)} objects, ${archivePrefix} ${below(archivePrefix)}`,
    ),
    field('ledger', `${count(ledgerLines.length)} lines, one for each object that was due`),
    ...alerts.map(({ subject }) => field('message', (subject ?? '').replace(/ \(.*\)$/, ''))),
    ...checkLines(checks, style),
  ];
}

export function aftermathLines(
  { verification, restore, check }: Aftermath,
  glob: string,
  { style }: Screen,
): string[] {
  const [verified, restored] = [verification.counts, restore.counts];
  return [
    style.strong('2. Later: is the archive still whole? And can a move be undone?'),
    field(
      'verify',
      verified
        ? `${count(verified.listed)} = ${count(verified.present)} present + ` +
            `${count(verified.changed)} changed + ${count(verified.missing)} missing` +
            ` + ${count(verified.unproven)} unproven + ${count(verified.skipped)} skipped`
        : `${verification.status}: ${verification.error}`,
    ),
    field(
      'restore',
      restored
        ? `${glob}: ${count(restored.restored)} objects`
        : `${restore.status}: ${restore.error}`,
    ),
    ...checkLines([check], style),
  ];
}

export function stormLines(result: ActResult, { style }: Screen): string[] {
  const {
    summary: { counts },
    faults,
    checks,
  } = result;
  const injected = Object.entries(faults).sort(([, a], [, b]) => b - a);
  const total = injected.reduce((all, [, n]) => all + n, 0);
  const held = checks.filter(({ violations }) => violations.length === 0).length;
  return [
    outcome(result, style),
    field(
      'faults',
      `${count(total)}: ${injected
        .slice(0, 3)
        .map(([kind, n]) => `${kind} ${count(n)}`)
        .join(', ')}, and ${injected.length - 3} other kinds`,
    ),
    ...(counts ? [field('counts', describeCounts(counts))] : []),
    mark(held === checks.length, `${held} of the same ${checks.length} claims hold`, style),
    ...checkLines(
      checks.filter(({ violations }) => violations.length > 0),
      style,
    ),
  ];
}

function outcome({ summary: { status, error, seconds, counts } }: ActResult, style: Style): string {
  const text =
    `${status}${error ? ` (${error})` : ''} after ${seconds.toFixed(1)} ` +
    `s${counts ? `, ${count(Math.round(counts.archived / seconds))} objects a second` : ''}`;
  return field('outcome', (status === 'SUCCEEDED' ? style.good : style.bad)(text));
}

function describeCounts({
  listed,
  archived,
  skipped,
  conflicting,
  failed,
}: NonNullable<ActResult['summary']['counts']>): string {
  return (
    `${count(listed)} listed = ${count(archived)} archived + ${count(skipped)} skipped + ` +
    `${count(conflicting)} conflicting + ${count(failed)} failed`
  );
}

function checkLines(checks: readonly Check[], style: Style): string[] {
  return checks.flatMap(({ claim, violations }) => [
    mark(violations.length === 0, claim, style),
    ...violations.slice(0, SHOWN).map((violation) => `       ${violation}`),
    ...(violations.length > SHOWN ? [`       and ${count(violations.length - SHOWN)} more`] : []),
  ]);
}

function mark(isTrue: boolean, claim: string, style: Style): string {
  return `  ${isTrue ? style.good('yes') : style.bad('NO ')}  ${claim}`;
}

function million() {
  return { listed: MILLION, archived: MILLION, skipped: 0, conflicting: 0, failed: 0 };
}

export function sum(requests: Readonly<Record<string, number>>): number {
  return Object.values(requests).reduce((total, n) => total + n, 0);
}

export function field(name: string, text: string): string {
  return `  ${name.padEnd(8)}${text}`;
}
