/** `report.html` of a run that archives or restores. */
import { renderShares, renderSizes, renderThroughput } from './charts';
import { renderCost, renderCostTable, renderReportPage, renderUri } from './report-page';
import { ACTION_TEXT, getMove } from '../../alerts/action-text';
import { keepDates } from '../../page/dates';
import { renderCommand, renderKeyRow, renderList, renderSection, renderTile } from '../../page/elements';
import { formatBytes, formatCount, formatKey, formatMilliseconds, formatObjects, formatSeconds, formatUsd } from '../../text/format';
import { html, type Html } from '../../text/html';
import { describeCharges, describeListingGrowth } from './estimate-text';
import type { Report } from './report';
import { describeStatus, type ReportView } from './report-view';
import { describeStragglers, viewRun } from './run-view';
import { describeCopies } from './copies-text';

export function renderRunPage(report: Report): string {
  const view = viewRun(report, 'below');
  const { live, archive } = ACTION_TEXT[getMove(report)];
  return renderReportPage(view, {
    shares: renderShares(view),
    afterCounts: [renderEstimate(report)],
    afterNext: [renderCopies(report)],
    afterProblems: [
      report.throughput.archived.length > 0 && renderSection('Throughput', renderThroughput(report, view)),
      renderColumns(report, view), renderGrowth(report), renderStragglers(report),
    ],
    places: [
      ...report.manifest ? [['Manifest', html`<code>${formatKey(report.manifest.uri)}</code>`] as const] : [],
      ['Source', renderUri(report[live])],
      ['Archive', renderUri(report[archive])],
    ],
  });
}

function renderEstimate({ estimate }: Report): Html | false {
  if (!estimate) { return false; }
  const { objects, bytes, minutes, requests, usd, prices, largest } = estimate;
  const charges = describeCharges(estimate);
  return html`<section>
<h2>The real run</h2>
<dl class="tiles">
${renderTile('Objects', formatCount(objects), formatBytes(bytes))}
${renderTile('Cost', formatUsd(usd.total), keepDates(`${prices.region}, ${prices.asOf}`))}
${renderTile('Duration', formatSeconds(minutes * 60))}
${renderTile('Requests to S3', formatCount(requests.total))}
</dl>
${charges.length > 0 && html`<ul class="spaced">${charges.map((sentence) => html`<li>${sentence}</li>`)}</ul>`}
${renderCostTable(usd.items)}
${largest.length > 0 && html`<details class="more"><summary>The largest ${largest.length === 1 ? 'object' : formatObjects(largest.length)}</summary><ul>${largest.map(({ key, size }) => html`
<li>${renderKeyRow(key, html`${formatBytes(size)}`)}</li>`)}</ul></details>`}
</section>
`;
}

function renderCopies(report: Report): Html | false {
  const lines = describeCopies(report);
  return lines.length > 0
    && renderSection('Copies', html`${lines.map((line) => (typeof line === 'string' ? html`<p>${keepDates(line)}</p>` : renderCommand(line.command)))}`);
}

/** Puts sections next to each other if there is room. */
function renderColumns(report: Report, view: ReportView): Html {
  const { sizes, cost, slowest, run: { dryRun } } = report;
  const { verb, done } = ACTION_TEXT[view.action];
  const sized = dryRun ? `objects to ${verb}` : `${done} objects`;
  const slow = slowest.map(({ key, milliseconds, size, status }) => {
    const how = status === 'archived' || status === 'restored' ? '' : `${describeStatus(view, status)}, `;
    return html`\n<li>${renderKeyRow(key, html`<span class="soft">${how}${formatBytes(size)} in</span> ${formatMilliseconds(milliseconds)}`)}</li>`;
  });
  return html`<div class="pair"><div>${sizes.some(({ count }) => count > 0) && renderSection(`Sizes of ${sized}`, renderSizes(sizes))}\
${renderCost(dryRun ? 'Cost of this dry run' : 'Cost', cost, ' Not included: repeated requests, free tiers, storage, KMS, metrics, and transfer between regions that the app does not state.')}</div>\
${slow.length > 0 && renderSection('Slowest objects', renderList(slow))}</div>`;
}

function renderGrowth({ growth }: Report): Html | false {
  return growth !== undefined && renderSection('Cost of the listing', html`<p>${describeListingGrowth(growth)}</p>`);
}

function renderStragglers(report: Report): Html | false {
  const { count, examples = [] } = report.stragglers;
  const { sentence, step } = describeStragglers(report);
  return count > 0 && renderSection('Stragglers', html`<p>${keepDates(sentence)}</p>
${examples.length > 0 && html`<ul class="spaced">${examples.map(({ key, date }) => html`<li>${renderKeyRow(key, keepDates(date))}</li>`)}</ul>`}
${step && html`<p>${step.advice}</p>${renderCommand(step.command)}`}`);
}
