/** The elements that the sections of pages are made of. */
import { keepDates } from './dates';
import { renderKey } from './key';
import { describeReason, reasonUrl } from '../alerts/reason-text';
import { formatKey } from '../text/format';
import { html, type Html, type HtmlValue } from '../text/html';

const MAX_ITEMS = 5;

export function renderSection(title: string, content: Html): Html {
  return html`<section>\n<h2>${title}</h2>\n${content}\n</section>\n`;
}

/** Shows the first items and folds the others. */
export function renderList(items: readonly Html[]): Html {
  const folded = items.slice(MAX_ITEMS);
  return html`<ul>${items.slice(0, MAX_ITEMS)}\n</ul>${folded.length > 0 && html`
<details class="more"><summary>${folded.length} more</summary><ul>${folded}\n</ul></details>`}`;
}

/** Breaks a command into lines that fit on a phone and can be pasted as they are. */
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

/** A row for an object: its key, and what there is to say about it. The key has a line of its own on a phone. */
export function renderKeyRow(key: string, note: Html): Html {
  return html`<div class="row keyed"><div>${renderKey(key)}</div><span>${note}</span></div>`;
}
