/**
 * `report.html`: a run on one page, that needs no network, runs no script and shows any key that S3 allows.
 * The content security policy says so to the browser, too.
 */
import { sharesBar, sizeBars, throughputPlot } from './charts';
import { estimateSection, growthSection } from './estimate-section';
import { STYLE } from './style';
import { describeReason } from '../../alerts/reason-descriptions';
import { reasonUrl } from '../../alerts/runbook-links';
import { formatBytes, formatCause, formatCount, formatDates, formatKey, formatMilliseconds, formatObjects, formatSeconds, formatUsd } from '../../text/format';
import { html, type Html, type HtmlValue } from '../../text/html';
import type { Report } from '../report/report';
import { REPORT_SCHEMA } from '../report/report-links';
import { againCommand, DRY_RUN, messagesOnce, NOTHING_LOST, describeRun, stragglersCommand, describeStragglers } from '../report/wording';

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
const VERDICTS = { CLEAN: 'Archived', PROBLEMS: 'Incomplete', FAILED: 'Failed' };
/** Beyond it, a key is folded. */
const KEY_SHOWN = 160;
const ITEMS_SHOWN = 5;

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
${head(report)}
<main>
${[counts, estimateSection, next, reasons, problems, throughput, pair, growthSection, stragglers, places].map((part) => part(report))}
</main>
${foot(report)}
</body>
</html>
`.text;
}

function head(report: Report): Html {
  const { archiver, dates, outcome, run } = report;
  return html`<header>
<p class="badges"><span class="verdict ${outcome}">${VERDICTS[outcome]}</span>${run.dryRun && html`<span class="verdict plain">Dry run</span>`}<span class="soft">${formatKey(archiver)}</span></p>
<h1>${formatDates(dates)}</h1>
<p>${capital(describeRun(report))} ${outcome !== 'CLEAN' && NOTHING_LOST}</p>
${run.dryRun && html`<p>${DRY_RUN}</p>`}
</header>`;
}

function counts(report: Report): Html {
  const { counts: { listed, archived, skipped, conflicting, failed }, bytes, seconds, startedAt, batches, cost: { total } } = report;
  const parts: [string, number, string?][] = [['archived', archived], ['skipped', skipped, 'other dates, no date'], ['conflicting', conflicting], ['failed', failed]];
  return section(`${formatObjects(listed)} listed`, html`${sharesBar(report.counts)}
<dl class="tiles">${parts.map(([name, count, note]) => tile(html`<svg aria-hidden="true"><rect class="${name}" width="100%" height="100%" rx="2"/></svg>${capital(name)}`, formatCount(count), note))}</dl>
<dl class="tiles">
${tile('Bytes archived', formatBytes(bytes))}
${tile('Duration', formatSeconds(seconds), `from ${startedAt.slice(0, 19).replace('T', ' ')} UTC`)}
${tile('Batches', formatCount(batches.count), batches.rounds > batches.count && `in ${formatCount(batches.rounds)} rounds`)}
${tile('Cost', formatUsd(total), 'estimate')}
</dl>`);
}

function next(report: Report): Html | false {
  return report.outcome !== 'CLEAN' && section('Next', html`<p>Mend what the reasons name, then run the same days again. It takes up what is still at its source:</p>
${command(againCommand(report))}`);
}

function reasons({ reasons: found }: Report): Html | false {
  return found.length > 0 && section('Why', html`<ul>${found.map(({ status, code, count }) => html`
<li><div class="row"><span>${reason(code)}</span><span>${formatCount(count)} ${status}</span></div><p class="soft">${describeReason(code)}</p></li>`)}
</ul>`);
}

function problems(report: Report): Html | false {
  const { problems: known, counts: { failed, conflicting }, ledger } = report;
  const messages = messagesOnce(known);
  const items = known.map(({ key, code = 'UNKNOWN' }, index) => html`
<li><div class="row"><div>${keyOf(key)}</div><span class="soft">${reason(code)}</span></div>\
${messages[index] && html`<p class="soft">${formatCause(messages[index])}</p>`}</li>`);
  const all = failed + conflicting;
  return known.length > 0 && section('Which', html`${list(items)}${all > known.length && html`
<p class="soft">All ${formatCount(all)} are in the ledger: <code>${placeOf(ledger)}</code></p>`}`);
}

function throughput(report: Report): Html | false {
  return report.throughput.archived.length > 0 && section('Throughput', throughputPlot(report));
}

/** Side by side where there is room. */
function pair(report: Report): Html {
  return html`<div class="pair"><div>${[sizesOf, cost].map((part) => part(report))}</div>${slowestOf(report)}</div>`;
}

function sizesOf({ sizes }: Report): Html | false {
  return sizes.some(({ count }) => count > 0) && section('Sizes of archived objects', sizeBars(sizes));
}

function slowestOf({ slowest }: Report): Html | false {
  return slowest.length > 0 && section('Slowest objects', list(slowest.map(({ key, milliseconds, size, status }) => html`
