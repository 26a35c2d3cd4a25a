import * as v from 'valibot';
import { CalendarRun, findLast, MAX_RUNS_PER_DAY, severity } from './calendar-runs';
import { CALENDAR_STYLE } from './calendar-style';
import { ACTIONS, isMoving } from '../../contract/actions';
import { groupBy } from '../../contract/group-by';
import { CALENDAR_NAME, REPORT_PAGE_NAME } from '../../contract/report-places';
import { addDays, MONTH_NAMES, toFields } from '../../dates/calendar';
import { createDayFinder } from '../../dates/date-window';
import { ACTION_TEXT } from '../alerts/action-text';
import { executionUrl, objectUrl } from '../alerts/cli-commands';
import {
  keepDates,
  renderDocument,
  renderInstant,
  renderLink,
  renderSection,
} from '../page/elements';
import { escapeUnits, toAsciiJson } from '../text/escape';
import { capitalize, formatCount, formatDates, formatKey } from '../text/format';
import { sha256 } from '../text/hash';
import { html, Html } from '../text/html';

export interface ReportPlace {
  readonly bucket: string;
  readonly reportPrefix: string;
}

/**
 * A later version may need more than these runs say. Then it raises this number, and this version
 * leaves its page alone.
 */
const VERSION = 1;

const STATES = {
  archived: 'archived',
  verified: 'verified',
  restored: 'restored',
  incomplete: 'incomplete',
  failed: 'failed',
  tried: 'only dry runs',
  none: 'no run',
};
type DayState = keyof typeof STATES;

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/**
 * The id of a day in the page. Archivers may share a calendar, and their names may have any
 * characters.
 */
export function toAnchor(archiver: string, day: string): string {
  return `r${sha256(archiver).slice(0, 8)}-${day}`;
}

/**
 * The address of a run's day, for a page in the folder of the run: `<report prefix><day>/<run>/`.
 */
export function toCalendarHref(archiver: string, startedAt: string, timeZone: string): string {
  return `../../${CALENDAR_NAME}#${toAnchor(archiver, createDayFinder(timeZone)(new Date(startedAt)))}`;
}

/** @param runs the newest first, at least one */
export function renderCalendar(runs: readonly CalendarRun[], place: ReportPlace): string {
  const archivers = groupBy(runs, ({ archiver }) => archiver);
  const [first] = archivers.keys();
  const isOne = archivers.size === 1;
  // The runs are in a comment. JSON in ASCII cannot end it without these two characters.
  const json = toAsciiJson(runs).replace(/[<>]/g, escapeUnits);
  return renderDocument({
    title: isOne ? `All runs: ${formatKey(first)}` : `All runs of ${archivers.size} archivers`,
    archiver: isOne ? first : `${archivers.size} archivers`,
    badges: [],
    heading: 'All runs',
    lead: html`<p>A day shows the result of the runs that started on it. A run that was repeated for the same days counts as its last repetition.</p>
<ul class="legend">${Object.entries(STATES).map(([state, name]) => html`<li><span class="day ${state}"></span>${name}</li>`)}</ul>`,
    sections: [...archivers].map(([archiver, own]) =>
      renderArchiver(archiver, own, runs[0].day, place),
    ),
    footer: html`<footer><p>Written by cdk-s3-dated-archiver after the last run, at ${renderInstant(runs[0].endedAt, runs[0].timeZone)}. The page has at most
${MAX_RUNS_PER_DAY} runs of a day. All reports are below <code>s3://${place.bucket}/${place.reportPrefix}</code>. To read them without the console, copy that folder, and open index.html in the copy.</p></footer>
${new Html(`<!-- runs ${VERSION} ${json} -->`)}`,
    style: CALENDAR_STYLE,
  });
}

export function readRuns(page: string, uri: string): CalendarRun[] {
  const [, version, json] = /<!-- runs (\d+) (\[.*\]) -->/.exec(page) ?? [];
  if (json === undefined) {
    throw new Error(
      `${uri} is not a calendar of runs, and was not replaced: move it elsewhere, and the next ` +
        'run writes one',
    );
  }
  if (Number(version) !== VERSION) {
    throw new Error(
      `${uri} is from a later version of cdk-s3-dated-archiver, and was left as it is`,
    );
  }
  return v.parse(v.array(CalendarRun), JSON.parse(json));
}

