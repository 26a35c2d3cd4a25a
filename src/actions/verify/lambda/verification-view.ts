import type { NamedRun } from './planned-ledgers';
import type { VerificationReport } from './verification-report';
import type { Alert, Step } from '../../../lambda/alerts/alert';
import {
  headObjectCommand,
  listVersionsCommand,
  redriveExecutionCommand,
  sameInput,
  startExecutionCommand,
} from '../../../lambda/alerts/cli-commands';
import { keepDates, renderKeyRow, renderList, renderSection } from '../../../lambda/page/elements';
import {
  renderCost,
  renderReportPage,
  renderUri,
} from '../../../lambda/report-run/report/report-page';
import {
  type Count,
  createReportAlert,
  type ReportView,
} from '../../../lambda/report-run/report/report-view';
import { describeOpenRuns } from '../../../lambda/report-run/report/text/open-runs-text';
import { toStateMachineArn } from '../../../lambda/text/arn';
import {
  formatCount,
  formatDates,
  formatKey,
  formatObjects,
  formatUsd,
  listItems,
} from '../../../lambda/text/format';
import { html, type Html } from '../../../lambda/text/html';

const VERDICTS = { CLEAN: 'Verified', PROBLEMS: 'Unproven', FAILED: 'Unaccounted' };

export interface VerificationView extends ReportView {
  readonly report: VerificationReport;
}

export function viewVerification(report: VerificationReport): VerificationView {
  const { outcome, counts, run, dates, destination, problems, lacking } = report;
  const headline = describeVerification(report);
  const verdict = run.dryRun ? 'Planned' : VERDICTS[outcome];
  return {
    action: 'verify',
    report,
    verdict,
    style: outcome,
    title: `Archive ${verdict.toLowerCase()}: ${formatDates(dates)}`,
    summary: summarize(report),
    headline,
    notes: run.dryRun ? ['This was a dry run: the archive was not looked at.'] : [],
    facts: [
      ['Ledgers', describeSource(report)],
      ['Archive', `s3://${destination.bucket}/${destination.prefix}`],
    ],
    listed: {
      count: counts.listed,
      heading: 'in the ledgers',
      note: 'archived, as the ledgers say',
    },
    counts: listCounts(report),
    bytes: run.dryRun ? 'Bytes to compare' : 'Bytes present',
    // Only the bookkeeping has a gap if nothing in the archive is in doubt.
    layers: outcome === 'CLEAN' ? [] : [problems.length > 0 ? 'S3' : 'ledger'],
    cause: outcome === 'CLEAN' ? null : headline,
    problems: problems.map(({ destination: key, code, message }) => ({ key, code, message })),
    problemCount: counts.changed + counts.missing + counts.unproven - (lacking?.lines ?? 0),
    next: listNextSteps(report),
    ledgerName: 'Findings',
  };
}

function summarize({ outcome, counts, run, runs }: VerificationReport): string {
  if (run.dryRun) {
    return `Dry run of a verification, ${formatObjects(counts.listed)}`;
  }
  const verdict =
    outcome === 'CLEAN'
      ? `Verification OK, ${formatObjects(counts.present)} present`
      : outcome === 'FAILED'
        ? 'Verification FAILED'
        : 'Verification incomplete';
  const open = [
    [runs.withoutReport, 'without a report'],
    [runs.running, 'still running'],
  ] as const;
  return [
    verdict,
    ...(['missing', 'changed', 'unproven'] as const)
      .filter((name) => counts[name] > 0)
      .map((name) => `${formatCount(counts[name])} ${name}`),
    ...open
      .filter(([found]) => found.length > 0)
      .map(
        ([found, how]) =>
          `${formatCount(found.length)} ${found.length === 1 ? 'run' : 'runs'} ${how}`,
      ),
  ].join(', ');
}

function describeVerification({ run, counts, deep, runs }: VerificationReport): string {
  const what = deep ? 'ETags, sizes and checksums' : 'ETags and sizes';
  if (run.dryRun) {
    return `a verification of ${formatObjects(counts.listed)} would compare their ${what}.`;
  }
  return [...describeCounts(counts, what), ...describeOpenRuns(runs)].join(' ');
}