<li class="row"><div>${keyOf(key)}<p class="soft">${formatBytes(size)}${status !== 'archived' && `, ${status}`}</p></div>\
<span>${formatMilliseconds(milliseconds)}</span></li>`)));
}

function cost({ cost: { items, total, prices }, run }: Report): Html {
  return section(run.dryRun ? 'Cost of this dry run' : 'Cost', html`<table>
<tbody>${items.map(({ what, count, usd }) => html`<tr><th scope="row">${what}</th><td class="number">${formatCount(count)}</td><td>${formatUsd(usd)}</td></tr>`)}</tbody>
<tfoot><tr><th scope="row">Estimate</th><td></td><td>${formatUsd(total)}</td></tr></tfoot>
</table><p class="soft">List prices of ${prices.region}, ${prices.asOf}; without repeated requests, free tiers, storage, KMS, metrics and data transfer.</p>`);
}

function stragglers(report: Report): Html | false {
  const { count, examples = [] } = report.stragglers;
  const archive = stragglersCommand(report);
  return count > 0 && section('Stragglers', html`<p>${describeStragglers(report)}</p>
${examples.length > 0 && html`<ul class="spaced">${examples.map(({ key, date }) => html`<li class="row"><div>${keyOf(key)}</div><span>${date}</span></li>`)}</ul>`}
${archive && html`<p>To archive them:</p>${command(archive)}`}`);
}

function places({ run, source, destination, ledger, links }: Report): Html {
  const pages = [['Report bucket', links.folder], ['Logs of the batches', links.logs]].filter(([, url]) => url);
  const rows: [string, HtmlValue][] = [
    ['Run', link(links.execution, run.id)],
    ['Source', html`<code>${placeOf(source)}</code>`],
    ['Archive', html`<code>${placeOf(destination)}</code>`],
    ['Ledger', html`<code>${placeOf(ledger)}</code>`],
    ...pages.length > 0 ? [['Console', pages.map(([name, url], index) => html`${index > 0 && ' · '}${link(url, name)}`)] as [string, HtmlValue]] : [],
  ];
  return section('Places', html`<dl class="places">${rows.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`);
}

function foot({ endedAt, schemaVersion }: Report): Html {
  return html`<footer><p>Written at ${endedAt} by cdk-s3-dated-archiver. The same data is in report.json beside this page
(${link(REPORT_SCHEMA, `schema ${schemaVersion}`)}). Keys show what does not print as \\u and a number.</p></footer>`;
}

function section(title: string, content: Html): Html {
  return html`<section>\n<h2>${title}</h2>\n${content}\n</section>\n`;
}

/** The first items; the others are folded. */
function list(items: readonly Html[]): Html {
  const folded = items.slice(ITEMS_SHOWN);
  return html`<ul>${items.slice(0, ITEMS_SHOWN)}\n</ul>${folded.length > 0 && html`
<details class="more"><summary>${folded.length} more</summary><ul>${folded}\n</ul></details>`}`;
}

/** On lines that fit a phone, and can be pasted as they are. */
function command(line: string): Html {
  const [first, ...options] = line.split(/ (?=--)/);
  return html`<pre><code>${first}${options.map((option) => html` \\\n  ${option}`)}</code></pre>`;
}

function tile(name: HtmlValue, value: string, note?: string | false): Html {
  return html`<div><dt>${name}</dt><dd>${value}${note && html`<small>${note}</small>`}</dd></div>`;
}

function link(url: string | undefined, name: string | undefined): Html {
  return url ? html`<a href="${url}">${name}</a>` : html`${name}`;
}

function reason(code: string): Html {
  return describeReason(code) ? link(reasonUrl(code), code) : html`${formatKey(code)}`;
}

/** A long key is folded: the summary has its beginning and its end. */
function keyOf(key: string): Html {
  const whole = formatKey(key, Infinity);
  const short = formatKey(key, KEY_SHOWN);
  return short === whole ? html`<code>${whole}</code>` : html`<details><summary><code>${short}</code></summary><code>${whole}</code></details>`;
}

const placeOf = ({ bucket, prefix }: { bucket: string; prefix: string }) => `s3://${bucket}/${prefix}`;
const capital = (word: string) => word[0].toUpperCase() + word.slice(1);
