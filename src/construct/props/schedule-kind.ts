/** Checks that a schedule can be deployed, and can ever start a run. */
import { Token } from 'aws-cdk-lib';
import { checked, having } from './kinds';
import { toIsoDate } from '../../dates/calendar';
import { checkTimeZone } from '../../dates/date-window';

interface Schedule {
  readonly expressionString: string;
  readonly timeZone?: { readonly timezoneName: string };
}

/** @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html */
const EXPRESSION =
  /^(rate\([1-9]\d* (minute|hour|day)s?\)|cron\((\S+ ){2}(\? \S+ [^? ]+|[^? ]+ \S+ \?) \S+\)|at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\))$/;

export const SCHEDULE = checked<Schedule>(
  having(
    'expressionString',
    'a ScheduleExpression',
    (text = 'rate(1 day)') => `pass ScheduleExpression.expression('${text}')`,
  ),
  (name, { expressionString, timeZone }) => {
    if (timeZone && !Token.isUnresolved(timeZone.timezoneName)) {
      checkTimeZone(timeZone.timezoneName);
    }
    if (!Token.isUnresolved(expressionString)) {
      checkExpression(name, expressionString);
    }
  },
);

function checkExpression(name: string, expression: string): void {
  if (!EXPRESSION.test(expression)) {
    const meant = fromUnixCron(expression);
    throw new Error(
      `${name} "${expression}" must be an expression that EventBridge Scheduler knows: ` +
        'write rate(1 day), or cron(0 1 * * ? *) with six fields of ' +
        `which the third or the fifth is ?${meant ? `. Perhaps you mean ${meant}` : ''}`,
    );
  }
  const [, cron] = /^cron\((.*)\)$/.exec(expression) ?? [];
  if (cron !== undefined) {
    checkFields(name, cron.split(' '));
  }
  const [, instant] = /^at\((.*)\)$/.exec(expression) ?? [];
  if (instant !== undefined && !isInstant(instant)) {
    throw new Error(
      `${name} "${expression}" is at an instant that no calendar has: write one such as ` +
        'at(2026-11-24T01:00:00)',
    );
  }
}

interface CronField {
  readonly what: string;
  readonly min: number;
  readonly max: number;
  /** Suggests what a wrong number was probably meant to be. */
  readonly repair?: (wrong: number) => string | undefined;
}

const wrap = (max: number) => (wrong: number) => String(wrong % (max + 1));
const FIELDS: readonly CronField[] = [
  { what: 'minute', min: 0, max: 59, repair: wrap(59) },
  { what: 'hour', min: 0, max: 23, repair: wrap(23) },
  { what: 'day of the month', min: 1, max: 31 },
  { what: 'month', min: 1, max: 12 },
  // In crontab, Sunday is 0.
  {
    what: 'day of the week',
    min: 1,
    max: 7,
    repair: (wrong) => (wrong === 0 ? 'SUN' : undefined),
  },
  { what: 'year', min: 1970, max: 2199 },
];

function checkFields(name: string, values: readonly string[]): void {
  const text = `${name} "cron(${values.join(' ')})"`;
  for (const [index, { what, min, max, repair }] of FIELDS.entries()) {
    const wrong = listNumbers(values[index]).find((number) => number < min || number > max);
    if (wrong === undefined) {
      continue;
    }
    const repaired = repair?.(wrong);
    const isWholeField = repaired !== undefined && Number(values[index]) === wrong;
    const meant = isWholeField
      ? `. Perhaps you mean cron(${values.map((value, at) => (at === index ? repaired : value)).join(' ')})`
      : '';
    throw new Error(
      `${text} has ${wrong} as the ${what}, which would have to be from ${min} to ${max}: ` +
        `write a number in this range${meant}`,
    );
  }
  const [, , day, month] = values;
  const monthNumber = MONTHS.indexOf(month.toUpperCase()) + 1 || Number(month);
  const isFixed = /^\d+$/.test(day) && monthNumber >= 1;
  // A leap year has all days that any year has.
  if (isFixed && toIsoDate(2024, monthNumber, Number(day)) === undefined) {
    throw new Error(
      `${text} would never start a run, because no month ${month} has a day ${day}: write a day ` +
        'that it has, or L for its last one',
    );
  }
}

const MONTHS = 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ');

/** Those of lists, ranges and starts, and not those of steps such as `/15`, or of `L`, `W`, `#`. */
function listNumbers(value: string): number[] {
  return value
    .split(',')
    .flatMap((part) => part.replace(/\/.*$/, '').split('-'))
    .filter((part) => /^\d+$/.test(part))
    .map(Number);
}

function isInstant(text: string): boolean {
  const instant = new Date(`${text}Z`);
  return !Number.isNaN(instant.getTime()) && instant.toISOString().startsWith(text);
}

const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'];

/** The five fields of crontab, with or without `cron()`. Its weekdays count from 0, ours from 1. */
function fromUnixCron(expression: string): string | undefined {
  const text = expression.replace(/^cron\((.*)\)$/, '$1').trim();
  const fields = text.split(/\s+/);
  if (fields.length !== 5 || !fields.every((field) => /^[\w*,/-]+$/.test(field))) {
    return undefined;
  }
  const [minute, hour, day, month, weekday] = fields;
  if (weekday === '*') {
    return `cron(${minute} ${hour} ${day} ${month} ? *)`;
  }
  const named = weekday.replace(/\d/g, (digit) => WEEKDAYS[Number(digit)] ?? digit);
  return day === '*' ? `cron(${minute} ${hour} ? ${month} ${named} *)` : undefined;
}
