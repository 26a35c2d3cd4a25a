/**
 * What people are told about a run that archives or restores. A dry run moved nothing, and no word
 * may say that it did.
 */
import { renderShares, renderSizes, renderThroughput } from './charts';
import { describeCopies } from './copies-text';
import { describeCharges, describeEstimate, describePacking } from './estimate-text';
import { explainNothing, getSelected, suggestDateSource, toCounts } from './outcome';
import type { Report } from './report';
import { renderCost, renderCostTable, renderReportPage, renderUri } from './report-page';
import { type Count, createReportAlert, describeStatus, type ReportView } from './report-view';
import { describeOpenRuns } from './verification-view';
import type { Counts } from '../../../contract/payloads/outcomes';
import { ReasonCode } from '../../../contract/payloads/reason-codes';
import { addDays } from '../../../dates/calendar';
import { ACTION_TEXT, getMove } from '../../alerts/action-text';
import type { Alert, Section, Step } from '../../alerts/alert';
import { headObjectCommand, sameInput, startExecutionCommand } from '../../alerts/cli-commands';
import { getLayerOfReason } from '../../alerts/layers';
import { isMoved } from '../../ledger/merge-lines';
import {
  countLeft,
  describeNotes,
  explainNothingElse,
  labelSkippedNotes,
} from '../../notes/note-text';
import {
  keepDates,
  renderCommand,
  renderKeyRow,
  renderList,
  renderSection,
  renderTile,
} from '../../page/elements';
import { toStateMachineArn } from '../../text/arn';
import {
  capitalize,
  formatBytes,
  formatCount,
  formatDates,
  formatKey,
  formatMilliseconds,
  formatObjects,
  formatSeconds,
  formatUsd,
} from '../../text/format';
import { html, type Html } from '../../text/html';

const OUTCOMES = {
  done: { PROBLEMS: 'Incomplete', FAILED: 'Failed' },
  planned: { PROBLEMS: 'Would be incomplete', FAILED: 'Would fail' },
};

/** @param where the causes stand that the next step is about */
function viewRun(report: Report, where: 'above' | 'below'): ReportView {
  const {
    outcome,
    dates,
    run: { dryRun, executionArn },
    manifest,
    sourceDisposition,
    notes,
  } = report;
  const action = getMove(report);
  const counts = toCounts(report.counts);
  const { name, verb, done, next, nothingLost } = ACTION_TEXT[action];
  const nothing = explainNothing({ ...report, counts });
  const clean = dryRun ? `Would ${verb}` : capitalize(done);
  const isIdle = outcome === 'CLEAN' && getSelected(counts) === 0;
  const verdict = nothing
    ? 'Found nothing'
    : isIdle
      ? `Nothing to ${verb}`
      : outcome === 'CLEAN'
        ? clean
        : OUTCOMES[dryRun ? 'planned' : 'done'][outcome];
  const rows = listCounts(report, counts);
  const headline = nothing?.sentence ?? describe(report, counts);
  const again = startExecutionCommand(
    toStateMachineArn(executionArn),
    report.sameInput ?? sameInput({ ...dates, dryRun, manifest }),
  );
  const fix = `fix the causes ${where}, ${dryRun ? 'then repeat the dry run:' : next}`;
  return {
    action,
    report,
    verdict,
    style: isIdle ? 'NOTHING' : outcome,
    title: `${dryRun ? 'Dry run,' : name} ${verdict.toLowerCase()}: ${formatDates(dates)}`,
    summary: [
      dryRun
        ? 'Dry run, ' +
          `${verdict.toLowerCase()}${nothing || isIdle || outcome !== 'CLEAN' ? '' : ` ${formatObjects(counts.archived)}`}`
        : nothing
          ? `${name} found nothing`
          : outcome === 'CLEAN'
            ? `${name} OK, ${formatObjects(counts.archived)}`
            : `${name} ${outcome === 'FAILED' ? 'FAILED' : 'incomplete'}`,
      ...['failed', 'conflicting']
        .flatMap((status) => rows.filter((row) => row.status === status && row.count > 0))
        .map(({ count, counted }) => `${formatCount(count)} ${counted}`),
    ].join(', '),
    headline,
    nothingLost: dryRun || outcome === 'CLEAN' || nothing ? undefined : nothingLost,
    notes: [
      ...(dryRun ? ['This was a dry run: nothing was changed.'] : []),
      ...(sourceDisposition === undefined
        ? []
        : [
            dryRun
              ? 'The objects would be copied, and would also stay at the source ' +
                '(sourceDisposition KEEP).'
              : 'Archived objects were copied, and also stay at the source (sourceDisposition ' +
                'KEEP).',
          ]),
      ...(dryRun && action === 'restore' ? ['The copies in the archive would stay, too.'] : []),
      ...describeNotes(notes, dryRun),
      ...(nothing ? [] : describeUndated(report)),
      ...describeGaps(report),
    ],
    facts: [
      ...(manifest ? [['List', manifest.uri] as const] : []),
      ['From', `s3://${report.source.bucket}/${report.source.prefix}`],
      ['To', `s3://${report.destination.bucket}/${report.destination.prefix}`],
    ],
    listed: { count: counts.listed, heading: 'listed' },
    counts: rows,
    bytes: dryRun ? `Bytes to ${verb}` : `Bytes ${done}`,
    layers: [
      ...new Set(
        report.reasons.map(({ status, code }) =>
          getLayerOfReason(
            code,
            report.problems.find((problem) => problem.status === status && problem.code === code)
              ?.message,
          ),
        ),
      ),
    ],
    cause: outcome === 'CLEAN' ? null : (report.problems[0]?.message ?? headline),
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
  }));
}