function describeCounts(
  { listed, present, changed, missing, unproven, skipped }: VerificationReport['counts'],
  what: string,
): string[] {
  const lost = changed + missing;
  const doubt =
    unproven > 0
      ? [
          'Nothing proves that the archive has ' +
            `${lost > 0 ? 'another ' : ''}${formatCount(unproven)} of them.`,
        ]
      : [];
  if (lost > 0) {
    return [
      `${formatCount(lost)} of ${formatObjects(listed)} in the archive ` +
        `${lost === 1 ? 'is' : 'are'} not as the ledger says.`,
      ...doubt,
    ];
  }
  if (listed === 0) {
    return ['the ledgers of these days have no archived objects.'];
  }
  if (present < listed) {
    const restored =
      skipped > 0
        ? [
            `${formatCount(skipped)} ${skipped === 1 ? 'was' : 'were'} restored, and ` +
              `${skipped === 1 ? 'is' : 'are'} at the old key.`,
          ]
        : [];
    return [
      `the archive has ${formatCount(present)} of the ${formatObjects(listed)} of these ledgers.`,
      ...doubt,
      ...restored,
      `Compared: ${what}.`,
    ];
  }
  return [
    `the archive has ${listed === 1 ? 'the only object' : `all ${formatObjects(listed)}`} of ` +
      `these ledgers. Compared: ${what}.`,
  ];
}

/** A dry run does not look at the archive, so it does not know what is changed or missing. */
function listCounts({ counts, run: { dryRun } }: VerificationReport): Count[] {
  const count = (
    status: keyof typeof counts,
    name: string,
    style: Count['style'],
    note?: string,
  ) => ({ status, name, counted: status, count: counts[status], style, ...(note && { note }) });
  return [
    count('present', dryRun ? 'Would compare' : 'Present', 'archived'),
    ...(dryRun
      ? []
      : [count('changed', 'Changed', 'failed'), count('missing', 'Missing', 'failed')]),
    count('unproven', 'Unproven', 'conflicting'),
    count(
      'skipped',
      dryRun ? 'Would skip' : 'Skipped',
      'skipped',
      'since restored, and at the old key',
    ),
  ];
}

function describeDryRunCost({ cost }: VerificationReport): string {
  return (
    `The verification would cost about ${formatUsd(cost.total)} (list prices for ` +
    `${cost.prices.region} as of ${cost.prices.asOf}).`
  );
}

function describeSource({ ledgerOf }: VerificationReport): string {
  return ledgerOf === undefined ? 'all runs for these days' : `run ${formatKey(ledgerOf)}`;
}

function listNextSteps(report: VerificationReport): Step[] {
  const { run, dates, deep, ledgerOf, outcome } = report;
  if (outcome === 'CLEAN') {
    return [];
  }
  const again = sameInput({ action: 'verify', ...dates, dryRun: run.dryRun, ledgerOf, deep });
  return [
    ...repairArchive(report),
    ...repairLedger(report),
    ...endRuns(report),
    ...compareUnproven(report),
    {
      advice: 'then verify again:',
      command: startExecutionCommand(toStateMachineArn(run.executionArn), again),
    },
  ];
}

function repairArchive({ problems, destination }: VerificationReport): Step[] {
  const lost = problems.find(({ status }) => status !== 'unproven');
  if (!lost) {
    return [];
  }
  return [
    {
      advice:
        'find out who deleted or overwrote these objects before you repair anything. If the ' +
        'bucket is versioned, this command lists the versions of the first object, with their ' +
        'times:',
      command: listVersionsCommand(destination.bucket, lost.destination),
    },
  ];
}

function repairLedger({ lacking, ledger }: VerificationReport): Step[] {
  const [part] = lacking?.examples ?? [];
  if (!part) {
    return [];
  }
  return [
    {
      advice:
        'find out who deleted or rewrote parts of the ledger. Their objects may be in the ' +
        'archive, but nothing says which they are. If the report bucket is versioned, this ' +
        'command lists the versions of the first part:',
      command: listVersionsCommand(ledger.bucket, part.part),
    },
  ];
}

