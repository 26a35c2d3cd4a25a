/** What the page says about a run and its objects. A dry run moved nothing, and no word of its page may say that it did. */
import { capitalize } from './elements';
import type { Counts } from '../../../contract/payloads';
import { formatCount, formatDates, formatObjects } from '../../text/format';
import type { Report } from '../report/report';
import { getWords } from '../report/restore-words';
import { describeRun, SOURCES_KEPT } from '../report/wording';

export const STATUSES = ['archived', 'skipped', 'conflicting', 'failed'] as const;
type Status = typeof STATUSES[number];

export interface PageWords {
  readonly title: string;
  readonly verdict: string;
  readonly lead: string;
  /** Follows the lead, one paragraph each. */
  readonly notes: readonly string[];
  /** The names of the counts: `Archived`, `Would archive`. */
  readonly labels: Readonly<Record<Status, string>>;
  /** What follows a count: `20 archived`, `20 would be archived`. */
  readonly counted: Readonly<Record<Status, string>>;
  readonly notArchived: string;
  /** `archived objects`, `objects to archive` */
  readonly objects: string;
  /** `Bytes archived`, `Bytes to archive` */
  readonly bytes: string;
  /** What the chart of throughput shows. */
  readonly throughput: string;
  /** Follows `The whole run`. */
  readonly worked: string;
  readonly next: string;
  readonly stragglers: string;
}

export function getPageWords(report: Report): PageWords {
  return report.run.dryRun ? describePlanned(report) : describeDone(report);
}

const VERDICTS = { PROBLEMS: 'Incomplete', FAILED: 'Failed' };

function describeDone(report: Report): PageWords {
  const { outcome, dates, sourceDisposition } = report;
  const { run, done, label, nothingLost, next } = getWords(report);
  const verdict = outcome === 'CLEAN' ? label : VERDICTS[outcome];
  return {
    title: `${run} ${verdict.toLowerCase()}: ${formatDates(dates)}`,
    verdict,
    lead: `${capitalize(describeRun(report))}${outcome === 'CLEAN' ? '' : ` ${nothingLost}`}`,
    notes: sourceDisposition ? [SOURCES_KEPT] : [],
    labels: { archived: label, skipped: 'Skipped', conflicting: 'Conflicting', failed: 'Failed' },
    counted: { archived: done, skipped: 'skipped', conflicting: 'conflicting', failed: 'failed' },
    notArchived: `not ${done}`,
    objects: `${done} objects`,
    bytes: `Bytes ${done}`,
    throughput: 'Objects per second, by the time of their copy.',
    worked: done,
    next: capitalize(next.replace('above', 'below')),
    stragglers: 'To archive them, run:',
  };
}

const PLANNED_VERDICTS = { PROBLEMS: 'Would be incomplete', FAILED: 'Would fail' };

function describePlanned(report: Report): PageWords {
  const { outcome, dates, sourceDisposition } = report;
  const { run, done } = getWords(report);
  const verb = run.toLowerCase();
  const verdict = outcome === 'CLEAN' ? `Would ${verb}` : PLANNED_VERDICTS[outcome];
  return {
    title: `Dry run, ${verdict.toLowerCase()}: ${formatDates(dates)}`,
    verdict,
    lead: describePlan(report),
    notes: [
      'This was a dry run: nothing was changed.',
      ...sourceDisposition ? ['The objects would be copied, and would also stay at the source (sourceDisposition KEEP).'] : [],
    ],
    labels: { archived: `Would ${verb}`, skipped: 'Would skip', conflicting: 'Would conflict', failed: 'Would fail' },
    counted: { archived: `would be ${done}`, skipped: 'would be skipped', conflicting: 'would conflict', failed: 'would fail' },
    notArchived: `would not be ${done}`,
    objects: `objects to ${verb}`,
    bytes: `Bytes to ${verb}`,
    throughput: 'Objects per second, by the time of their check.',
    worked: 'checked',
    next: 'Fix the causes below, then repeat the dry run:',
    stragglers: 'To see what a run would do with them, run:',
  };
}

function describePlan(report: Report): string {
  const { outcome, toleratedFailurePercentage, counts: { archived, conflicting, failed } } = report;
  const { run, done } = getWords(report);
  const selected = archived + conflicting + failed;
  const countOf = (count: number) => `${formatCount(count)} of ${formatObjects(selected)} for these days`;
  switch (outcome) {
    case 'CLEAN':
      if (selected === 0) { return capitalize(describeRun(report)); }
      return `A run would ${run.toLowerCase()} ${selected === 1 ? 'the only object' : `all ${formatObjects(selected)}`} for these days.`;
    case 'PROBLEMS': return `${countOf(conflicting + failed)} would not be ${done}.`;
    case 'FAILED': return `${countOf(failed)} would fail. This is more than the tolerated ${toleratedFailurePercentage}%.`;
  }
}

/** `20 archived, 5 skipped` */
export function listCounts(counts: Counts, { counted }: PageWords): string {
  return STATUSES.filter((status) => counts[status] > 0).map((status) => `${formatCount(counts[status])} ${counted[status]}`).join(', ') || 'no objects';
}
