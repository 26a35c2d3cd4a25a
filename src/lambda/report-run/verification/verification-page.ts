/** `report.html` of a verification. */
import type { VerificationReport } from './verification-report';
import { describeDryRunCost, describeSource, describeVerification, listCountRows, listNextSteps, VERIFY_DRY_RUN_NOTE } from './verification-wording';
import { omitRepeatedMessages } from '../../alerts/problem-lines';
import { describeReason } from '../../alerts/reason-descriptions';
import { keepDates, renderInstant } from '../../page/dates';
import { renderDocument } from '../../page/document';
import { renderCommand, renderKeyRow, renderLink, renderList, renderReasonCode, renderSection, renderTile } from '../../page/elements';
import { capitalize, formatBytes, formatCause, formatCount, formatDates, formatObjects, formatSeconds, formatUsd } from '../../text/format';
import { html, type Html } from '../../text/html';
import type { NamedRun } from '../../verification/planned-ledgers';
import { renderCostTable } from '../page/cost-table';
import { renderFooter, renderPlacesList, renderRunLinks, renderUri } from '../page/layout';

const SECTIONS = [renderCounts, renderDryRun, renderNextStep, renderReasons, renderProblems, renderLacking, renderRuns, renderCost, renderPlaces];

export function renderVerification(report: VerificationReport): string {
  const { archiver, dates, outcome, run } = report;
  const verdict = run.dryRun ? 'Planned' : VERDICTS[outcome];
  return renderDocument({
    title: `Archive ${verdict.toLowerCase()}: ${formatDates(dates)}`,
    archiver,
    badges: [{ text: verdict, style: outcome }, ...run.dryRun ? [{ text: 'Dry run', style: 'plain' }] : []],
    heading: formatDates(dates),
    lead: html`<p>${capitalize(describeVerification(report))}</p>
${run.dryRun && html`<p>${VERIFY_DRY_RUN_NOTE}</p>`}
${renderRunLinks(report)}`,
    sections: SECTIONS.map((render) => render(report)),
    footer: renderFooter(report),
  });
}

const VERDICTS = { CLEAN: 'Verified', PROBLEMS: 'Unproven', FAILED: 'Unaccounted' };
/** The colors of the page. */
const STYLES = { present: 'archived', changed: 'failed', missing: 'failed', unproven: 'conflicting', skipped: 'skipped' };

function renderCounts(report: VerificationReport): Html {
  const { counts: { listed }, bytes, seconds, startedAt, timeZone, batches, cost: { total }, run: { dryRun } } = report;
  return renderSection(`${formatObjects(listed)} in the ledgers`, html`
<dl class="tiles">${listCountRows(report).map(({ name, status, count, note }) => renderTile(
  html`<svg aria-hidden="true"><rect class="${STYLES[status]}" width="100%" height="100%" rx="2"/></svg>${name}`, formatCount(count), note))}</dl>
<dl class="tiles">
${renderTile(dryRun ? 'Bytes to compare' : 'Bytes present', formatBytes(bytes))}
${renderTile('Duration', formatSeconds(seconds), html`from ${renderInstant(startedAt, timeZone)}`)}
${renderTile('Batches', formatCount(batches.count), batches.rounds > batches.count && `in ${formatCount(batches.rounds)} rounds`)}
${renderTile('Cost', formatUsd(total), 'estimate')}
</dl>`);
}

function renderDryRun(report: VerificationReport): Html | false {
  return report.run.dryRun && renderSection('The verification', html`<p>${keepDates(describeDryRunCost(report))}</p>`);
}

function renderNextStep(report: VerificationReport): Html | false {
  const steps = listNextSteps(report);
  return steps.length > 0 && renderSection('Next', html`${steps.map(({ advice, command }) => html`<p>${capitalize(advice)}</p>
${renderCommand(command)}
`)}`);
}

function renderReasons({ reasons }: VerificationReport): Html | false {
  return reasons.length > 0 && renderSection('Why', html`<ul>${reasons.map(({ status, code, count }) => html`
<li><div class="row"><span>${renderReasonCode(code)}</span><span>${formatCount(count)} ${status}</span></div><p class="soft">${describeReason(code)}</p></li>`)}
</ul>`);
}

function renderProblems({ problems, counts: { changed, missing, unproven }, lacking, ledger }: VerificationReport): Html | false {
  const messages = omitRepeatedMessages(problems);
  const items = problems.map(({ destination, code = 'UNKNOWN' }, index) => html`
<li>${renderKeyRow(destination, html`<span class="soft">${renderReasonCode(code)}</span>`)}\
${messages[index] && html`<p class="soft">${keepDates(formatCause(messages[index]))}</p>`}</li>`);
  const all = changed + missing + unproven - (lacking?.lines ?? 0);
  return problems.length > 0 && renderSection('Affected objects', html`${renderList(items)}${all > problems.length && html`
<p class="soft">All ${formatCount(all)} are in the ledger of this verification: ${renderUri(ledger)}</p>`}`);
}

function renderLacking({ lacking, ledger }: VerificationReport): Html | false {
  return lacking !== undefined && renderSection('Missing from the ledgers', html`${renderList(lacking.examples.map(({ part, lines }) => html`
<li>${renderKeyRow(`s3://${ledger.bucket}/${part}`, html`<span class="soft">${formatCount(lines)} lines</span>`)}</li>`))}
<p class="soft">${formatCount(lacking.lines)} lines of ${formatCount(lacking.parts)} parts that the reports of their runs count.</p>`);
}

function renderRuns({ runs: { running, withoutReport } }: VerificationReport): Html | false {
  const list = (note: string, found: readonly NamedRun[]) => found.map(({ name }) => html`<li>${renderKeyRow(name, html`<span class="soft">${note}</span>`)}</li>`);
  const items = [...list('ended without a report', withoutReport), ...list('still running, not verified', running)];
  return items.length > 0 && renderSection('Runs', renderList(items));
}

function renderCost({ cost: { items, total, prices }, run }: VerificationReport): Html {
  return renderSection(run.dryRun ? 'Cost of the verification' : 'Cost', html`${renderCostTable(items, total)}<p class="soft">List prices for ${prices.region} as of ${keepDates(prices.asOf)}.</p>`);
}

function renderPlaces(report: VerificationReport): Html {
  const { run, destination, ledger, links } = report;
  return renderPlacesList([
    ['Run', renderLink(links.execution, keepDates(run.id))],
    ['Ledgers', keepDates(describeSource(report))],
    ['Archive', renderUri(destination)],
    ['Findings', renderUri(ledger)],
  ], links);
}
