/** The document of a page, and its elements. Keys, dates and commands fit on a small phone. */
import { STYLE } from './style';
import { createDayFinder } from '../../dates/date-window';
import { describeReason, reasonUrl } from '../alerts/reason-text';
import { formatKey } from '../text/format';
import { html, type Html, type HtmlValue } from '../text/html';

/**
 * The pages need no network and run no scripts, and show any key that S3 allows: the policy
 * enforces this.
 */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

export interface PageParts {
  readonly title: string;
  readonly archiver: string;
  readonly badges: ReadonlyArray<{ readonly text: string; readonly style: string }>;
  readonly heading: string;
  readonly lead: Html;
  readonly sections: readonly HtmlValue[];
  readonly footer: Html;
  readonly style?: Html;
}

export function renderDocument({
  title,
  archiver,
  badges,
  heading,
  lead,
  sections,
  footer,
  style: ownStyle,
}: PageParts): string {
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${STYLE}${ownStyle}</style>
</head>
<body>
<header>
<p class="badges">${badges.map(({ text, style }) => html`<span class="verdict ${style}">${text}</span>`)}<span class="soft">${formatKey(archiver)}</span></p>
<h1>${keepDates(heading)}</h1>
${lead}
</header>
<main>
${sections}
</main>
${footer}
</body>
</html>
`.text;
}

const MAX_ITEMS = 5;

export function renderSection(title: string, content: Html): Html {
  return html`<section>\n<h2>${title}</h2>\n${content}\n</section>\n`;
}

export function renderList(items: readonly Html[]): Html {
  const folded = items.slice(MAX_ITEMS);
  return html`<ul>${items.slice(0, MAX_ITEMS)}\n</ul>${
    folded.length > 0 &&
    html`
<details class="more"><summary>${folded.length} more</summary><ul>${folded}\n</ul></details>`
  }`;
}

export function renderCommand(command: string): Html {
  const [first, ...options] = command.split(/ (?=--)/);
  return html`<pre><code>${first}${options.map((option) => html` \\\n  ${keepDates(option)}`)}</code></pre>`;
}

export function renderTile(name: HtmlValue, value: string, note?: HtmlValue): Html {
  return html`<div><dt>${name}</dt><dd>${value}${note && html`<small>${note}</small>`}</dd></div>`;
}

export function renderLink(url: string | undefined, name: HtmlValue): Html {
  return url ? html`<a href="${url}">${name}</a>` : html`${name}`;
}

export function renderReasonCode(code: string): Html {
  return describeReason(code) ? renderLink(reasonUrl(code), code) : html`${formatKey(code)}`;
}

/** A row for an object: its key, and a note about it. On a phone, the key has a separate line. */
export function renderKeyRow(key: string, note: Html): Html {
  return html`<div class="row keyed"><div>${renderKey(key)}</div><span>${note}</span></div>`;
}

const MAX_SHORT = 30;
/**
 * The end that is always visible, in characters: `-2026-11-24-0001.parquet`. The style sheet has
 * its width, too.
 */
const TAIL = 24;

/**
 * The style sheet hides as much of the middle as does not fit. A click shows the whole text, and a
 * copy has all of it.
 */
export function renderKey(key: string): Html {
  // Segments are what readers take for characters, so that no accent is cut from its letter.
  const characters = Array.from(
    new Intl.Segmenter('en').segment(formatKey(key, Infinity)),
    ({ segment }) => segment,
  );
  if (characters.length <= MAX_SHORT) {
    return html`<code>${characters.join('')}</code>`;
  }
  const head = characters.slice(0, -TAIL).join('');
  const tail = characters.slice(-TAIL).join('');
  return html`<details class="key"><summary><code><span>${head}</span><span>${tail}</span></code></summary></details>`;
}

const DATE = /((?<!\d)\d{4}-\d\d-\d\d(?!\d))/;

/** Keeps each date in a text on one line, where a browser would break it at each hyphen. */
export function keepDates(text: string): Html {
  return html`${text.split(DATE).map((part, index) => (index % 2 === 1 ? html`<span class="date">${part}</span>` : part))}`;
}

const UTC = /^((Etc\/)?(UTC|GMT|UCT|Zulu|Universal|Greenwich)|Etc\/GMT[+-]?0)$/;

/**
 * `2026-11-25 01:00:00 UTC`, and the same in the time zone of the archiver: `(10:00:00
 * Asia/Tokyo)`.
 */
export function renderInstant(instant: string, timeZone: string): Html {
  const at = new Date(instant);
  const [date, time] = at.toISOString().slice(0, 19).split('T');
  const utc = html`<time datetime="${date}T${time}Z">${keepDates(date)} <span class="date">${time} UTC</span></time>`;
  if (UTC.test(timeZone)) {
    return utc;
  }
  const format = new Intl.DateTimeFormat('en-u-nu-latn', {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  });
  const day = createDayFinder(timeZone)(at);
  return html`${utc} <span class="soft">(${day !== date && html`${keepDates(day)} `}<span class="date">${format.format(at)}</span> ${timeZone})</span>`;
}
