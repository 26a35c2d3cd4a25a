/**
 * The content for people about a run that archives or restores, computed once for its message and
 * its page. A dry run moved nothing, and no text may say that it did.
 */
import {
  explainNothing,
  getSelected,
  adviseWithoutDate,
  type NothingFound,
  toCounts,
} from './outcome';
import type { Report } from './report';
import type { Count, ReportView } from './report-view';
import { describeCopies } from './text/copies-text';
import { describePacking } from './text/estimate-text';
import {
  describeRun,
  describeSkipped,
  describeStragglers,
  describeUndated,
  getWanted,
  listNotes,
  type Stragglers,
} from './text/run-text';
import type { Layer } from '../../../contract/alert-details';
import type { Counts } from '../../../contract/payloads/outcomes';
import { hasGaps } from '../../../features/packing/lambda/report/packs-text';
import { getMove, getMoveText, type MoveText } from '../../alerts/action-text';
import type { Line, Step } from '../../alerts/alert';
import { sameInput, startExecutionCommand } from '../../alerts/cli-commands';
import { getLayerOfReason } from '../../alerts/layers';
import { adviseOn } from '../../alerts/reason-text';
import {
  type AttentionNote,
  countLeft,
  labelFailedNotes,
  listAttention,
} from '../../notes/note-text';
import { toStateMachineArn } from '../../text/arn';
import { capitalize, formatCount, formatDates, formatObjects } from '../../text/format';

export interface RunView extends ReportView {
  readonly text: MoveText;
  readonly report: Report;
  /** About the copies that a restore leaves in the archive. */
  readonly copies: readonly Line[];
  readonly packing: readonly string[];
  readonly stragglers?: Stragglers;
}

/** The values on which the text about a run depends. */
interface Told {
  readonly report: Report;
  readonly text: MoveText;
  readonly counts: Counts;
  /** Why the run found nothing, if that is a mistake. */
  readonly nothing?: NothingFound;
  readonly attention: readonly AttentionNote[];
  /** All objects are where they should be, although a note needs attention. */
  readonly isDone: boolean;
  readonly isIdle: boolean;
}

export function viewRun(report: Report): RunView {
  const {
    outcome,
    dates,
    run: { dryRun },
    manifest,
  } = report;
  const told = toTold(report);
  const { text, counts, nothing, attention, isDone, isIdle } = told;
  const { name, verb, done, nothingLost } = text;
  const verdict = judge(told);
  const rows = listCounts(report, counts);
  const headline = nothing?.sentence ?? describeRun(report, counts);
  return {
    action: getMove(report),
    target: report.target,
    text,
    report,
    verdict,
    style: isIdle ? 'NOTHING' : outcome,
    title: `${dryRun ? 'Dry run,' : name} ${verdict.toLowerCase()}: ${formatDates(dates)}`,
    summary: summarize(told, verdict, rows),
    headline,
    nothingLost: dryRun || isDone || nothing ? undefined : nothingLost,
    notes: listNotes(report, nothing !== undefined),
    facts: [
      ...(manifest ? [['List', manifest.uri] as const] : []),
      ...listWanted(report),
      ['From', `s3://${report.source.bucket}/${report.source.prefix}`],
      ['To', `s3://${report.destination.bucket}/${report.destination.prefix}`],
    ],
    listed: { count: counts.listed, heading: 'listed' },
    counts: rows,
    bytes: dryRun ? `Bytes to ${verb}` : `Bytes ${done}`,
    layers: listLayers(report),
    cause:
      outcome === 'CLEAN' ? null : (report.problems[0]?.message ?? attention[0]?.text ?? headline),
    problems: report.problems,
    problemCount: counts.failed + counts.conflicting,
    next: listNextSteps(told),
    ledgerName: 'Ledger',
    copies: describeCopies(report),
    packing: describePacking(report),
    stragglers: describeStragglers(report),
  };
}

function toTold(report: Report): Told {
  const { outcome, notes, run } = report;
  const counts = toCounts(report.counts);
  const nothing = explainNothing({ ...report, counts });
  const undated = nothing ? [] : listUnusualUndated(report);
  const isWhole =
    counts.failed + counts.conflicting + countLeft(notes) + undated.length === 0 &&
    !nothing &&
    !hasGaps(report);
  return {
    report,
    text: getMoveText(report),
    counts,
    nothing,
    attention: [...undated, ...listAttention(notes, run.dryRun)],
    isDone: outcome === 'CLEAN' || isWhole,
    isIdle: outcome === 'CLEAN' && getSelected(counts) === 0,
  };
}