function describeSkipped(report: Report): string {
  const {
    filtered = {},
    undated,
    notes,
    manifestSkipped: { gone, repeated } = { gone: 0, repeated: 0 },
  } = report;
  const leftOut = Object.entries(filtered).map(([name, count]) => `${name} ${formatCount(count)}`);
  return [
    ACTION_TEXT[getMove(report)].skipped,
    ...(undated > 0 ? [`without a date: ${formatCount(undated)}`] : []),
    ...(leftOut.length > 0 ? [`left out by filters: ${leftOut.join(', ')}`] : []),
    ...labelSkippedNotes(notes),
    ...(gone > 0 ? [`not at the source: ${formatCount(gone)}`] : []),
    ...(repeated > 0 ? [`named before in the list: ${formatCount(repeated)}`] : []),
  ].join(', ');
}

function describeUndated({ undated, undatedKeys = [] }: Report): string[] {
  return undated === 0
    ? []
    : [
        'No date was found in the ' +
          `${undated === 1 ? 'key of one object' : `keys of ${formatObjects(undated)}`}, such as ` +
          `${undatedKeys.map((key) => formatKey(key)).join(', ')}.${suggestDateSource(undatedKeys, false)}`,
      ];
}

/** Nobody may take a part of the objects for all of them. */
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
            `${formatKey(`s3://${bucket}/${first.part}`)}: nobody knows the objects that no ` +
            'other line names.',
        ]
      : []),
    ...describeOpenRuns(gaps),
  ];
}

function describe(report: Report, counts: Counts): string {
  const {
    outcome,
    run: { dryRun },
    toleratedFailurePercentage,
  } = report;
  const { verb, done, nothingSelected } = ACTION_TEXT[getMove(report)];
  const selected = getSelected(counts);
  const these = `of ${formatObjects(selected)} for these days`;
  if (outcome === 'FAILED') {
    return (
      `${formatCount(counts.failed)} ${these} ${dryRun ? 'would fail' : 'failed'}. This is more ` +
      `than the tolerated ${toleratedFailurePercentage}%.`
    );
  }
  const count = counts.conflicting + counts.failed;
  if (count > 0) {
    return (
      `${formatCount(count)} ${these} ` +
      `${dryRun ? 'would not be' : count === 1 ? 'was not' : 'were not'} ${done}.`
    );
  }
  if (selected === 0) {
    return explainNothingElse(report.notes) ?? nothingSelected(counts);
  }
  return (
    `${dryRun ? `a run would ${verb}` : done} ` +
    `${describeAll(selected, countLeft(report.notes), report.gaps !== undefined)}`
  );
}

function describeAll(selected: number, left: number, hasGaps: boolean): string {
  if (hasGaps) {
    return `${formatObjects(selected)}, as far as the ledgers say.`;
  }
  if (left > 0) {
    return `${formatCount(selected)} of ${formatObjects(selected + left)} for these days.`;
  }
  return `${selected === 1 ? 'the only object' : `all ${formatObjects(selected)}`} for these days.`;
}

