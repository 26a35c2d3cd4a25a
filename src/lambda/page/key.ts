/**
 * A key on one line, in which the style sheet hides as much of the middle as does not fit into the window. The page has
 * the whole text, so that a click shows it, and a copy has all of it.
 */
import { formatKey } from '../text/format';
import { html, type Html } from '../text/html';

/** A shorter key fits on the smallest phone. */
const MAX_SHORT = 30;
/** The end that is always visible, in characters: `-2026-11-24-0001.parquet`. The style sheet has its width, too. */
const TAIL = 24;

export function renderKey(key: string): Html {
  const characters = toCharacters(formatKey(key, Infinity));
  if (characters.length <= MAX_SHORT) { return html`<code>${characters.join('')}</code>`; }
  const head = characters.slice(0, -TAIL).join('');
  const tail = characters.slice(-TAIL).join('');
  return html`<details class="key"><summary><code><span>${head}</span><span>${tail}</span></code></summary></details>`;
}

/** Returns what readers take for characters, so that no accent is cut from its letter. */
function toCharacters(text: string): string[] {
  return Array.from(new Intl.Segmenter('en').segment(text), ({ segment }) => segment);
}
