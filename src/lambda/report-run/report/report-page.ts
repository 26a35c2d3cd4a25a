import type { Place, ReportBase } from './report-base';
import { describeStatus, type ReportView } from './report-view';
import { omitRepeatedMessages } from '../../alerts/problem-lines';
import { describeReason } from '../../alerts/reason-text';
import { toCalendarHref } from '../../calendar/calendar-page';
import {
  keepDates,
  renderCommand,
  renderDocument,
  renderInstant,
  renderKeyRow,
  renderLink,
  renderList,
  renderReasonCode,
  renderSection,
  renderTile,
} from '../../page/elements';
import { type CostItem, LOG_BYTES } from '../../pricing/cost';
import {
  capitalize,
  formatBytes,
  formatCause,
  formatCount,
  formatDates,
  formatObjects,
  formatSeconds,
  formatUsd,
} from '../../text/format';
import { html, type Html, type HtmlValue } from '../../text/html';

export interface PageSections extends Partial<
  Record<'afterCounts' | 'afterNext', readonly (Html | false)[]>
> {
  readonly shares?: Html;
  readonly afterProblems: readonly (Html | false)[];
  readonly places: ReadonlyArray<readonly [string, HtmlValue]>;
}

export function renderReportPage(view: ReportView, sections: PageSections): string {
  const { report, title, verdict, style, headline, nothingLost, notes } = view;
  const { archiver, dates, run } = report;
  const { afterCounts = [], afterNext = [], afterProblems } = sections;
  return renderDocument({
    title,
    archiver,
    badges: [
      { text: verdict, style },
      ...(run.dryRun ? [{ text: 'Dry run', style: 'plain' }] : []),
    ],
    heading: formatDates(dates),
    lead: html`<p>${[capitalize(headline), nothingLost].filter(Boolean).join(' ')}</p>
${notes.map((note) => html`<p>${note}</p>`)}
${renderRunLinks(report)}`,
    sections: [
      renderCounts(view, sections.shares),
      ...afterCounts,
      renderNext(view),
      ...afterNext,
      renderReasons(view),
      renderProblems(view),
      ...afterProblems,
      renderPlaces(view, sections.places),
    ],
    footer: renderFooter(report),
  });
}

/**
 * The next run is not known yet, and a page that the console opens cannot open others, so the
 * calendar leads to both, in two ways.
 */
function renderRunLinks({ archiver, startedAt, timeZone, links }: ReportBase): Html {
  const file = renderLink(
    toCalendarHref(archiver, startedAt, timeZone),
    links.allRuns ? 'the calendar in a copy of this folder' : 'the calendar',
  );
  return html`<nav aria-label="Other runs"><p class="soft">Runs before and after this one: ${links.allRuns && html`${renderLink(links.allRuns, 'the calendar in the console')} · `}${file}</p></nav>`;
}

function renderCounts({ report, listed, counts, bytes }: ReportView, shares?: Html): Html {
  const { seconds, startedAt, timeZone, batches, cost } = report;
  return renderSection(
    `${formatObjects(listed.count)} ${listed.heading}`,
    html`${shares}
<dl class="tiles">${counts.map(({ name, style, count, note }) =>
      renderTile(
        html`<svg aria-hidden="true"><rect class="${style}" width="100%" height="100%" rx="2"/></svg>${name}`,
        formatCount(count),
        note,
      ),
    )}</dl>
<dl class="tiles">
${renderTile(bytes, formatBytes(report.bytes))}
${renderTile('Duration', formatSeconds(seconds), html`from ${renderInstant(startedAt, timeZone)}`)}
${renderTile('Batches', formatCount(batches.count), batches.rounds > batches.count && `in ${formatCount(batches.rounds)} rounds`)}
${renderTile('Cost', formatUsd(cost.total), 'estimate')}
</dl>`,
  );
}

