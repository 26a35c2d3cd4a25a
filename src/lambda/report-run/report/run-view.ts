/** What people are told about a run that archives or restores. A dry run moved nothing, and no word may say that it did. */
import { explainNothing, getSelected, toCounts } from './outcome';
import type { Report } from './report';
import { type Count, createReportAlert, type ReportView } from './report-view';
import type { Counts } from '../../../contract/payloads/outcomes';
import { ReasonCode } from '../../../contract/payloads/reason-codes';
import { addDays } from '../../../dates/calendar';
import { ACTION_TEXT, getMove } from '../../alerts/action-text';
import type { Alert, Section, Step } from '../../alerts/alert';
import { headObjectCommand, sameInput, startExecutionCommand } from '../../alerts/cli-commands';
import { getLayerOfReason } from '../../alerts/layers';
import { toStateMachineArn } from '../../text/arn';
import { capitalize, formatBytes, formatCount, formatDates, formatKey, formatObjects } from '../../text/format';
import { describeEstimate, describeGrowthIfDue } from './estimate-text';
import { describeCopies } from './copies-text';

const OUTCOMES = {
  done: { PROBLEMS: 'Incomplete', FAILED: 'Failed' },
  planned: { PROBLEMS: 'Would be incomplete', FAILED: 'Would fail' },
};

/** @param where the causes stand that the next step is about */
export function viewRun(report: Report, where: 'above' | 'below'): ReportView {
  const { outcome, dates, run: { dryRun, executionArn }, manifest, sourceDisposition } = report;
  const action = getMove(report);
  const counts = toCounts(report.counts);
  const { name, verb, done } = ACTION_TEXT[action];
  const text = ACTION_TEXT[action];
  const nothing = explainNothing({ ...report, counts });
  const clean = dryRun ? `Would ${verb}` : capitalize(done);
  const verdict = nothing ? 'Found nothing' : outcome === 'CLEAN' ? clean : OUTCOMES[dryRun ? 'planned' : 'done'][outcome];
  const rows = listCounts(report, counts);
  const headline = nothing?.sentence ?? describe(report, counts);
  const again = startExecutionCommand(toStateMachineArn(executionArn), report.sameInput ?? sameInput({ ...dates, dryRun, manifest }));
  const fix = `fix the causes ${where}, ${dryRun ? 'then repeat the dry run:' : text.next}`;
  return {
    action,
    report,
    verdict,
    title: `${dryRun ? 'Dry run,' : name} ${verdict.toLowerCase()}: ${formatDates(dates)}`,
    summary: [
      dryRun ? `Dry run, ${verdict.toLowerCase()}${nothing || outcome !== 'CLEAN' ? '' : ` ${formatObjects(counts.archived)}`}`
        : nothing ? `${name} found nothing` : outcome === 'CLEAN' ? `${name} OK, ${formatObjects(counts.archived)}`
          : `${name} ${outcome === 'FAILED' ? 'FAILED' : 'incomplete'}`,
      ...['failed', 'conflicting'].flatMap((status) => rows.filter((row) => row.status === status && row.count > 0))
        .map(({ count, counted }) => `${formatCount(count)} ${counted}`),
    ].join(', '),
    headline,
    nothingLost: dryRun || outcome === 'CLEAN' || nothing ? undefined : text.nothingLost,
    notes: [
      ...dryRun ? ['This was a dry run: nothing was changed.'] : [],
      ...sourceDisposition === undefined ? [] : [dryRun
        ? 'The objects would be copied, and would also stay at the source (sourceDisposition KEEP).'
        : 'Archived objects were copied, and also stay at the source (sourceDisposition KEEP).'],
      ...dryRun ? text.planned : [],
    ],
    facts: [
      ...manifest ? [['List', manifest.uri] as const] : [],
      ['From', `s3://${report.source.bucket}/${report.source.prefix}`],
      ['To', `s3://${report.destination.bucket}/${report.destination.prefix}`],
    ],
    listed: { count: counts.listed, heading: 'listed' },
    counts: rows,
    bytes: dryRun ? `Bytes to ${verb}` : `Bytes ${done}`,
    layers: [...new Set(report.reasons.map(({ status, code }) => (
      getLayerOfReason(code, report.problems.find((problem) => problem.status === status && problem.code === code)?.message)
    )))],
    cause: outcome === 'CLEAN' ? null : report.problems[0]?.message ?? headline,
    problems: report.problems,
    problemCount: counts.failed + counts.conflicting,
    next: outcome === 'CLEAN' ? [] : [{ advice: nothing?.next ?? fix, command: again }],
    ledgerName: 'Ledger',
  };
}

