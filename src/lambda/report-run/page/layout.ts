/**
 * What the pages of all actions have: the document, its header, the places and the footer. A page needs no network, runs no
 * scripts, and shows any key that S3 allows. The content security policy enforces this in the browser.
 */
import { keepDates, renderInstant } from './dates';
import { renderLink, renderSection } from './elements';
import { STYLE } from './style';
import { formatKey } from '../../text/format';
import { html, type Html, type HtmlValue } from '../../text/html';
import type { Report } from '../report/report';
import type { ReportLinks } from '../report/report-links';

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

export interface PageParts {
  readonly title: string;
  readonly archiver: string;
  /** The style is a class of the style sheet. */
  readonly badges: ReadonlyArray<{ readonly text: string; readonly style: string }>;
  readonly heading: string;
  /** What a reader should know first. */
  readonly lead: Html;
  readonly sections: ReadonlyArray<Html | false>;
  readonly footer: Html;
}

export function renderDocument({ title, archiver, badges, heading, lead, sections, footer }: PageParts): string {
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<p class="badges">${badges.map(({ text, style }) => html`<span class="verdict ${style}">${text}</span>`)}<span class="soft">${formatKey(archiver)}</span></p>
<h1>${keepDates(heading)}</h1>
${lead}
</header>
<main>
${[...sections]}
</main>
${footer}
</body>
</html>
`.text;
}

/** Lists places, and the pages of the console about the run. */
export function renderPlacesList(places: ReadonlyArray<readonly [string, HtmlValue]>, links: ReportLinks): Html {
  const pages = [['Report bucket', links.folder], ['Logs of the batches', links.logs]].filter(([, url]) => url);
  const rows: (readonly [string, HtmlValue])[] = [
    ...places,
    ...pages.length > 0 ? [['Console', pages.map(([name, url], index) => html`${index > 0 && ' · '}${renderLink(url, name)}`)] as const] : [],
  ];
  return renderSection('Places', html`<dl class="places">${rows.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`);
}

export function renderFooter({ $schema, endedAt, schemaVersion }: Pick<Report, '$schema' | 'endedAt' | 'schemaVersion'>): Html {
  return html`<footer><p>Written at ${renderInstant(endedAt)} by cdk-s3-dated-archiver. The same data is in report.json next to this page
(${renderLink($schema, `schema ${schemaVersion}`)}). In keys, characters that do not print are shown as \\u and a number.</p></footer>`;
}

export function renderUri({ bucket, prefix }: { bucket: string; prefix: string }): Html {
  return html`<code>${keepDates(`s3://${bucket}/${prefix}`)}</code>`;
}
