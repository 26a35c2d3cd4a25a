/** The part for machines of the alert about a run that made its report. */
import type { Report } from './report';
import { toPublicCounts } from './restore-words';
import { getRunWords } from './run-words';
import { rerunCommand } from './wording';
import type { AlertDetails, Layer } from '../../../contract/alert-details';
import { getLayerOfReason } from '../../alerts/layers';

export function toAlertDetails(report: Report, reportKey: string): Omit<AlertDetails, 'schemaVersion'> {
  const { archiver, run, dates, outcome, reasons, problems, ledger } = report;
  return {
    archiver,
    runId: run.id,
    action: report.action ?? 'archive',
    dates,
    outcome,
    layer: getLayers(report)[0] ?? null,
    code: reasons[0]?.code ?? null,
    cause: outcome === 'CLEAN' ? null : problems[0]?.message ?? getRunWords(report).sentence,
    counts: toPublicCounts(report),
    reasons,
    problems: problems.map(({ key, code }) => ({ key, code: code ?? 'UNKNOWN' })),
    report: `s3://${ledger.bucket}/${reportKey}`,
    ledger: `s3://${ledger.bucket}/${ledger.prefix}`,
    executionArn: run.executionArn,
    nextCommand: outcome === 'CLEAN' ? null : rerunCommand(report),
  };
}

/** The layers in which the reasons lie. The layer of the most frequent reason comes first. */
export function getLayers({ reasons, problems }: Report): Layer[] {
  return [...new Set(reasons.map(({ status, code }) => (
    getLayerOfReason(code, problems.find((problem) => problem.status === status && problem.code === code)?.message)
  )))];
}
