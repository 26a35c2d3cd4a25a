/** Sentences about a run that archives or restores. Each medium shows them in its own way. */
import { countOtherDates, getSelected, listKeys, suggestDateSource, toCounts } from '../outcome';
import { describeOpenRuns } from './open-runs-text';
import { getTarget } from '../../../../contract/actions';
import type { Counts } from '../../../../contract/payloads/outcomes';
import type { RunInput } from '../../../../contract/payloads/run';
import { addDays } from '../../../../dates/calendar';
import {
  describePlannedPacks,
  havePacksGaps,
} from '../../../../features/packing/lambda/report/packs-text';
import { getMoveText } from '../../../alerts/action-text';
import type { Step } from '../../../alerts/alert';
import { sameInput, startExecutionCommand } from '../../../alerts/cli-commands';
import {
  countLeft,
  describeNotes,
  explainNothingElse,
  labelSkippedNotes,
} from '../../../notes/note-text';
import { toStateMachineArn } from '../../../text/arn';
import { formatCount, formatKey, formatObjects } from '../../../text/format';
import type { Report } from '../report';

/** The result. It follows the name of the archiver, so it begins with a small letter. */
export function describeRun(report: Report, counts: Counts): string {
  const {
    outcome,
    run: { dryRun },
    toleratedFailurePercentage,
  } = report;
  const { verb, done, nothingSelected } = getMoveText(report);
  const selected = getSelected(counts);
  const these = `of ${formatObjects(selected)} ${describeScope(report, selected)}`;
  if (outcome === 'FAILED') {
    return (
      `${formatCount(counts.failed)} ${these} ${dryRun ? 'would fail' : 'failed'}. This is more ` +
      `than the tolerated ${toleratedFailurePercentage}%.`
    );
  }
  const count = counts.conflicting + counts.failed;
  if (count > 0) {
    // Some of them were copied.
    const isHalfDone = report.notes?.notDeleted !== undefined;
    const are = dryRun ? 'would not be' : count === 1 ? 'was not' : 'were not';
    return isHalfDone
      ? `${formatCount(count)} ${these} ${count === 1 ? 'is' : 'are'} still at the source.`
      : `${formatCount(count)} ${these} ${are} ${done}.`;
  }
  if (selected === 0) {
    return explainNothingElse(report.notes) ?? nothingSelected(counts);
  }
  if (report.undatedArrivals?.isUnusual) {
    const { count: without } = report.undatedArrivals;
    return (
      `${dryRun ? `a run would ${verb}` : done} ${formatObjects(selected)} for these days, and ` +
      `found no date in the ${without === 1 ? 'key of another one' : `keys of ${formatCount(without)} others`}.`
    );
  }
  return (
    `${dryRun ? `a run would ${verb}` : done} ` +
    `${describeAll(selected, countLeft(report.notes), report)}`
  );
}

/** Describes the objects that the run was for. */
function describeScope(report: Report, selected: number): string {
  const { run, keys } = getWanted(report);
  if (keys !== undefined) {
    return `that ${selected === 1 ? 'matches' : 'match'} the keys of its input`;
  }
  return run === undefined ? 'for these days' : 'of that run';
}

/** Returns the fields besides days that the input of a restore names. */
export function getWanted({ sameInput: input = {} }: Report): Pick<RunInput, 'run' | 'keys'> {
  return input;
}

function describeAll(selected: number, left: number, report: Report): string {
  const { gaps, packs } = report;
  if (gaps) {
    return `${formatObjects(selected)}, as far as the ledgers say.`;
  }
  if (packs && (havePacksGaps(packs) || packs.withoutPack.count > 0)) {
    return `${formatObjects(selected)}, as far as the packs of these days say.`;
  }
  if (left > 0) {
    return `${formatCount(selected)} of ${formatObjects(selected + left)} ${describeScope(report, selected + left)}.`;
  }
  const all = selected === 1 ? 'the only object' : `all ${formatObjects(selected)}`;
  return `${all} ${describeScope(report, selected)}.`;
}

