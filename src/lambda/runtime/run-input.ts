/** Checks the input of an execution, which comes from a schedule or from a user. */
import * as v from 'valibot';
import { parseGlob } from '../../contract/checks/parse-glob';
import { ErrorName, namedError } from '../../contract/errors';
import { Action, RunInput } from '../../contract/payloads/run';
import { isIsoDate, toFields } from '../../dates/calendar';
import { checkSelection } from '../../dates/date-window';
import { escapeUnprintable } from '../text/escape';

const DATE = 'a calendar date such as "2026-11-24"';
const INSTANT = 'an instant with Z or an offset, such as "2026-11-24T16:00:00Z"';

const ALLOWED: { readonly [field in keyof RunInput]-?: string } = {
  action: '"archive", "verify" or "restore"',
  date: DATE,
  from: DATE,
  to: DATE,
  run: 'the name of an execution, of 1 to 80 characters',
  deep: 'true or false, without quotes',
  keys: 'a list of 1 to 100 globs, such as ["incoming/eu/**"]',
  selection: 'days as a schedule of addVerification sends them, such as {"kind": "lastDays", "days": 7}',
  manifest: '"s3://BUCKET/KEY", or {"uri": "s3://BUCKET/KEY", "keyEncoding": "url"} or "none"',
  dryRun: 'true or false, without quotes',
  maxConcurrency: 'a whole number from 1 to 10000',
  scheduledTime: INSTANT,
};
const FIELDS = Object.keys(ALLOWED) as (keyof RunInput)[];

/** The actions that a field goes with. All other fields go with all actions. */
const ACTIONS_OF: { readonly [field in keyof RunInput]?: readonly Action[] } = {
  run: ['verify', 'restore'],
  deep: ['verify'],
  keys: ['restore'],
  selection: ['verify'],
  manifest: ['archive'],
  scheduledTime: ['archive', 'verify'],
};

/**
 * Whether a field says nothing about the run. Step Functions adds `AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID` if another
 * execution starts this one, and the input that the console suggests has a `Comment`.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html
 */
function isIgnored(field: string): boolean {
  return field === 'Comment' || field.startsWith('AWS_STEP_FUNCTIONS_');
}

/** Returns the checked input, or throws an error that names everything that is wrong with it. */
export function parseRunInput(input: unknown): RunInput {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    reject([`it must be a JSON object, such as {} or {"date": "2026-11-24"}, but is ${describeValue(input)}`]);
  }
  const unknown = Object.keys(input).filter((field) => !Object.hasOwn(ALLOWED, field) && !isIgnored(field));
  const known = Object.fromEntries(FIELDS.filter((field) => Object.hasOwn(input, field)).map((field) => [field, input[field as keyof typeof input]]));
  const result = v.safeParse(RunInput, known);
  const problems = [
    ...unknown.map((field) => `unknown field ${describeValue(field)}: the allowed fields are ${FIELDS.join(', ')}`),
    ...FIELDS.flatMap((field) => checkField(field, known[field], result.issues ?? [])),
    ...checkActions(known),
    ...checkDates(known),
    ...checkWhat(known),
  ];
  if (!result.success || problems.length > 0) { reject(problems); }
  return result.output;
}

type Issues = readonly v.BaseIssue<unknown>[];

function checkField(field: keyof RunInput, value: unknown, issues: Issues): string[] {
  const must = `${field} must be ${ALLOWED[field]}, but is ${describeValue(value)}`;
  if (issues.some((issue) => issue.path?.[0].key === field)) { return [must]; }
  if (field === 'selection' && value !== undefined) { return describeProblem('selection is wrong', () => checkSelection(value as NonNullable<RunInput['selection']>)); }
  if (field === 'keys' && value !== undefined) { return describeProblem('keys are wrong', () => (value as string[]).forEach((glob) => parseGlob(glob))); }
  if (typeof value !== 'string' || !['date', 'from', 'to', 'scheduledTime'].includes(field)) { return []; }
  if (field === 'scheduledTime') {
    if (!isInstant(value)) { return [must]; }
    return isBetween(MIN_YEAR_OF_INSTANTS, new Date(value).getUTCFullYear()) ? [] : [`${must}, which is not from ${MIN_YEAR_OF_INSTANTS} to ${MAX_YEAR}`];
  }
  if (!isIsoDate(value)) { return [`${must}, which is not a day of the calendar`]; }
  return isBetween(1, toFields(value).year) ? [] : [`${must}, which is not from 0001 to ${MAX_YEAR}`];
}

/**
 * Names may have every day of the calendar, and a message about stragglers has the day of the oldest one. S3 began in 2006, so no
 * instant is before 1970, where libraries disagree about calendars. Every day near one of these years has a year of four digits,
 * whatever the time zone.
 */
