import { renderShares, renderSizes, renderThroughput } from './charts';
import type { Report } from './report';
import { renderCost, renderCostTable, renderReportPage, renderUri } from './report-page';
import { describeStatus } from './report-view';
import type { RunView } from './run-view';
import { describeCharges } from './text/estimate-text';
import { isMoved } from '../../ledger/merge-lines';
import {
  keepDates,
  renderCommand,
  renderKeyRow,
  renderList,
  renderSection,
  renderTile,
} from '../../page/elements';
import {
  formatBytes,
  formatCount,
  formatKey,
  formatMilliseconds,
  formatObjects,
  formatSeconds,
  formatUsd,
} from '../../text/format';
import { html, type Html } from '../../text/html';

/** The page about a run that archives or restores. */
export function renderRunPage(view: RunView): string {
  const { report, packing } = view;
  return renderReportPage(view, {
    shares: renderShares(view),
    afterCounts: [renderEstimate(report)],
    afterNext: [renderCopies(view)],
    afterProblems: [
      report.throughput.archived.length > 0 &&
        renderSection('Throughput', renderThroughput(report, view)),
      renderColumns(view),
      packing.length > 0 &&
        renderSection('Packs', html`${packing.map((each) => html`<p>${each}</p>`)}`),
      renderStragglers(view),
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

function renderCopies({ copies }: RunView): Html | false {
  return (
    copies.length > 0 &&
    renderSection(
      'Copies',
      html`${copies.map((line) => (typeof line === 'string' ? html`<p>${keepDates(line)}</p>` : renderCommand(line.command)))}`,
    )
  );
}

function renderColumns(view: RunView): Html {
  const {
    sizes,
    cost,
    slowest,
    uncountedBatches = 0,
    run: { dryRun },
  } = view.report;
  const { verb, done } = view.text;
  const sized = dryRun ? `objects to ${verb}` : `${done} objects`;
  const slow = slowest.map(({ key, milliseconds, size, status }) => {
    const how = isMoved(status) ? '' : `${describeStatus(view, status)}, `;
    return html`\n<li>${renderKeyRow(key, html`<span class="soft">${how}${formatBytes(size)} in</span> ${formatMilliseconds(milliseconds)}`)}</li>`;
  });
  const least =
    uncountedBatches > 0 &&
    ` This is the least: ${formatCount(uncountedBatches)} ` +
      `${uncountedBatches === 1 ? 'batch' : 'batches'} left no count of requests.`;
  return html`<div class="pair"><div>${sizes.some(({ count }) => count > 0) && renderSection(`Sizes of ${sized}`, renderSizes(sizes))}\
${renderCost(dryRun ? 'Cost of this dry run' : 'Cost', cost, `${least || ''} Not included: free tiers, storage, KMS, metrics, and transfer between regions that the app does not state.`)}</div>\
${slow.length > 0 && renderSection('Slowest objects', renderList(slow))}</div>`;
}

function renderStragglers({ report, stragglers }: RunView): Html | false {
  if (!stragglers) {
    return false;
  }
  const { sentence, step } = stragglers;
  const { examples = [] } = report.stragglers;
  return renderSection(
    'Stragglers',
    html`<p>${keepDates(sentence)}</p>
${examples.length > 0 && html`<ul class="spaced">${examples.map(({ key, date }) => html`<li>${renderKeyRow(key, keepDates(date))}</li>`)}</ul>`}
${step && html`<p>${step.advice}</p>${renderCommand(step.command)}`}`,
  );
}
