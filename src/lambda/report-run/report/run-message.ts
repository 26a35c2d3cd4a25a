import type { Report } from './report';
import { createReportAlert } from './report-view';
import type { RunView } from './run-view';
import { describeEstimate } from './text/estimate-text';
import { getWanted, type Stragglers } from './text/run-text';
import { getTarget } from '../../../contract/actions';
import { ReasonCode } from '../../../contract/payloads/reason-codes';
import type { Alert, Section } from '../../alerts/alert';
import { headObjectCommand, startExecutionCommand } from '../../alerts/cli-commands';
import { toStateMachineArn } from '../../text/arn';
import { formatBytes, formatKey } from '../../text/format';

/** The message about a run that archives or restores. */
export function createRunAlert(view: RunView, reportKey: string): Alert {
  const { report, copies, packing, stragglers } = view;
  return createReportAlert(view, reportKey, {
    afterCounts: [listEstimate(report), packing],
    afterNext: [
      listConflict(report),
      copies,
      listSame(view),
      stragglers ? listStragglers(stragglers) : [],
    ],
  });
}

function listEstimate({ estimate }: Report): string[] {
  if (!estimate) {
    return [];
  }
  const largest = estimate.largest.map(
    ({ key, size }) => `  ${formatBytes(size)}  ${formatKey(key)}`,
  );
  return [
    ...describeEstimate(estimate),
    ...(largest.length > 0 ? ['The largest objects:', ...largest] : []),
  ];
}

const CONFLICTS: readonly string[] = [
  ReasonCode.DESTINATION_EXISTS,
  ReasonCode.OLD_KEY_TAKEN,
  ReasonCode.NOT_COMPARED,
];

function listConflict(report: Report): Section {
  const [conflict, ...more] = report.problems.filter(({ code }) => CONFLICTS.includes(code ?? ''));
  // A pack is not one of two objects.
  const target = getTarget(report);
  if (!conflict || target === 'reports') {
    return [];
  }
  const [live, archive] =
    target === 'source' ? [report.destination, report.source] : [report.source, report.destination];
  return [
    `To compare the two objects of ${more.length > 0 ? 'the first' : 'the'} conflict, run:`,
    { command: headObjectCommand(live.bucket, conflict.key) },
    { command: headObjectCommand(archive.bucket, conflict.destination) },
  ];
}

/** A user who restores a part of the objects may want to repeat it, perhaps with other keys. */
function listSame({ report, next }: RunView): Section {
  const { keys } = getWanted(report);
  if (keys === undefined || next.length > 0) {
    return [];
  }
  const machine = toStateMachineArn(report.run.executionArn);
  return [
    'To do the same again, run:',
    { command: startExecutionCommand(machine, report.sameInput!) },
  ];
}

function listStragglers({ sentence, step }: Stragglers): Section {
  return step
    ? [`Stragglers: ${sentence} ${step.advice}`, { command: step.command }]
    : [`Stragglers: ${sentence}`];
}