interface CalendarDay {
  readonly day: string;
  /** Unset: the day is before the first known run, or after the last one. */
  readonly state?: DayState;
  readonly runs: readonly CalendarRun[];
}

/** A week from Monday to Sunday. A day is undefined if it is in another month. */
type CalendarWeek = readonly (CalendarDay | undefined)[];

export interface CalendarMonth {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly weeks: readonly CalendarWeek[];
}

/**
 * Returns the months with runs, and those between them, the newest first.
 * @param runs at least one, the newest first
 * @param today the last day that can have none
 */
export function toMonths(runs: readonly CalendarRun[], today: string): CalendarMonth[] {
  const byDay = groupBy(runs, ({ day }) => day);
  const known = [...byDay.keys()].sort();
  const first = known[0];
  const last = known[known.length - 1] > today ? known[known.length - 1] : today;
  const judge = (day: string): DayState | undefined => {
    const found = byDay.get(day);
    if (found) {
      return judgeDay(found, runs);
    }
    return day > first && day <= last ? 'none' : undefined;
  };
  const months: CalendarMonth[] = [];
  for (
    let start = `${last.slice(0, 7)}-01`;
    start >= `${first.slice(0, 7)}-01`;
    start = `${addDays(start, -1).slice(0, 7)}-01`
  ) {
    const days: CalendarDay[] = [];
    for (let day = start; day.slice(0, 7) === start.slice(0, 7); day = addDays(day, 1)) {
      days.push({ day, state: judge(day), runs: byDay.get(day) ?? [] });
    }
    const { year, month } = toFields(start);
    months.push({ year, month, weeks: toWeeks(days) });
  }
  return months;
}

/**
 * Returns the worst result of a day. A run that was repeated, on any day, counts as its last
 * repetition: after a successful repetition of a failed night, the day is no longer red.
 */
function judgeDay(ofDay: readonly CalendarRun[], all: readonly CalendarRun[]): DayState {
  const real = ofDay.filter(({ dryRun }) => !dryRun);
  if (real.length === 0) {
    return 'tried';
  }
  const worst = Math.max(...real.map((run) => severity(findLast(run, all))));
  if (worst > 0) {
    return worst === 1 ? 'incomplete' : 'failed';
  }
  const targets = new Set(real.map(({ action }) => ACTIONS[action].target));
  if (targets.has('destination')) {
    return 'archived';
  }
  return targets.has('source') ? 'restored' : 'verified';
}

function toWeeks(days: readonly CalendarDay[]): CalendarWeek[] {
  // Sunday is 0 in JavaScript, and the last day of a week in ISO 8601.
  const before = (new Date(`${days[0].day}T00:00:00Z`).getUTCDay() + 6) % 7;
  const weeks = Math.ceil((before + days.length) / 7);
  return Array.from({ length: weeks }, (_week, week) =>
    Array.from({ length: 7 }, (_day, index) => days[week * 7 + index - before]),
  );
}

function renderArchiver(
  archiver: string,
  runs: readonly CalendarRun[],
  today: string,
  place: ReportPlace,
): Html {
  return renderSection(
    formatKey(archiver),
    html`<p class="soft">Days are those of ${runs[0].timeZone}.</p>
<div class="months">${toMonths(runs, today).map(
      ({ year, month, weeks }) => html`
<table class="month"><caption>${MONTH_NAMES[month - 1]} ${year}</caption>
<thead><tr>${WEEKDAYS.map((name) => html`<th scope="col"><abbr title="${name}">${name.slice(0, 2)}</abbr></th>`)}</tr></thead>
<tbody>${weeks.map((week) => html`<tr>${week.map((day) => html`<td>${day && renderDay(archiver, day, MONTH_NAMES[month - 1])}</td>`)}</tr>`)}</tbody></table>`,
    )}</div>
<h3>Runs</h3>
<ul class="runs">${runs.map((run, index) => renderRun(run, runs[index - 1]?.day !== run.day, place))}
</ul>`,
  );
}

