/** What `npm run demo -- --verbose` prints besides. */
import type { ActResult } from './act';
import { type Cost, costOf, predecessorCostOf, runCost } from './cost';
import { fateLines } from './fates';
import type { LedgerLine } from './proof';
import { field } from './screen';
import type { Scene } from './seed';
import { count, ratio, usd } from './text';
import { treeHead, treeLines } from './tree';

const MILLION = 1_000_000;

/** Returns the requests, the ledger and the cost of a run. */
export function detailLines({ summary, ledger, ledgerLines, faults }: ActResult): string[] {
  const { counts, requests, transitions, children, invocations } = summary;
  const injected = Object.entries(faults);
  return [
    ...(injected.length > 0
      ? [field('faults', injected.map(([kind, n]) => `${kind} ${count(n)}`).join(', '))]
      : []),
    ...(counts ? [field('requests', requestList(requests, counts.archived))] : []),
    field('ledger', `${count(ledgerLines.length)} lines in ${ledger}`),
    ...samplesOf(ledgerLines).map((line) => field('', `  ${line}`)),
    field(
      'on AWS',
      `${count(transitions)} state transitions, ${count(children)} child workflows, ` +
        `${count(invocations)} Lambda invocations`,
    ),
    ...(counts ? costLines(costOf(summary), predecessorCostOf(counts)) : []),
  ];
}

export function bucketLines(
  { sourcePrefix, archivePrefix }: Scene,
  { before, after, bucket }: ActResult,
): string[] {
  const trees = [
    treeLines(sourcePrefix, 1, before.keys(), after.keys()),
    treeLines(archivePrefix, 3, before.keys(), after.keys()),
  ];
  return [treeHead(`s3://${bucket}/`), ...trees.flat()].map((line) => field('', line));
}

export function trapLines(scene: Scene, { after }: ActResult): string[] {
  return fateLines(scene, after).map((line, at) => field(at === 0 ? 'traps' : '', line));
}

/** Returns the alert as a person receives it. */
export function alertLines({ alerts }: ActResult['summary']): string[] {
  return alerts.flatMap(({ subject, message }) => [
    `  | Subject: ${subject ?? '(none)'}`,
    '  |',
    ...message.split('\n').map((line) => `  | ${line}`.trimEnd()),
  ]);
}

/** Returns one line of each kind, the one with the shortest key. */
function samplesOf(lines: readonly LedgerLine[]): string[] {
  const samples = new Map<string, LedgerLine>();
  for (const line of lines) {
    const kind = `${line.status} ${line.code ?? ''}`.trim();
    if (line.key.length < (samples.get(kind)?.key.length ?? Infinity)) {
      samples.set(kind, line);
    }
  }
  return [...samples]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([kind, { key, destination }]) => `${kind.padEnd(31)} ${key} -> ${destination}`);
}

function costLines(ours: Cost, predecessor: Cost): string[] {
  const million = { listed: MILLION, archived: MILLION, skipped: 0, conflicting: 0, failed: 0 };
  const line = (what: string, { total, s3, stepFunctions, rest }: Cost) =>
    field(
      '',
      `  ${what.padEnd(31)} ${usd(total)} = S3 ${usd(s3)} + Step Functions ` +
        `${usd(stepFunctions)} + Lambda and SNS ${usd(rest)}`,
    );
  return [
    line('this run, timed here', ours),
    line('by the predecessor, at least', predecessor),
    field(
      '',
      `  ${'a million objects a night'.padEnd(31)} ${usd(runCost(million))}, and ` +
        `${usd(predecessorCostOf(million).total)} by the predecessor`,
    ),
  ];
}

function requestList(requests: Readonly<Record<string, number>>, archived: number): string {
  const byCount = Object.entries(requests).sort(([, a], [, b]) => b - a);
  return byCount.map(([operation, n]) => `${operation} ${ratio(n, archived)}`).join(', ');
}
