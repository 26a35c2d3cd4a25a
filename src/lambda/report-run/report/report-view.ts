/**
 * The content for people about a run with a report. Both its message and its page are made from
 * this value.
 */
import type { ReportBase } from './report-base';
import type { AlertDetails, Layer } from '../../../contract/alert-details';
import type { RunSummary } from '../../../contract/payloads/report-payloads';
import type { Action } from '../../../contract/payloads/run';
import type { Alert, Section, Step } from '../../alerts/alert';
import { toAttributes } from '../../alerts/alert-attributes';
import { copyObjectCommand } from '../../alerts/cli-commands';
import { listProblems, type ShownProblem } from '../../alerts/problem-lines';
import { describeReason, reasonUrl } from '../../alerts/reason-text';
import {
  alignLeft,
  capitalize,
  formatBytes,
  formatCount,
  formatDates,
  formatKey,
  formatSeconds,
  toSubject,
} from '../../text/format';

export interface ReportView {
  readonly action: Action;
  readonly target?: 'reports';
  readonly report: ReportBase & Pick<AlertDetails, 'counts' | 'reasons'>;
  /**
   * How the run ended: in one word, in the title of the page, and in the few words that a phone's
   * lock screen shows.
   */
  readonly verdict: string;
  readonly style: RunSummary['outcome'] | 'NOTHING';
  readonly title: string;
  readonly summary: string;
  /** The result. It follows the name of the archiver, so it begins with a small letter. */
  readonly headline: string;
  readonly nothingLost?: string;
  readonly notes: readonly string[];
  readonly facts: ReadonlyArray<readonly [name: string, value: string]>;
  readonly listed: { readonly count: number; readonly heading: string; readonly note?: string };
  /** The first of them counts the objects that are as they should be, which `bytes` is about. */
  readonly counts: readonly Count[];
  readonly bytes: string;
  readonly layers: readonly Layer[];
  readonly cause: string | null;
  readonly problems: readonly ShownProblem[];
  readonly problemCount: number;
  readonly next: readonly Step[];
  readonly ledgerName: 'Ledger' | 'Findings';
}

export interface Count {
  readonly status: string;
  /** `Archived`, `Would archive` */
  readonly name: string;
  /** Follows a number: `archived`, `would be archived`. */
  readonly counted: string;
  readonly count: number;
  readonly note?: string;
  readonly style: 'archived' | 'skipped' | 'conflicting' | 'failed';
}

export function describeStatus({ counts }: Pick<ReportView, 'counts'>, status: string): string {
  return counts.find((each) => each.status === status)?.counted ?? status;
}

type Sections = Partial<Record<'afterCounts' | 'afterProblems' | 'afterNext', readonly Section[]>>;

export function createReportAlert(view: ReportView, reportKey: string, sections: Sections): Alert {
  const { afterCounts = [], afterProblems = [], afterNext = [] } = sections;
  const {
    report: { archiver, run, dates, outcome, counts, reasons, ledger },
    headline,
    notes,
    nothingLost,
  } = view;
  return {
    subject: toSubject(`${view.summary}: ${formatDates(dates)} (${archiver})`),
    lead: [`${archiver}: ${headline}`, ...notes, ...(nothingLost ? [nothingLost] : [])],
    details: [
      listFacts(view),
      listCounts(view),
      ...afterCounts,
      listReasons(view),
      listProblems(view.problems, view.problemCount),
      ...afterProblems,
    ],
    next: view.next.flatMap(({ advice, command }, index) => [
      index === 0 ? advice : capitalize(advice),
      { command },
    ]),
    more: [...afterNext, listPlaces(view, reportKey)],
    attributes: toAttributes({
      archiver,
      runId: run.id,
      action: view.action,
      ...(view.target && { target: view.target }),
      dates,
      outcome,
      layer: view.layers[0] ?? null,
      code: reasons[0]?.code ?? null,
      cause: view.cause,
      counts,
      reasons,
      problems: view.problems.map(({ key, code = 'UNKNOWN' }) => ({ key, code })),
      report: `s3://${ledger.bucket}/${reportKey}`,
      ledger: `s3://${ledger.bucket}/${ledger.prefix}`,
      executionArn: run.executionArn,
      nextCommand: view.next[0]?.command ?? null,
    }),
  };
}

function listFacts({ report: { dates, run, startedAt, seconds }, facts }: ReportView): string[] {
  const ran = `${run.id}, ${startedAt}, took ${formatSeconds(seconds)}`;
  return alignLeft(
    [
      ['Days:', formatDates(dates)],
      ...facts.map(([name, value]) => [`${name}:`, formatKey(value)] as const),
      ['Run:', ran],
    ],
    2,
  );
}

function listCounts({ report: { bytes }, listed, counts }: ReportView): string[] {
  const rows = [
    { name: 'Listed', count: listed.count, note: listed.note },
    ...counts.map(({ name, count, note }, index) => ({
      name,
      count,
      note: index === 0 ? formatBytes(bytes) : note,
    })),
  ];
  const width = Math.max(...rows.map(({ count }) => formatCount(count).length));
  return alignLeft(
    rows.map(({ name, count, note }) => [
      `${name}:`,
      `${formatCount(count).padStart(width)}${note ? ` (${note})` : ''}`,
    ]),
  );
}

function listReasons(view: ReportView): string[] {
  const {
    report: { reasons },
    layers,
  } = view;
  return reasons.length === 0
    ? []
    : [
        `Layer: ${layers.join(', ')}`,
        'Why:',
        ...reasons.map(({ status, code, count }) => {
          const text = describeReason(code);
          return (
            `  ${formatCount(count)} ${describeStatus(view, status)}: ` +
            `${formatKey(code)}${text ? ` (${text})\n      ${reasonUrl(code)}` : ''}`
          );
        }),
      ];
}

function listPlaces(
  { report: { ledger, links }, ledgerName }: ReportView,
  reportKey: string,
): Section {
  const [ledgerLabel, report, page, indent, run] = alignLeft(
    [`${ledgerName}:`, 'Report:', 'Page:', '', 'Run:'].map((name) => [name, '']),
  );
  return [
    `${ledgerLabel}s3://${ledger.bucket}/${ledger.prefix}`,
    { label: report, command: copyObjectCommand(ledger.bucket, reportKey, '-') },
    {
      label: page,
      command: copyObjectCommand(ledger.bucket, reportKey.replace(/json$/, 'html'), '.'),
    },
    ...(links.page ? [`${indent}${links.page}`] : []),
    ...(links.execution ? [`${run}${links.execution}`] : []),
  ];
}
