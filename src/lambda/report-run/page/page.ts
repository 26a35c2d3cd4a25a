/** `report.html` of a run that archives. */
import { renderShares, renderSizes, renderThroughput } from './charts';
import { renderCostTable } from './cost-table';
import { renderEstimate, renderGrowth } from './estimate-section';
import { renderFooter, renderPlacesList, renderRunLinks, renderUri } from './layout';
import { omitRepeatedMessages } from '../../alerts/problem-lines';
import { describeReason } from '../../alerts/reason-descriptions';
import { keepDates, renderInstant } from '../../page/dates';
import { renderDocument } from '../../page/document';
import { renderCommand, renderKeyRow, renderLink, renderList, renderReasonCode, renderSection, renderTile } from '../../page/elements';
import {
  capitalize, formatBytes, formatCause, formatCount, formatDates, formatKey, formatMilliseconds, formatObjects, formatSeconds, formatUsd,
} from '../../text/format';
import { html, type Html } from '../../text/html';
import type { Report } from '../report/report';
import { getRunWords, STATUSES } from '../report/run-words';
import { archiveStragglersCommand, describeSkipped, describeStragglers, getPlaces, rerunCommand } from '../report/wording';
import { describeCopies } from '../restored/describe-copies';

const SECTIONS = [
  renderCounts, renderEstimate, renderNextStep, renderCopies, renderReasons, renderProblems, renderThroughputSection, renderColumns, renderGrowth,
  renderStragglers, renderPlaces,
];

export function renderReport(report: Report): string {
  const { archiver, dates, outcome, run } = report;
  const words = getRunWords(report);
  return renderDocument({
    title: words.title,
    archiver,
    badges: [{ text: words.verdict, style: outcome }, ...run.dryRun ? [{ text: 'Dry run', style: 'plain' }] : []],
    heading: formatDates(dates),
    lead: html`<p>${[capitalize(words.sentence), words.nothingLost].filter(Boolean).join(' ')}</p>
${words.notes.map((note) => html`<p>${note}</p>`)}
${renderRunLinks(report)}`,
    sections: SECTIONS.map((render) => render(report)),
    footer: renderFooter(report),
  });
}

function renderCounts(report: Report): Html {
  const { counts, bytes, seconds, startedAt, timeZone, batches, cost: { total } } = report;
  const words = getRunWords(report);
  return renderSection(`${formatObjects(counts.listed)} listed`, html`${renderShares(counts, words)}
<dl class="tiles">${STATUSES.map((status) => renderTile(
  html`<svg aria-hidden="true"><rect class="${status}" width="100%" height="100%" rx="2"/></svg>${words.labels[status]}`,
  formatCount(counts[status]),
  status === 'skipped' && describeSkipped(report),
))}</dl>
<dl class="tiles">
${renderTile(words.bytes, formatBytes(bytes))}
${renderTile('Duration', formatSeconds(seconds), html`from ${renderInstant(startedAt, timeZone)}`)}
${renderTile('Batches', formatCount(batches.count), batches.rounds > batches.count && `in ${formatCount(batches.rounds)} rounds`)}
${renderTile('Cost', formatUsd(total), 'estimate')}
</dl>`);
}

function renderNextStep(report: Report): Html | false {
  return report.outcome !== 'CLEAN' && renderSection('Next', html`<p>${capitalize(getRunWords(report).next('below'))}</p>
${renderCommand(rerunCommand(report))}`);
}

function renderCopies(report: Report): Html | false {
  const text = describeCopies(report);
  return text !== undefined && renderSection('Copies', html`${text.sentences.map((each) => html`<p>${keepDates(each)}</p>`)}${text.command && renderCommand(text.command)}`);
}

function renderReasons(report: Report): Html | false {
  const { reasons: found } = report;
  const { counted } = getRunWords(report);
  return found.length > 0 && renderSection('Why', html`<ul>${found.map(({ status, code, count }) => html`
<li><div class="row"><span>${renderReasonCode(code)}</span><span>${formatCount(count)} ${counted[status]}</span></div><p class="soft">${describeReason(code)}</p></li>`)}
</ul>`);
}

function renderProblems(report: Report): Html | false {
  const { problems: known, counts: { failed, conflicting }, ledger } = report;
  const messages = omitRepeatedMessages(known);
  const items = known.map(({ key, code = 'UNKNOWN' }, index) => html`
<li>${renderKeyRow(key, html`<span class="soft">${renderReasonCode(code)}</span>`)}\
${messages[index] && html`<p class="soft">${keepDates(formatCause(messages[index]))}</p>`}</li>`);
  const all = failed + conflicting;
  return known.length > 0 && renderSection('Affected objects', html`${renderList(items)}${all > known.length && html`
<p class="soft">All ${formatCount(all)} are in the ledger: ${renderUri(ledger)}</p>`}`);
}

function renderThroughputSection(report: Report): Html | false {
  return report.throughput.archived.length > 0 && renderSection('Throughput', renderThroughput(report, getRunWords(report)));
}

/** Puts sections next to each other if there is room. */
function renderColumns(report: Report): Html {
  return html`<div class="pair"><div>${[renderSizesSection, renderCost].map((render) => render(report))}</div>${renderSlowest(report)}</div>`;
}

function renderSizesSection(report: Report): Html | false {
  const { sizes } = report;
  return sizes.some(({ count }) => count > 0) && renderSection(`Sizes of ${getRunWords(report).objects}`, renderSizes(sizes));
}

function renderSlowest(report: Report): Html | false {
  const { slowest } = report;
  const { counted } = getRunWords(report);
  return slowest.length > 0 && renderSection('Slowest objects', renderList(slowest.map(({ key, milliseconds, size, status }) => html`
<li>${renderKeyRow(key, html`<span class="soft">${status !== 'archived' && status !== 'restored' && `${counted[status]}, `}${formatBytes(size)} in</span> ${formatMilliseconds(milliseconds)}`)}</li>`)));
}

function renderCost({ cost: { items, total, prices }, run }: Report): Html {
  return renderSection(run.dryRun ? 'Cost of this dry run' : 'Cost', html`${renderCostTable(items, total)}<p class="soft">List prices for ${prices.region} as of ${keepDates(prices.asOf)}. Not included: repeated requests, free tiers, storage, KMS, metrics, and transfer between regions that the app does not state.</p>`);
}

function renderStragglers(report: Report): Html | false {
  const { count, examples = [] } = report.stragglers;
  const archive = archiveStragglersCommand(report);
  return count > 0 && renderSection('Stragglers', html`<p>${keepDates(describeStragglers(report))}</p>
${examples.length > 0 && html`<ul class="spaced">${examples.map(({ key, date }) => html`<li>${renderKeyRow(key, keepDates(date))}</li>`)}</ul>`}
${archive && html`<p>${getRunWords(report).stragglers}</p>${renderCommand(archive)}`}`);
}

function renderPlaces(report: Report): Html {
  const { run, manifest, ledger, links } = report;
  const { live, archive } = getPlaces(report);
  return renderPlacesList([
    ['Run', renderLink(links.execution, keepDates(run.id))],
    ...manifest ? [['Manifest', html`<code>${formatKey(manifest.uri)}</code>`] as const] : [],
    ['Source', renderUri(live)],
    ['Archive', renderUri(archive)],
    ['Ledger', renderUri(ledger)],
  ], links);
}
