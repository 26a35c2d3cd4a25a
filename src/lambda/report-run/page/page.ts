/**
 * `report.html`: a run on one page. It needs no network, runs no scripts, and shows any key that S3 allows.
 * The content security policy enforces this in the browser.
 */
import { renderShares, renderSizes, renderThroughput } from './charts';
import { capitalize, renderCommand, renderKey, renderLink, renderList, renderReasonCode, renderSection, renderTile } from './elements';
import { renderEstimate, renderGrowth } from './estimate-section';
import { STYLE } from './style';
import { omitRepeatedMessages } from '../../alerts/problem-lines';
import { describeReason } from '../../alerts/reason-descriptions';
import { NOTHING_LOST } from '../../alerts/wording';
import { formatBytes, formatCause, formatCount, formatDates, formatKey, formatMilliseconds, formatObjects, formatSeconds, formatUsd } from '../../text/format';
import { html, type Html, type HtmlValue } from '../../text/html';
import type { Report } from '../report/report';
import { REPORT_SCHEMA } from '../report/report-links';
import {
  archiveStragglersCommand, describeRun, describeStragglers, DRY_RUN_NOTE, rerunCommand,
} from '../report/wording';

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
const VERDICTS = { CLEAN: 'Archived', PROBLEMS: 'Incomplete', FAILED: 'Failed' };

const SECTIONS = [
  renderCounts, renderEstimate, renderNextStep, renderReasons, renderProblems, renderThroughputSection, renderColumns, renderGrowth,
  renderStragglers, renderPlaces,
];