function describeStragglers(report: Report): { sentence: string; step?: Step } {
  const {
    run: { dryRun, executionArn },
    dates,
    stragglers: { count, oldest },
  } = report;
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

export function createRunAlert(report: Report, reportKey: string): Alert {
  return createReportAlert(viewRun(report, 'above'), reportKey, {
    afterCounts: [listEstimate(report), describePacking(report)],
    afterNext: [listConflict(report), describeCopies(report), listStragglers(report)],
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
  if (!conflict || report.action === 'extract') {
    return [];
  }
  const [live, archive] =
    report.action === 'restore'
      ? [report.destination, report.source]
      : [report.source, report.destination];
  return [
    `To compare the two objects of ${more.length > 0 ? 'the first' : 'the'} conflict, run:`,
    { command: headObjectCommand(live.bucket, conflict.key) },
    { command: headObjectCommand(archive.bucket, conflict.destination) },
  ];
}

function listStragglers(report: Report): Section {
  if (report.stragglers.count === 0) {
    return [];
  }
  const { sentence, step } = describeStragglers(report);
  return step
    ? [`Stragglers: ${sentence} ${step.advice}`, { command: step.command }]
    : [`Stragglers: ${sentence}`];
}

export function renderRunPage(report: Report): string {
  const view = viewRun(report, 'below');
  return renderReportPage(view, {
    shares: renderShares(view),
    afterCounts: [renderEstimate(report)],
    afterNext: [renderCopies(report)],
    afterProblems: [
      report.throughput.archived.length > 0 &&
        renderSection('Throughput', renderThroughput(report, view)),
      renderColumns(report, view),
      report.packing !== undefined &&
        renderSection(
          'Packs',
          html`${describePacking(report).map((each) => html`<p>${each}</p>`)}`,
        ),
      renderStragglers(report),
    ],
    places: [
      ...(report.manifest
        ? [['Manifest', html`<code>${formatKey(report.manifest.uri)}</code>`] as const]
        : []),
      ['From', renderUri(report.source)],
      ['To', renderUri(report.destination)],
    ],
  });
}

function renderEstimate({ estimate }: Report): Html | false {
  if (!estimate) {
    return false;
  }
  const { objects, bytes, minutes, requests, usd, prices, largest } = estimate;
  const charges = describeCharges(estimate);
  return renderSection(
    'The real run',
    html`<dl class="tiles">
${renderTile('Objects', formatCount(objects), formatBytes(bytes))}
${renderTile('Cost', formatUsd(usd.total), keepDates(`${prices.region}, ${prices.asOf}`))}
${renderTile('Duration', formatSeconds(minutes * 60))}
${renderTile('Requests to S3', formatCount(requests.total))}
</dl>
${charges.length > 0 && html`<ul class="spaced">${charges.map((sentence) => html`<li>${sentence}</li>`)}</ul>`}
${renderCostTable(usd.items)}
${
  largest.length > 0 &&
  html`<details class="more"><summary>The largest ${largest.length === 1 ? 'object' : formatObjects(largest.length)}</summary><ul>${largest.map(
    ({ key, size }) => html`
<li>${renderKeyRow(key, html`${formatBytes(size)}`)}</li>`,
  )}</ul></details>`
}`,
  );
}

function renderCopies(report: Report): Html | false {
  const lines = describeCopies(report);
  return (
    lines.length > 0 &&
    renderSection(
      'Copies',
      html`${lines.map((line) => (typeof line === 'string' ? html`<p>${keepDates(line)}</p>` : renderCommand(line.command)))}`,
    )
  );
}

function renderColumns(report: Report, view: ReportView): Html {
  const {
    sizes,
    cost,
    slowest,
    run: { dryRun },
  } = report;
  const { verb, done } = ACTION_TEXT[view.action];
  const sized = dryRun ? `objects to ${verb}` : `${done} objects`;
  const slow = slowest.map(({ key, milliseconds, size, status }) => {
    const how = isMoved(status) ? '' : `${describeStatus(view, status)}, `;
    return html`\n<li>${renderKeyRow(key, html`<span class="soft">${how}${formatBytes(size)} in</span> ${formatMilliseconds(milliseconds)}`)}</li>`;
  });
  return html`<div class="pair"><div>${sizes.some(({ count }) => count > 0) && renderSection(`Sizes of ${sized}`, renderSizes(sizes))}\
${renderCost(dryRun ? 'Cost of this dry run' : 'Cost', cost, ' Not included: repeated requests, free tiers, storage, KMS, metrics, and transfer between regions that the app does not state.')}</div>\
${slow.length > 0 && renderSection('Slowest objects', renderList(slow))}</div>`;
}

function renderStragglers(report: Report): Html | false {
  const { count, examples = [] } = report.stragglers;
  const { sentence, step } = describeStragglers(report);
  return (
    count > 0 &&
    renderSection(
      'Stragglers',
      html`<p>${keepDates(sentence)}</p>
${examples.length > 0 && html`<ul class="spaced">${examples.map(({ key, date }) => html`<li>${renderKeyRow(key, keepDates(date))}</li>`)}</ul>`}
${step && html`<p>${step.advice}</p>${renderCommand(step.command)}`}`,
    )
  );
}
