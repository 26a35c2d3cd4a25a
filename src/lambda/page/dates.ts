/** Dates and times, which the style sheet keeps on one line: a browser would break them at each hyphen. */
import { createDayFinder } from '../../dates/date-window';
import { html, type Html } from '../text/html';

const DATE = /((?<!\d)\d{4}-\d\d-\d\d(?!\d))/;

/** Keeps each date in a text on one line. */
export function keepDates(text: string): Html {
  return html`${text.split(DATE).map((part, index) => (index % 2 === 1 ? html`<span class="date">${part}</span>` : part))}`;
}

/**
 * `2026-11-25 01:00:00 UTC`, and the same in the time zone of the archiver: `(10:00:00 Asia/Tokyo)`. On a small phone, each part
 * may be on a line of its own.
 */
export function renderInstant(instant: string, timeZone?: string): Html {
  const seconds = new Date(instant).toISOString().slice(0, 19);
  const [date, time] = seconds.split('T');
  return html`<time datetime="${seconds}Z">${keepDates(date)} <span class="date">${time} UTC</span></time>${timeZone && renderLocal(seconds, timeZone)}`;
}

const UTC = /^((Etc\/)?(UTC|GMT|UCT|Zulu|Universal|Greenwich)|Etc\/GMT[+-]?0)$/;

function renderLocal(seconds: string, timeZone: string): Html | false {
  if (UTC.test(timeZone)) { return false; }
  const local = formatLocal(new Date(`${seconds}Z`), timeZone);
  const day = local.date !== seconds.slice(0, 10) && html`${keepDates(local.date)} `;
  return html` <span class="soft">(${day}<span class="date">${local.time}</span> ${timeZone})</span>`;
}

function formatLocal(instant: Date, timeZone: string): { date: string; time: string } {
  const format = new Intl.DateTimeFormat('en-u-nu-latn', { timeZone, hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
  return { date: createDayFinder(timeZone)(instant), time: format.format(instant) };
}