function renderDay(archiver: string, { day, state, runs }: CalendarDay, month: string): Html {
  const number = Number(day.slice(8));
  if (state === undefined) {
    return html`<span class="day">${number}</span>`;
  }
  const text = html`${number}<span class="hidden"> ${month}: ${STATES[state]}${runs.length > 1 && `, ${runs.length} runs`}</span>`;
  return runs.length === 0
    ? html`<span class="day ${state}">${text}</span>`
    : html`<a class="day ${state}" href="#${toAnchor(archiver, day)}">${text}</a>`;
}

function renderRun(run: CalendarRun, isFirst: boolean, place: ReportPlace): Html {
  const { archiver, day, dryRun, dates, startedAt, timeZone } = run;
  return html`
<li${isFirst && html` id="${toAnchor(archiver, day)}"`}><p class="badges"><span class="verdict ${toStyle(run)}">${describeOutcome(run)}</span>\
${dryRun && html`<span class="verdict plain">Dry run</span>`}<span>${renderInstant(startedAt, timeZone)}</span></p>
<p>${ACTION_TEXT[run.action].name}${dates !== null && html` of ${keepDates(formatDates(dates))}`}: ${describeCounts(run)}</p>
<p class="soft">${listLinks(run, place).map((link, index) => html`${index > 0 && ' · '}${link}`)}</p></li>`;
}

const OUTCOMES = {
  PROBLEMS: ['Incomplete', 'Would be incomplete'],
  FAILED: ['Failed', 'Would fail'],
  TIMED_OUT: ['Timed out', 'Timed out'],
  ABORTED: ['Stopped', 'Stopped'],
};

function isIdle({ action, outcome, counts }: CalendarRun): boolean {
  return isMoving(action) && outcome === 'CLEAN' && counts?.done === 0;
}

function toStyle(run: CalendarRun): string {
  if (isIdle(run)) {
    return 'NOTHING';
  }
  return run.outcome === 'CLEAN' || run.outcome === 'PROBLEMS' ? run.outcome : 'FAILED';
}

function describeOutcome(run: CalendarRun): string {
  const { action, outcome, dryRun, folder } = run;
  const { done, verb } = ACTION_TEXT[action];
  if (isIdle(run)) {
    return `Nothing to ${verb}`;
  }
  const [did, would] =
    outcome === 'CLEAN' ? [capitalize(done), `Would ${verb}`] : OUTCOMES[outcome];
  // A dry run without a report did fail.
  return dryRun && folder !== null ? would : did;
}

function describeCounts({ action, dryRun, counts }: CalendarRun): string {
  if (!counts) {
    return 'it ended before its report. Its message says why.';
  }
  const [good, bad] = nameCounts(action, dryRun);
  const rest = counts.notDone > 0 ? `, ${formatCount(counts.notDone)} ${bad}` : '';
  return `${formatCount(counts.done)} ${good}${rest}.`;
}

function nameCounts(
  action: CalendarRun['action'],
  dryRun: boolean,
): readonly [good: string, bad: string] {
  const { done, counted } = ACTION_TEXT[action];
  if (counted) {
    return [dryRun ? counted.planned : counted.done, counted.notDone];
  }
  return dryRun ? [`would be ${done}`, 'would not'] : [done, `not ${done}`];
}

/**
 * A page that the console opens cannot open others, so there are links to the console and to files
 * of a copy. A report links its execution.
 */
function listLinks(
  { executionArn, folder }: CalendarRun,
  { bucket, reportPrefix }: ReportPlace,
): Html[] {
  const name = formatKey(executionArn.split(':').pop()!);
  if (folder === null) {
    return [renderLink(executionUrl(executionArn), html`Execution ${name}`)];
  }
  const page = objectUrl(executionArn, bucket, `${reportPrefix}${folder}/${REPORT_PAGE_NAME}`);
  const file = `./${folder.split('/').map(encodeURIComponent).join('/')}/${REPORT_PAGE_NAME}`;
  return [
    ...(page
      ? [renderLink(page, html`Report<span class="hidden"> of ${name}</span> in the console`)]
      : []),
    renderLink(file, html`Report<span class="hidden"> of ${name}</span> in a copy of this folder`),
  ];
}