const MIN_YEAR_OF_INSTANTS = 1970;
const MAX_YEAR = 9998;

function isBetween(min: number, year: number): boolean {
  return year >= min && year <= MAX_YEAR;
}

type KnownFields = { readonly [field in keyof RunInput]?: unknown };

/** Rejects fields that another action has. */
function checkActions(known: KnownFields): string[] {
  const action = known.action ?? 'archive';
  return FIELDS.filter((field) => known[field] !== undefined).flatMap((field) => {
    const actions = ACTIONS_OF[field] as readonly unknown[] | undefined;
    if (!actions || actions.includes(action) || !v.is(Action, action)) { return []; }
    return [`"${field}" goes with ${actions.map((each) => `"action": ${describeValue(each)}`).join(' or ')}, but the action is ${describeValue(action)}: leave "${field}" out, or change the action`];
  });
}

/** Checks that the input says in one way which ledgers to read. A restore never guesses them. */
function checkWhat({ action, run, date, from, to, selection }: KnownFields): string[] {
  const days = date ?? from ?? to;
  if (run !== undefined && (days ?? selection) !== undefined) {
    return ['"run" names one run, and days select the runs of these days: give either "run", or days'];
  }
  if (selection !== undefined && days !== undefined) {
    return ['"selection" is what a schedule sends instead of days: give either "selection", or "date", or "from" and "to"'];
  }
  if (action === 'restore' && run === undefined && days === undefined) {
    return ['a restore copies back what the input names: add the name of an execution as "run", or the days of its ledger as "date", or as "from" and "to"'];
  }
  return [];
}

function describeProblem(what: string, check: () => void): string[] {
  try {
    check();
    return [];
  } catch (error) {
    return [`${what}: ${escapeUnprintable((error as Error).message)}`];
  }
}

/** Checks the dates together: the input has either one day, or a first and a last day. */
function checkDates({ date, from, to }: { readonly [field: string]: unknown }): string[] {
  if (date !== undefined && (from !== undefined || to !== undefined)) {
    return ['"date" selects one day, and "from" and "to" select several: give either "date", or "from" and "to"'];
  }
  if (from !== undefined && to === undefined) {
    return [`"from": ${describeValue(from)} is given without "to": add the last day as "to", or give one day as "date"`];
  }
  if (to !== undefined && from === undefined) {
    return [`"to": ${describeValue(to)} is given without "from": add the first day as "from", or give one day as "date"`];
  }
  if (typeof from === 'string' && typeof to === 'string' && isIsoDate(from) && isIsoDate(to) && from > to) {
    return [`"from": ${describeValue(from)} is after "to": ${describeValue(to)}: swap them`];
  }
  return [];
}

function isInstant(text: string): boolean {
  // Date.parse accepts February 30 and reads it as a day in March.
  return v.is(v.pipe(v.string(), v.isoTimestamp()), text) && isIsoDate(text.slice(0, 10)) && !Number.isNaN(Date.parse(text));
}

const MAX_DEPTH = 3;
const MAX_ITEMS = 20;
const MAX_LENGTH = 100;

/** Returns the start of a value as JSON. The time that it takes depends neither on the value's depth nor on its size. */
function describeValue(value: unknown): string {
  const characters = [...escapeUnprintable(toBoundedJson(value))];
  return characters.length > MAX_LENGTH ? `${characters.slice(0, MAX_LENGTH).join('')}...` : characters.join('');
}

function toBoundedJson(value: unknown, depth = 0): string {
  // A character takes at least one place in JSON.
  if (typeof value === 'string') { return JSON.stringify(value.slice(0, MAX_LENGTH)); }
  if (typeof value !== 'object' || value === null) { return JSON.stringify(value) ?? 'nothing'; }
  const isArray = Array.isArray(value);
  if (depth === MAX_DEPTH) { return isArray ? '[...]' : '{...}'; }
  const items: string[] = [];
  for (const field in value) {
    if (items.length === MAX_ITEMS) { break; }
    const item = toBoundedJson(value[field as keyof typeof value], depth + 1);
    items.push(isArray ? item : `${toBoundedJson(field)}:${item}`);
  }
  return isArray ? `[${items.join(',')}]` : `{${items.join(',')}}`;
}

const MAX_PROBLEMS = 10;

function reject(problems: string[]): never {
  const more = problems.length - MAX_PROBLEMS;
  const described = [...problems.slice(0, MAX_PROBLEMS), ...more > 0 ? [`and ${more} more`] : []];
  throw namedError(ErrorName.INVALID_RUN_INPUT, `the run's input is wrong: ${described.join('; ')}`);
}
