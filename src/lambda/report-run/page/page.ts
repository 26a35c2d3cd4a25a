/** `report.html` of a run that archives. */
import { renderShares, renderSizes, renderThroughput } from './charts';
import { keepDates, renderInstant } from './dates';
import { capitalize, renderCommand, renderKeyRow, renderLink, renderList, renderReasonCode, renderSection, renderTile } from './elements';
import { renderEstimate, renderGrowth } from './estimate-section';
import { renderDocument, renderFooter, renderPlacesList, renderUri } from './layout';
import { omitRepeatedMessages } from '../../alerts/problem-lines';
import { describeReason } from '../../alerts/reason-descriptions';
import { formatBytes, formatCause, formatCount, formatDates, formatMilliseconds, formatObjects, formatSeconds, formatUsd } from '../../text/format';
import { html, type Html } from '../../text/html';
import type { Report } from '../report/report';
import { getWords } from '../report/restore-words';
import {
  archiveStragglersCommand, describeDryRun, describeRun, describeSkipped, describeStragglers, rerunCommand, SOURCES_KEPT,
} from '../report/wording';

const VERDICTS = { PROBLEMS: 'Incomplete', FAILED: 'Failed' };

const SECTIONS = [
  renderCounts, renderEstimate, renderNextStep, renderReasons, renderProblems, renderThroughputSection, renderColumns, renderGrowth,
  renderStragglers, renderPlaces,
];

export function renderReport(report: Report): string {
  const { archiver, dates, outcome, run } = report;
  const words = getWords(report);
  const verdict = outcome === 'CLEAN' ? capitalize(words.done) : VERDICTS[outcome];
  return renderDocument({
    title: `${words.run} ${verdict.toLowerCase()}: ${formatDates(dates)}`,
    archiver,
    badges: [{ text: verdict, style: outcome }, ...run.dryRun ? [{ text: 'Dry run', style: 'plain' }] : []],
    heading: formatDates(dates),
    lead: html`<p>${capitalize(describeRun(report))} ${outcome !== 'CLEAN' && words.nothingLost}</p>
${run.dryRun && html`<p>${describeDryRun(report)}</p>`}${report.sourceDisposition && html`<p>${SOURCES_KEPT}</p>`}`,
    sections: SECTIONS.map((render) => render(report)),
    footer: renderFooter(report),
  });
}

function renderCounts(report: Report): Html {
  const { counts: { listed, archived, skipped, conflicting, failed }, bytes, seconds, startedAt, batches, cost: { total } } = report;
  const { done } = getWords(report);
  const parts: [string, number, string?][] = [['archived', archived], ['skipped', skipped, describeSkipped(report)], ['conflicting', conflicting], ['failed', failed]];
  return renderSection(`${formatObjects(listed)} listed`, html`${renderShares(report.counts)}
<dl class="tiles">${parts.map(([name, count, note]) => renderTile(html`<svg aria-hidden="true"><rect class="${name}" width="100%" height="100%" rx="2"/></svg>${capitalize(name === 'archived' ? done : name)}`, formatCount(count), note))}</dl>
<dl class="tiles">
${renderTile(`Bytes ${done}`, formatBytes(bytes))}
${renderTile('Duration', formatSeconds(seconds), html`from ${renderInstant(startedAt)}`)}
${renderTile('Batches', formatCount(batches.count), batches.rounds > batches.count && `in ${formatCount(batches.rounds)} rounds`)}
${renderTile('Cost', formatUsd(total), 'estimate')}
</dl>`);
}

function renderNextStep(report: Report): Html | false {
  return report.outcome !== 'CLEAN' && renderSection('Next', html`<p>${capitalize(getWords(report).next.replace('above', 'below'))}</p>
${renderCommand(rerunCommand(report))}`);
}

function renderReasons({ reasons: found }: Report): Html | false {
  return found.length > 0 && renderSection('Why', html`<ul>${found.map(({ status, code, count }) => html`
<li><div class="row"><span>${renderReasonCode(code)}</span><span>${formatCount(count)} ${status}</span></div><p class="soft">${describeReason(code)}</p></li>`)}
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
  return report.throughput.archived.length > 0 && renderSection('Throughput', renderThroughput(report));
}

/** Puts sections next to each other if there is room. */
function renderColumns(report: Report): Html {
  return html`<div class="pair"><div>${[renderSizesSection, renderCost].map((render) => render(report))}</div>${renderSlowest(report)}</div>`;
}

function renderSizesSection(report: Report): Html | false {
  const { sizes } = report;
  return sizes.some(({ count }) => count > 0) && renderSection(`Sizes of ${getWords(report).done} objects`, renderSizes(sizes));
}

function renderSlowest({ slowest }: Report): Html | false {
  return slowest.length > 0 && renderSection('Slowest objects', renderList(slowest.map(({ key, milliseconds, size, status }) => html`
<li>${renderKeyRow(key, html`<span class="soft">${status !== 'archived' && `${status}, `}${formatBytes(size)} in</span> ${formatMilliseconds(milliseconds)}`)}</li>`)));
}

function renderCost({ cost: { items, total, prices }, run }: Report): Html {
  return renderSection(run.dryRun ? 'Cost of this dry run' : 'Cost', html`<table>
<tbody>${items.map(({ what, count, usd }) => html`<tr><th scope="row">${what}</th><td class="number">${formatCount(count)}</td><td>${formatUsd(usd)}</td></tr>`)}</tbody>
<tfoot><tr><th scope="row">Estimate</th><td></td><td>${formatUsd(total)}</td></tr></tfoot>
</table><p class="soft">List prices for ${prices.region} as of ${keepDates(prices.asOf)}. Not included: repeated requests, free tiers, storage, KMS, metrics and data transfer.</p>`);
}

function renderStragglers(report: Report): Html | false {
  const { count, examples = [] } = report.stragglers;
  const archive = archiveStragglersCommand(report);
  return count > 0 && renderSection('Stragglers', html`<p>${keepDates(describeStragglers(report))}</p>
${examples.length > 0 && html`<ul class="spaced">${examples.map(({ key, date }) => html`<li>${renderKeyRow(key, keepDates(date))}</li>`)}</ul>`}
${archive && html`<p>To archive them, run:</p>${renderCommand(archive)}`}`);
}

function renderPlaces({ run, source, destination, ledger, links }: Report): Html {
  return renderPlacesList([
    ['Run', renderLink(links.execution, keepDates(run.id))],
    ['Source', renderUri(source)],
    ['Archive', renderUri(destination)],
    ['Ledger', renderUri(ledger)],
  ], links);
}