export function renderReport(report: Report): string {
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Archive ${VERDICTS[report.outcome].toLowerCase()}: ${formatDates(report.dates)}</title>
<style>${STYLE}</style>
</head>
<body>
${renderHeader(report)}
<main>
${SECTIONS.map((render) => render(report))}
</main>
${renderFooter(report)}
</body>
</html>
`.text;
}

function renderHeader(report: Report): Html {
  const { archiver, dates, outcome, run } = report;
  return html`<header>
<p class="badges"><span class="verdict ${outcome}">${VERDICTS[outcome]}</span>${run.dryRun && html`<span class="verdict plain">Dry run</span>`}<span class="soft">${formatKey(archiver)}</span></p>
<h1>${formatDates(dates)}</h1>
<p>${capitalize(describeRun(report))} ${outcome !== 'CLEAN' && NOTHING_LOST}</p>
${run.dryRun && html`<p>${DRY_RUN_NOTE}</p>`}
</header>`;
}

function renderCounts(report: Report): Html {
  const { counts: { listed, archived, skipped, conflicting, failed }, bytes, seconds, startedAt, batches, cost: { total } } = report;
  const parts: [string, number, string?][] = [['archived', archived], ['skipped', skipped, 'other dates, no date'], ['conflicting', conflicting], ['failed', failed]];
  return renderSection(`${formatObjects(listed)} listed`, html`${renderShares(report.counts)}
<dl class="tiles">${parts.map(([name, count, note]) => renderTile(html`<svg aria-hidden="true"><rect class="${name}" width="100%" height="100%" rx="2"/></svg>${capitalize(name)}`, formatCount(count), note))}</dl>
<dl class="tiles">
${renderTile('Bytes archived', formatBytes(bytes))}
${renderTile('Duration', formatSeconds(seconds), `from ${startedAt.slice(0, 19).replace('T', ' ')} UTC`)}
${renderTile('Batches', formatCount(batches.count), batches.rounds > batches.count && `in ${formatCount(batches.rounds)} rounds`)}
${renderTile('Cost', formatUsd(total), 'estimate')}
</dl>`);
}

function renderNextStep(report: Report): Html | false {
  return report.outcome !== 'CLEAN' && renderSection('Next', html`<p>Fix the causes below, then run the same days again. The run picks up everything that is still at the source:</p>
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
<li><div class="row"><div>${renderKey(key)}</div><span class="soft">${renderReasonCode(code)}</span></div>\
${messages[index] && html`<p class="soft">${formatCause(messages[index])}</p>`}</li>`);
  const all = failed + conflicting;
  return known.length > 0 && renderSection('Affected objects', html`${renderList(items)}${all > known.length && html`
<p class="soft">All ${formatCount(all)} are in the ledger: <code>${toUri(ledger)}</code></p>`}`);
}

function renderThroughputSection(report: Report): Html | false {
  return report.throughput.archived.length > 0 && renderSection('Throughput', renderThroughput(report));
}

/** Puts sections next to each other if there is room. */
function renderColumns(report: Report): Html {
  return html`<div class="pair"><div>${[renderSizesSection, renderCost].map((render) => render(report))}</div>${renderSlowest(report)}</div>`;
}

function renderSizesSection({ sizes }: Report): Html | false {
  return sizes.some(({ count }) => count > 0) && renderSection('Sizes of archived objects', renderSizes(sizes));
}

function renderSlowest({ slowest }: Report): Html | false {
  return slowest.length > 0 && renderSection('Slowest objects', renderList(slowest.map(({ key, milliseconds, size, status }) => html`
<li class="row"><div>${renderKey(key)}<p class="soft">${formatBytes(size)}${status !== 'archived' && `, ${status}`}</p></div>\
<span>${formatMilliseconds(milliseconds)}</span></li>`)));
}

function renderCost({ cost: { items, total, prices }, run }: Report): Html {
  return renderSection(run.dryRun ? 'Cost of this dry run' : 'Cost', html`<table>
<tbody>${items.map(({ what, count, usd }) => html`<tr><th scope="row">${what}</th><td class="number">${formatCount(count)}</td><td>${formatUsd(usd)}</td></tr>`)}</tbody>
<tfoot><tr><th scope="row">Estimate</th><td></td><td>${formatUsd(total)}</td></tr></tfoot>
</table><p class="soft">List prices for ${prices.region} as of ${prices.asOf}. Not included: repeated requests, free tiers, storage, KMS, metrics and data transfer.</p>`);
}

function renderStragglers(report: Report): Html | false {
  const { count, examples = [] } = report.stragglers;
  const archive = archiveStragglersCommand(report);
  return count > 0 && renderSection('Stragglers', html`<p>${describeStragglers(report)}</p>
${examples.length > 0 && html`<ul class="spaced">${examples.map(({ key, date }) => html`<li class="row"><div>${renderKey(key)}</div><span>${date}</span></li>`)}</ul>`}
${archive && html`<p>To archive them, run:</p>${renderCommand(archive)}`}`);
}

function renderPlaces({ run, source, destination, ledger, links }: Report): Html {
  const pages = [['Report bucket', links.folder], ['Logs of the batches', links.logs]].filter(([, url]) => url);
  const rows: [string, HtmlValue][] = [
    ['Run', renderLink(links.execution, run.id)],
    ['Source', html`<code>${toUri(source)}</code>`],
    ['Archive', html`<code>${toUri(destination)}</code>`],
    ['Ledger', html`<code>${toUri(ledger)}</code>`],
    ...pages.length > 0 ? [['Console', pages.map(([name, url], index) => html`${index > 0 && ' · '}${renderLink(url, name)}`)] as [string, HtmlValue]] : [],
  ];
  return renderSection('Places', html`<dl class="places">${rows.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`);
}

function renderFooter({ endedAt, schemaVersion }: Report): Html {
  return html`<footer><p>Written at ${endedAt} by cdk-s3-dated-archiver. The same data is in report.json next to this page
(${renderLink(REPORT_SCHEMA, `schema ${schemaVersion}`)}). In keys, characters that do not print are shown as \\u and a number.</p></footer>`;
}

function toUri({ bucket, prefix }: { bucket: string; prefix: string }): string {
  return `s3://${bucket}/${prefix}`;
}