/** The note on objects without a date, if they cause the message. */
function listUnusualUndated(report: Report): AttentionNote[] {
  const { undatedArrivals: arrivals } = report;
  return arrivals?.isUnusual
    ? describeUndated(report).map((text) => ({
        summary: `${formatCount(arrivals.count)} without a date`,
        text,
      }))
    : [];
}

/** The facts that the input of a restore names. */
function listWanted(report: Report): RunView['facts'] {
  const { run, keys } = getWanted(report);
  return [
    ...(run === undefined ? [] : [['Of run', run] as const]),
    ...(keys === undefined ? [] : [['Keys', keys.join(', ')] as const]),
  ];
}

/** In one word. */
function judge({ report, text, nothing, isDone, isIdle }: Told): string {
  const {
    outcome,
    run: { dryRun },
  } = report;
  const { verb, done } = text;
  if (nothing) {
    return 'Found nothing';
  }
  if (isIdle) {
    return `Nothing to ${verb}`;
  }
  if (isDone) {
    return dryRun ? `Would ${verb}` : capitalize(done);
  }
  if (outcome === 'FAILED') {
    return dryRun ? 'Would fail' : 'Failed';
  }
  return dryRun ? 'Would be incomplete' : 'Incomplete';
}

/** For the subject: `Archive incomplete, 1 failed, 1 conflicting`. */
function summarize(told: Told, verdict: string, rows: readonly Count[]): string {
  const problems = ['failed', 'conflicting']
    .flatMap((status) => rows.filter((row) => row.status === status && row.count > 0))
    .map(({ count, counted }) => `${formatCount(count)} ${counted}`);
  const notes = told.attention.map(({ summary }) => summary);
  return [summarizeVerdict(told, verdict), ...problems, ...notes].join(', ');
}

function summarizeVerdict(told: Told, verdict: string): string {
  const { report, text, counts, nothing, isDone, isIdle } = told;
  const { name } = text;
  const objects = formatObjects(counts.archived);
  if (report.run.dryRun) {
    const found = isDone && !isIdle && !nothing ? ` ${objects}` : '';
    return `Dry run, ${verdict.toLowerCase()}${found}`;
  }
  if (nothing) {
    return `${name} found nothing`;
  }
  if (isDone) {
    return `${name} OK, ${objects}`;
  }
  return `${name} ${report.outcome === 'FAILED' ? 'FAILED' : 'incomplete'}`;
}

function listLayers({ reasons, problems }: Report): Layer[] {
  const layers = reasons.map(({ status, code }) => {
    const example = problems.find((problem) => problem.status === status && problem.code === code);
    return getLayerOfReason(code, example?.message);
  });
  return [...new Set(layers)];
}

function listNextSteps({ report, text, counts, nothing, isDone }: Told): Step[] {
  if (isDone) {
    return [];
  }
  const {
    dates,
    run: { dryRun, executionArn },
    manifest,
  } = report;
  const command = startExecutionCommand(
    toStateMachineArn(executionArn),
    report.sameInput ?? sameInput({ ...dates, dryRun, manifest }),
  );
  if (nothing) {
    return [{ advice: nothing.next, command }];
  }
  if (counts.failed + counts.conflicting === 0 && report.undatedArrivals?.isUnusual) {
    return [{ advice: adviseWithoutDate(), command }];
  }
  if (counts.failed + counts.conflicting === 0 && !hasGaps(report)) {
    return [
      {
        advice: 'run the same days again, which continues with the objects that are left:',
        command,
      },
    ];
  }
  const then = dryRun ? 'then repeat the dry run:' : text.next;
  const codes = report.reasons.map(({ code }) => code);
  return [{ advice: `${hasGaps(report) ? 'fix the causes' : adviseOn(codes)}, ${then}`, command }];
}

function listCounts(report: Report, counts: Counts): Count[] {
  const { dryRun } = report.run;
  const { verb, done } = getMoveText(report);
  const names = dryRun
    ? [
        [`Would ${verb}`, `would be ${done}`],
        ['Would skip', 'would be skipped'],
        ['Would conflict', 'would conflict'],
        ['Would fail', 'would fail'],
      ]
    : [done, 'skipped', 'conflicting', 'failed'].map((counted) => [capitalize(counted), counted]);
  return (['archived', 'skipped', 'conflicting', 'failed'] as const).map((status, index) => ({
    status,
    style: status,
    name: names[index][0],
    counted: names[index][1],
    count: counts[status],
    ...(status === 'skipped' && { note: describeSkipped(report) }),
    ...(status === 'failed' && { note: labelFailedNotes(report.notes) }),
  }));
}