export function describeSkipped(report: Report): string {
  const {
    filtered = {},
    undated,
    notes,
    manifestSkipped: { gone, repeated } = { gone: 0, repeated: 0 },
  } = report;
  const leftOut = Object.entries(filtered).map(([name, count]) => `${name} ${formatCount(count)}`);
  return [
    getMoveText(report).skipped,
    ...(undated > 0 ? [`without a date: ${formatCount(undated)}`] : []),
    ...(leftOut.length > 0 ? [`left out by filters: ${leftOut.join(', ')}`] : []),
    ...labelSkippedNotes(notes),
    ...(gone > 0 ? [`not at the source: ${formatCount(gone)}`] : []),
    ...(repeated > 0 ? [`named before in the list: ${formatCount(repeated)}`] : []),
  ].join(', ');
}

/**
 * Further sentences that the reader should know.
 *
 * @param isExplained whether the headline already says why nothing was found, such as missing dates
 */
export function listNotes(report: Report, isExplained: boolean): string[] {
  const {
    run: { dryRun },
    sourceDisposition,
    notes,
  } = report;
  return [
    ...(dryRun ? ['This was a dry run: nothing was changed.'] : []),
    ...(sourceDisposition === undefined ? [] : [describeKept(dryRun)]),
    ...(dryRun && getTarget(report) === 'source'
      ? ['The copies in the archive would stay, too.']
      : []),
    ...describeNotes(notes, dryRun),
    ...(isExplained ? [] : describeUndated(report)),
    ...describeGaps(report),
    ...describePlannedPacks(report),
  ];
}

function describeKept(dryRun: boolean): string {
  return dryRun
    ? 'The objects would be copied, and would also stay at the source (sourceDisposition KEEP).'
    : 'Archived objects were copied, and also stay at the source (sourceDisposition KEEP).';
}

/** Empty: no object without a date was listed. */
export function describeUndated(report: Report): string[] {
  const { undated, undatedKeys = [], counts } = report;
  if (undated === 0) {
    return [];
  }
  const isAlone = countOtherDates(report) + getSelected(toCounts(counts)) === 0;
  return [
    `No date was found in the ${undated === 1 ? 'key of one object' : `keys of ${formatObjects(undated)}`}, ` +
      `such as ${listKeys(undatedKeys)}.${describeNewUndated(report)}` +
      suggestDateSource(undatedKeys, isAlone),
  ];
}

/** Says nothing if nothing is known of a run before. */
function describeNewUndated({ undated, undatedArrivals }: Report): string {
  const { since = null, count = 0 } = undatedArrivals ?? {};
  if (since === null) {
    return '';
  }
  if (count === 0) {
    return ` ${undated === 1 ? 'It is' : 'All of them are'} older than the run before.`;
  }
  const what =
    count === undated
      ? undated === 1
        ? 'It has'
        : 'All of them have'
      : `${formatCount(count)} of them ${count === 1 ? 'has' : 'have'}`;
  return ` ${what} come since the run before.`;
}

/** Describes gaps, so that a part of the objects is not taken for all of them. */
function describeGaps({ gaps, ledger: { bucket } }: Report): string[] {
  if (!gaps) {
    return [];
  }
  const {
    lacking: {
      lines,
      examples: [first],
    },
  } = gaps;
  return [
    ...(first
      ? [
          `The ledger lacks ${formatCount(lines)} ${lines === 1 ? 'line' : 'lines'} that the ` +
            'report of its run counts, such as of ' +
            `${formatKey(`s3://${bucket}/${first.part}`)}: objects that no other line ` +
            'names are unknown.',
        ]
      : []),
    ...describeOpenRuns(gaps),
  ];
}

export interface Stragglers {
  readonly sentence: string;
  /** Unset: there is no input that names their days. */
  readonly step?: Step;
}

/** Undefined: there is none. */
export function describeStragglers(report: Report): Stragglers | undefined {
  const {
    run: { dryRun, executionArn },
    dates,
    stragglers: { count, oldest },
  } = report;
  if (count === 0) {
    return undefined;
  }
  const sentence =
    `${formatObjects(count)} from earlier days ${count === 1 ? 'is' : 'are'} still at the ` +
    'source. ' +
    `The oldest is from ${oldest}.`;
  if (oldest === null || dates.from === null) {
    return { sentence };
  }
  const them = count === 1 ? 'it' : 'them';
  const input = sameInput({ from: oldest, to: addDays(dates.from, -1), dryRun });
  return {
    sentence,
    step: {
      advice: dryRun ? `To see what a run would do with ${them}, run:` : `To archive ${them}, run:`,
      command: startExecutionCommand(toStateMachineArn(executionArn), input),
    },
  };
}
