/**
 * What the message and the page say about a run and its objects: the one source of both. A dry run moved nothing, and no word
 * may say that it did.
 */
import { explainNothing } from './found-nothing';
import { getSelected } from './outcome';
import type { Report } from './report';
import { getWords } from './restore-words';
import type { Counts } from '../../../contract/payloads/outcomes';
import { formatCount, formatDates, formatObjects } from '../../text/format';

export const STATUSES = ['archived', 'skipped', 'conflicting', 'failed'] as const;
type Status = typeof STATUSES[number];

export interface RunWords {
  readonly title: string;
  readonly verdict: string;
  /** How the run ended, in the few words that a phone's lock screen shows. */
  readonly summary: string;
  /** How the run ended. The sentence follows the name of the archiver, so it begins with a small letter. */
  readonly sentence: string;
  /** Follows the sentence if objects were not archived. */
  readonly nothingLost?: string;
  /** What else to know first, one paragraph each. */
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
  /** What to do if objects were not archived. It follows `Next: `. */
  readonly next: (where: 'above' | 'below') => string;
  /** Stands before the command about the stragglers. */
  readonly stragglers: string;
}

export function getRunWords(report: Report): RunWords {
  return report.run.dryRun ? describePlanned(report) : describeDone(report);
}

const NOTHING = 'Found nothing';
const VERDICTS = { PROBLEMS: 'Incomplete', FAILED: 'Failed' };

function describeDone(report: Report): RunWords {
  const { outcome, dates, sourceDisposition, counts, stragglers, toleratedFailurePercentage } = report;
  const { run, done, label, nothingLost, next } = getWords(report);
  const nothing = explainNothing(report);
  const verdict = nothing ? NOTHING : outcome === 'CLEAN' ? label : VERDICTS[outcome];
  const counted = { archived: done, skipped: 'skipped', conflicting: 'conflicting', failed: 'failed' };
  const notDone = counts.conflicting + counts.failed;
  return {
    title: `${run} ${verdict.toLowerCase()}: ${formatDates(dates)}`,
    verdict,
    summary: outcome === 'CLEAN' ? `${run} OK, ${formatObjects(counts.archived)}`
      : nothing ? `${run} found nothing` : `${run} ${outcome === 'FAILED' ? 'FAILED' : 'incomplete'}, ${listProblemCounts(counts, counted)}`,
    sentence: describe(report, {
      CLEAN: (all) => `${done} ${all} for these days.`,
      PROBLEMS: `${notDone === 1 ? 'was' : 'were'} not ${done}.`,
      FAILED: `failed. This is more than the tolerated ${toleratedFailurePercentage}%.`,
    }),
    nothingLost: outcome === 'CLEAN' || nothing ? undefined : nothingLost,
    notes: sourceDisposition ? ['Archived objects were copied, and also stay at the source (sourceDisposition KEEP).'] : [],
    labels: { archived: label, skipped: 'Skipped', conflicting: 'Conflicting', failed: 'Failed' },
    counted,
    notArchived: `not ${done}`,
    objects: `${done} objects`,
    bytes: `Bytes ${done}`,
    throughput: 'Objects per second, by the time of their copy.',
    worked: done,
    next: (where) => nothing?.next ?? next.replace('above', where),
    stragglers: `To archive ${stragglers.count === 1 ? 'it' : 'them'}, run:`,
  };
}

const PLANNED_VERDICTS = { PROBLEMS: 'Would be incomplete', FAILED: 'Would fail' };

function describePlanned(report: Report): RunWords {
  const { outcome, dates, sourceDisposition, counts, stragglers, toleratedFailurePercentage } = report;
  const { run, done } = getWords(report);
  const verb = run.toLowerCase();
  const nothing = explainNothing(report);
  const verdict = nothing ? NOTHING : outcome === 'CLEAN' ? `Would ${verb}` : PLANNED_VERDICTS[outcome];
  const counted = { archived: `would be ${done}`, skipped: 'would be skipped', conflicting: 'would conflict', failed: 'would fail' };
  return {
    title: `Dry run, ${verdict.toLowerCase()}: ${formatDates(dates)}`,
    verdict,
    summary: `Dry run, ${verdict.toLowerCase()}${nothing ? '' : outcome === 'CLEAN' ? ` ${formatObjects(counts.archived)}` : `, ${listProblemCounts(counts, counted)}`}`,
    sentence: describe(report, {
      CLEAN: (all) => `a run would ${verb} ${all} for these days.`,
      PROBLEMS: `would not be ${done}.`,
      FAILED: `would fail. This is more than the tolerated ${toleratedFailurePercentage}%.`,
    }),
    notes: [
      'This was a dry run: nothing was changed.',
      ...sourceDisposition ? ['The objects would be copied, and would also stay at the source (sourceDisposition KEEP).'] : [],
      ...report.action === 'restore' ? ['The copies in the archive would stay, too.'] : [],
    ],
    labels: { archived: `Would ${verb}`, skipped: 'Would skip', conflicting: 'Would conflict', failed: 'Would fail' },
    counted,
    notArchived: `would not be ${done}`,
    objects: `objects to ${verb}`,
    bytes: `Bytes to ${verb}`,
    throughput: 'Objects per second, by the time of their check.',
    worked: 'checked',
    next: (where) => nothing?.next ?? `fix the causes ${where}, then repeat the dry run:`,
    stragglers: `To see what a run would do with ${stragglers.count === 1 ? 'it' : 'them'}, run:`,
  };
}

interface Sentences {
  readonly CLEAN: (all: string) => string;
  /** Both follow a number of objects. */
  readonly PROBLEMS: string;
  readonly FAILED: string;
}

function describe(report: Report, sentences: Sentences): string {
  const { outcome, counts } = report;
  const nothing = explainNothing(report);
  if (nothing) { return nothing.sentence; }
  const { conflicting, failed } = counts;
  const selected = getSelected(counts);
  if (outcome === 'CLEAN') {
    return selected === 0 ? getWords(report).nothingSelected(counts) : sentences.CLEAN(selected === 1 ? 'the only object' : `all ${formatObjects(selected)}`);
  }
  const count = outcome === 'FAILED' ? failed : conflicting + failed;
  return `${formatCount(count)} of ${formatObjects(selected)} for these days ${sentences[outcome]}`;
}

function listProblemCounts(counts: Counts, counted: RunWords['counted']): string {
  return (['failed', 'conflicting'] as const).filter((status) => counts[status] > 0).map((status) => `${formatCount(counts[status])} ${counted[status]}`).join(', ');
}

/** `20 archived, 5 skipped` */
export function listCounts(counts: Counts, { counted }: RunWords): string {
  return STATUSES.filter((status) => counts[status] > 0).map((status) => `${formatCount(counts[status])} ${counted[status]}`).join(', ') || 'no objects';
}
