/** `report.html` of a verification. */
import type { VerificationReport } from './verification-report';
import { describeDryRunCost, describeSource, viewVerification } from './verification-view';
import { keepDates } from '../../page/dates';
import { renderKeyRow, renderList, renderSection } from '../../page/elements';
import { formatCount } from '../../text/format';
import { html, type Html } from '../../text/html';
import type { NamedRun } from '../../verification/planned-ledgers';
import { renderCost, renderReportPage, renderUri } from './report-page';

export function renderVerificationPage(report: VerificationReport): string {
  const { run: { dryRun }, cost, destination } = report;
  return renderReportPage(viewVerification(report), {
    afterCounts: [dryRun && renderSection('The verification', html`<p>${keepDates(describeDryRunCost(report))}</p>`)],
    afterProblems: [renderLacking(report), renderRuns(report), renderCost(dryRun ? 'Cost of the verification' : 'Cost', cost)],
    places: [['Ledgers', keepDates(describeSource(report))], ['Archive', renderUri(destination)]],
  });
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
