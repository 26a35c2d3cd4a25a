/** What the pages of all actions have: the places and the footer. */
import { toCalendarHref } from '../../calendar/calendar-links';
import { keepDates, renderInstant } from '../../page/dates';
import { renderLink, renderSection } from '../../page/elements';
import { html, type Html, type HtmlValue } from '../../text/html';
import type { Report } from '../report/report';
import type { ReportLinks } from '../report/report-links';

/** Lists places, and the pages of the console about the run. */
export function renderPlacesList(places: ReadonlyArray<readonly [string, HtmlValue]>, links: ReportLinks): Html {
  const pages = [['Report bucket', links.folder], ['Logs of the batches', links.logs]].filter(([, url]) => url);
  const rows: (readonly [string, HtmlValue])[] = [
    ...places,
    ...pages.length > 0 ? [['Console', pages.map(([name, url], index) => html`${index > 0 && ' · '}${renderLink(url, name)}`)] as const] : [],
  ];
  return renderSection('Places', html`<dl class="places">${rows.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`);
}

/**
 * Leads to the runs before and after this one. The next run is not known yet, and a page that the console opens cannot open
 * others, so the calendar has both, and there are two ways to it.
 */
export function renderRunLinks({ archiver, startedAt, timeZone, links }: Pick<Report, 'archiver' | 'startedAt' | 'timeZone' | 'links'>): Html {
  const file = renderLink(toCalendarHref(archiver, startedAt, timeZone), links.allRuns ? 'the calendar in a copy of this folder' : 'the calendar');
  return html`<nav aria-label="Other runs"><p class="soft">Runs before and after this one: ${links.allRuns && html`${renderLink(links.allRuns, 'the calendar in the console')} · `}${file}</p></nav>`;
}

export function renderFooter({ $schema, endedAt, schemaVersion, timeZone }: Pick<Report, '$schema' | 'endedAt' | 'schemaVersion' | 'timeZone'>): Html {
  return html`<footer><p>Written at ${renderInstant(endedAt, timeZone)} by cdk-s3-dated-archiver. The same data is in report.json next to this page
(${renderLink($schema, `schema ${schemaVersion}`)}). In keys, characters that do not print are shown as \\u and a number.</p></footer>`;
}

export function renderUri({ bucket, prefix }: { bucket: string; prefix: string }): Html {
  return html`<code>${keepDates(`s3://${bucket}/${prefix}`)}</code>`;
}
