/** Dates and times, which the style sheet keeps on one line: a browser would break them at each hyphen. */
import { html, type Html } from '../../text/html';

const DATE = /((?<!\d)\d{4}-\d\d-\d\d(?!\d))/;

/** Keeps each date in a text on one line. */
export function keepDates(text: string): Html {
  return html`${text.split(DATE).map((part, index) => (index % 2 === 1 ? html`<span class="date">${part}</span>` : part))}`;
}

/** `2026-11-25 01:00:00 UTC`: on a small phone, the date and the time may be on two lines. */
export function renderInstant(instant: string): Html {
  const seconds = new Date(instant).toISOString().slice(0, 19);
  const [date, time] = seconds.split('T');
  return html`<time datetime="${seconds}Z">${keepDates(date)} <span class="date">${time} UTC</span></time>`;
}