function renderNext({ next }: ReportView): Html | false {
  return (
    next.length > 0 &&
    renderSection(
      'Next',
      html`${next.map(
        ({ advice, command }) => html`<p>${capitalize(advice)}</p>
${renderCommand(command)}
`,
      )}`,
    )
  );
}

function renderReasons(view: ReportView): Html | false {
  const { reasons } = view.report;
  return (
    reasons.length > 0 &&
    renderSection(
      'Why',
      html`<ul>${reasons.map(
        ({ status, code, count }) => html`
<li><div class="row"><span>${renderReasonCode(code)}</span><span>${formatCount(count)} ${describeStatus(view, status)}</span></div><p class="soft">${describeReason(code)}</p></li>`,
      )}
</ul>`,
    )
  );
}

function renderProblems({
  problems,
  problemCount,
  report: { ledger },
  ledgerName,
}: ReportView): Html | false {
  const items = omitRepeatedMessages(problems).map(
    ({ key, code = 'UNKNOWN', message }) => html`
<li>${renderKeyRow(key, html`<span class="soft">${renderReasonCode(code)}</span>`)}\
${message && html`<p class="soft">${keepDates(formatCause(message))}</p>`}</li>`,
  );
  return (
    problems.length > 0 &&
    renderSection(
      'Affected objects',
      html`${renderList(items)}${
        problemCount > problems.length &&
        html`
<p class="soft">All ${formatCount(problemCount)} are in the ${ledgerName === 'Ledger' ? 'ledger' : 'ledger of this verification'}: ${renderUri(ledger)}</p>`
      }`,
    )
  );
}

export function renderCost(
  title: string,
  { items, total, prices }: ReportBase['cost'],
  excluded = '',
): Html {
  return renderSection(
    title,
    html`${renderCostTable(items, total)}<p class="soft">List prices for ${prices.region} as of ${keepDates(prices.asOf)}.${excluded}</p>`,
  );
}

export function renderCostTable(items: readonly CostItem[], total?: number): Html {
  const rows = items.map(({ what, count, usd }) => {
    const [name, amount] =
      what === LOG_BYTES ? ['CloudWatch: logs', formatBytes(count)] : [what, formatCount(count)];
    return html`<tr><th scope="row">${name}</th><td class="number">${amount}</td><td>${formatUsd(usd)}</td></tr>`;
  });
  return html`<table>
<tbody>${rows}</tbody>${
    total !== undefined &&
    html`
<tfoot><tr><th scope="row">Estimate</th><td></td><td>${formatUsd(total)}</td></tr></tfoot>`
  }
</table>`;
}

function renderPlaces(
  { report: { run, links, ledger }, ledgerName }: ReportView,
  places: PageSections['places'],
): Html {
  const pages = [
    ['Report bucket', links.folder],
    ['Logs of the batches', links.logs],
  ].filter(([, url]) => url);
  const rows: (readonly [string, HtmlValue])[] = [
    ['Run', renderLink(links.execution, keepDates(run.id))],
    ...places,
    [ledgerName, renderUri(ledger)],
    ...(pages.length > 0
      ? [
          [
            'Console',
            pages.map(([name, url], index) => html`${index > 0 && ' · '}${renderLink(url, name)}`),
          ] as const,
        ]
      : []),
  ];
  return renderSection(
    'Places',
    html`<dl class="places">${rows.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`,
  );
}

export function renderUri({ bucket, prefix }: Place): Html {
  return html`<code>${keepDates(`s3://${bucket}/${prefix}`)}</code>`;
}

function renderFooter({ $schema, endedAt, schemaVersion, timeZone }: ReportBase): Html {
  return html`<footer><p>Written at ${renderInstant(endedAt, timeZone)} by cdk-s3-dated-archiver. The same data is in report.json next to this page
(${renderLink($schema, `schema ${schemaVersion}`)}). In keys, characters that do not print are shown as \\u and a number.</p></footer>`;
}