function endRuns({ run, runs }: VerificationReport): Step[] {
  const [ended] = runs.withoutReport;
  if (!ended) {
    return [];
  }
  return [
    {
      advice:
        `redrive run ${formatKey(ended.name)}, which is possible for 14 days after its end ` +
        'unless it succeeded, so that it completes its ledger and writes its report:',
      command: redriveExecutionCommand(ended.executionArn),
    },
    {
      advice:
        'if it cannot be redriven any more, start a run for the same days, which archives what ' +
        'is left:',
      command: startExecutionCommand(
        toStateMachineArn(run.executionArn),
        ended.dates ? sameInput(ended.dates) : {},
      ),
    },
  ];
}

function compareUnproven({ problems, destination }: VerificationReport): Step[] {
  const doubted = problems.find(({ status }) => status === 'unproven');
  if (!doubted) {
    return [];
  }
  return [
    {
      advice:
        'compare the objects that are unproven with what you know of them. This command shows ' +
        'what S3 knows of the first one:',
      command: headObjectCommand(destination.bucket, doubted.destination),
    },
  ];
}

const MAX_ITEMS = 5;

export function createVerificationAlert(view: VerificationView, reportKey: string): Alert {
  const { report } = view;
  const { run, lacking, ledger, runs } = report;
  const parts =
    lacking?.examples.map(
      ({ part, lines }) =>
        `${formatCount(lines)} lines of ${formatKey(`s3://${ledger.bucket}/${part}`)}`,
    ) ?? [];
  return createReportAlert(view, reportKey, {
    afterCounts: [run.dryRun ? [describeDryRunCost(report)] : []],
    afterProblems: [
      lacking ? ['Missing from the ledgers:', ...listItems(parts, MAX_ITEMS, lacking.parts)] : [],
      [
        ...listRuns('Ended without a report:', runs.withoutReport),
        ...listRuns('Not verified, because they are still running:', runs.running),
      ],
    ],
  });
}

function listRuns(title: string, runs: readonly NamedRun[]): string[] {
  return runs.length === 0
    ? []
    : [
        title,
        ...listItems(
          runs.map(({ name }) => formatKey(name)),
          MAX_ITEMS,
        ),
      ];
}

export function renderVerificationPage(view: VerificationView): string {
  const { report } = view;
  const {
    run: { dryRun },
    cost,
    destination,
  } = report;
  return renderReportPage(view, {
    afterCounts: [
      dryRun &&
        renderSection('The verification', html`<p>${keepDates(describeDryRunCost(report))}</p>`),
    ],
    afterProblems: [
      renderLacking(report),
      renderRuns(report),
      renderCost(dryRun ? 'Cost of the verification' : 'Cost', cost),
    ],
    places: [
      ['Ledgers', keepDates(describeSource(report))],
      ['Archive', renderUri(destination)],
    ],
  });
}

function renderLacking({ lacking, ledger }: VerificationReport): Html | false {
  return (
    lacking !== undefined &&
    renderSection(
      'Missing from the ledgers',
      html`${renderList(
        lacking.examples.map(
          ({ part, lines }) => html`
<li>${renderKeyRow(`s3://${ledger.bucket}/${part}`, html`<span class="soft">${formatCount(lines)} lines</span>`)}</li>`,
        ),
      )}
<p class="soft">${formatCount(lacking.lines)} lines of ${formatCount(lacking.parts)} parts that the reports of their runs count.</p>`,
    )
  );
}

function renderRuns({ runs: { running, withoutReport } }: VerificationReport): Html | false {
  const list = (note: string, found: readonly NamedRun[]) =>
    found.map(
      ({ name }) => html`<li>${renderKeyRow(name, html`<span class="soft">${note}</span>`)}</li>`,
    );
  const items = [
    ...list('ended without a report', withoutReport),
    ...list('still running, not verified', running),
  ];
  return items.length > 0 && renderSection('Runs', renderList(items));
}
