/** Sentences about runs whose ledgers may not be whole. */
import type { NamedRun, PlannedLedgers } from '../../../../actions/verify/lambda/planned-ledgers';
import { formatCount, formatKey } from '../../../text/format';

export function describeOpenRuns({
  running,
  withoutReport,
}: Pick<PlannedLedgers, 'running' | 'withoutReport'>): string[] {
  return [
    ...(withoutReport.length > 0
      ? [
          `${describeRuns(withoutReport)} ended, and no report lists the parts of its ledger, ` +
            'so nothing proves that the ledger has all that the run archived.',
        ]
      : []),
    ...(running.length > 0
      ? [`${describeRuns(running)} has not ended, so nothing is said about what it archives.`]
      : []),
  ];
}

function describeRuns([first, ...others]: readonly NamedRun[]): string {
  return (
    'Run ' +
    `${formatKey(first.name)}${others.length > 0 ? `, and each of ${formatCount(others.length)} more,` : ''}`
  );
}