function listCounts(report: Report, counts: Counts): Count[] {
  const { dryRun } = report.run;
  const { verb, done } = ACTION_TEXT[getMove(report)];
  const names = dryRun
    ? [[`Would ${verb}`, `would be ${done}`], ['Would skip', 'would be skipped'], ['Would conflict', 'would conflict'], ['Would fail', 'would fail']]
    : [done, 'skipped', 'conflicting', 'failed'].map((counted) => [capitalize(counted), counted]);
  return (['archived', 'skipped', 'conflicting', 'failed'] as const).map((status, index) => ({
    status,
    style: status,
    name: names[index][0],
    counted: names[index][1],
    count: counts[status],
    ...status === 'skipped' && { note: describeSkipped(report) },
  }));
}

/** Says what the skipped objects are, how many each filter left out, and how many lines of a manifest are of no use. */
function describeSkipped(report: Report): string {
  const { filtered = {}, manifestSkipped: { gone, repeated } = { gone: 0, repeated: 0 } } = report;
  const leftOut = Object.entries(filtered).map(([name, count]) => `${name} ${formatCount(count)}`);
  return [
    ACTION_TEXT[getMove(report)].skipped,
    ...leftOut.length > 0 ? [`left out by filters: ${leftOut.join(', ')}`] : [],
    ...gone > 0 ? [`not at the source: ${formatCount(gone)}`] : [],
    ...repeated > 0 ? [`named before in the list: ${formatCount(repeated)}`] : [],
  ].join(', ');
}

function describe(report: Report, counts: Counts): string {
  const { outcome, run: { dryRun }, toleratedFailurePercentage } = report;
  const action = getMove(report);
  const { verb, done } = ACTION_TEXT[action];
  const selected = getSelected(counts);
  const these = `of ${formatObjects(selected)} for these days`;
  switch (outcome) {
    case 'CLEAN': {
      if (selected === 0) { return ACTION_TEXT[action].nothingSelected(counts); }
      const all = `${selected === 1 ? 'the only object' : `all ${formatObjects(selected)}`} for these days.`;
      return dryRun ? `a run would ${verb} ${all}` : `${done} ${all}`;
    }
    case 'PROBLEMS': {
      const count = counts.conflicting + counts.failed;
      return `${formatCount(count)} ${these} ${dryRun ? 'would not be' : count === 1 ? 'was not' : 'were not'} ${done}.`;
    }
    case 'FAILED':
      return `${formatCount(counts.failed)} ${these} ${dryRun ? 'would fail' : 'failed'}. This is more than the tolerated ${toleratedFailurePercentage}%.`;
  }
}

/** Objects of earlier days that are still at the source, and the command for them. */
export function describeStragglers(report: Report): { sentence: string; step?: Step } {
  const { run: { dryRun, executionArn }, dates, stragglers: { count, oldest } } = report;
  const sentence = `${formatObjects(count)} from earlier days ${count === 1 ? 'is' : 'are'} still at the source. The oldest is from ${oldest}.`;
  if (oldest === null || dates.from === null) { return { sentence }; }
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

export function createRunAlert(report: Report, reportKey: string): Alert {
  return createReportAlert(viewRun(report, 'above'), reportKey, {
    afterCounts: [listEstimate(report)],
    afterNext: [listConflict(report), describeCopies(report), listStragglers(report), describeGrowthIfDue(report)],
  });
}

function listEstimate({ estimate }: Report): string[] {
  if (!estimate) { return []; }
  const largest = estimate.largest.map(({ key, size }) => `  ${formatBytes(size)}  ${formatKey(key)}`);
  return [...describeEstimate(estimate), ...largest.length > 0 ? ['The largest objects:', ...largest] : []];
}

/** The reasons that are about two objects. */
const CONFLICTS: readonly string[] = [ReasonCode.DESTINATION_EXISTS, ReasonCode.OLD_KEY_TAKEN, ReasonCode.NOT_COMPARED];

/** Nobody can decide about a conflict without a look at both objects. */
function listConflict(report: Report): Section {
  const [conflict, ...more] = report.problems.filter(({ code }) => CONFLICTS.includes(code ?? ''));
  if (!conflict) { return []; }
  const { live, archive } = ACTION_TEXT[getMove(report)];
  return [
    `To compare the two objects of ${more.length > 0 ? 'the first' : 'the'} conflict, run:`,
    { command: headObjectCommand(report[live].bucket, conflict.key) },
    { command: headObjectCommand(report[archive].bucket, conflict.destination) },
  ];
}

function listStragglers(report: Report): Section {
  if (report.stragglers.count === 0) { return []; }
  const { sentence, step } = describeStragglers(report);
  return step ? [`Stragglers: ${sentence} ${step.advice}`, { command: step.command }] : [`Stragglers: ${sentence}`];
}
