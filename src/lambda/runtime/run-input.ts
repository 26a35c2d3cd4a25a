import * as v from 'valibot';
import { ACTION_NAMES, ACTIONS, DEFAULT_ACTION } from '../../contract/actions';
import { parseGlob } from '../../contract/checks/parse-glob';
import { findSimilarName } from '../../contract/checks/similar-name';
import { ErrorName, namedError } from '../../contract/errors';
import { Action, RunInput } from '../../contract/payloads/run';
import { isIsoDate, toFields } from '../../dates/calendar';
import { checkSelection } from '../../dates/date-window';
import { escapeUnprintable } from '../text/escape';

/**
 * S3 began in 2006, and before 1970, libraries disagree about calendars. Near these years, days
 * have years of four digits in any zone.
 */
const MIN_YEAR_OF_INSTANTS = 1970;
const MAX_YEAR = 9998;

interface Field {
  /** The allowed values, as the message about another value has them. */
  readonly must: string;
  /** What to write instead of other values that users may try. */
  readonly instead?: { readonly [value: string]: string };
  /**
   * Finds errors that the schema does not. It returns the end of the message that begins with
   * `must`, or throws an error with a complete message.
   */
  readonly check?: (value: never) => string | undefined;
}

const date: Field = {
  must: 'a calendar date such as "2026-11-24"',
  check: (value: string) =>
    isIsoDate(value) ? checkYear(1, toFields(value).year) : ', which is not a day of the calendar',
};
const flag: Field = { must: 'true or false, without quotes' };

const FIELDS: { readonly [field in keyof RunInput]-?: Field } = {
  action: {
    must: `${ACTION_NAMES.slice(0, -1).map(quote).join(', ')} or ${quote(ACTION_NAMES.at(-1)!)}`,
    instead: {
      extract: 'to copy objects out of packs, give "action": "restore" and "target": "reports"',
    },
  },
  date,
  from: date,
  to: date,
  run: { must: 'the name of an execution, of 1 to 80 characters' },
  deep: flag,
  keys: {
    must: 'a list of 1 to 100 globs, such as ["incoming/eu/**"]',
    check: (globs: string[]) => void globs.forEach((glob) => parseGlob(glob)),
  },
  target: { must: '"source" or "reports"' },
  lines: { must: '"ledgers" or "packs"' },
  selection: {
    must:
      'days as a schedule of addVerification sends them, such as {"kind": "lastDays", "days": ' +
      '7}',
    check: (selection: NonNullable<RunInput['selection']>) => void checkSelection(selection),
  },
  manifest: {
    must: '"s3://BUCKET/KEY", or {"uri": "s3://BUCKET/KEY", "keyEncoding": "url"} or "none"',
  },
  dryRun: flag,
  maxConcurrency: { must: 'a whole number from 1 to 10000' },
  scheduledTime: {
    must: 'an instant with Z or an offset, such as "2026-11-24T16:00:00Z"',
    check: (value: string) =>
      isInstant(value) ? checkYear(MIN_YEAR_OF_INSTANTS, new Date(value).getUTCFullYear()) : '',
  },
};
const FIELD_NAMES = Object.keys(FIELDS) as (keyof RunInput)[];

function quote(text: string): string {
  return `"${text}"`;
}

function checkYear(min: number, year: number): string | undefined {
  return year >= min && year <= MAX_YEAR
    ? undefined
    : `, which is not from ${String(min).padStart(4, '0')} to ${MAX_YEAR}`;
}

function isInstant(text: string): boolean {
  // Date.parse accepts February 30 and reads it as a day in March.
  return (
    v.is(v.pipe(v.string(), v.isoTimestamp()), text) &&
    isIsoDate(text.slice(0, 10)) &&
    !Number.isNaN(Date.parse(text))
  );
}

/**
 * Step Functions adds a field if another execution starts this one, and the console suggests a
 * `Comment` (connect-stepfunctions).
 */
const IGNORED = /^Comment$|^AWS_STEP_FUNCTIONS_/;

export function parseRunInput(input: unknown): RunInput {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    reject([
      'it must be a JSON object, such as {} or {"date": "2026-11-24"}, but is ' +
        describeValue(input),
    ]);
  }
  const unknown = Object.keys(input).filter(
    (field) => !Object.hasOwn(FIELDS, field) && !IGNORED.test(field),
  );
  const given = FIELD_NAMES.filter((field) => Object.hasOwn(input, field));
  const known = Object.fromEntries(
    given.map((field) => [field, input[field as keyof typeof input]]),
  );
  const result = v.safeParse(RunInput, known);
  const problems = [
    ...unknown.map(describeUnknown),
    ...FIELD_NAMES.flatMap((field) => checkField(field, known[field], result.issues ?? [])),
    ...checkActions(known),
    ...checkDates(known),
    ...checkLedgers(known),
    ...checkLines(known),
  ];
  if (!result.success || problems.length > 0) {
    reject(problems);
  }
  return result.output;
}

function describeUnknown(field: string): string {
  const unknown = `unknown field ${describeValue(field)}`;
  const allowed = `the allowed fields are ${FIELD_NAMES.join(', ')}`;
  const meant = findSimilarName(field, FIELD_NAMES);
  return meant === undefined
    ? `${unknown}: ${allowed}`
    : `${unknown}: perhaps you mean ${quote(meant)} (${allowed})`;
}

function checkField(
  field: keyof RunInput,
  value: unknown,
  issues: readonly v.BaseIssue<unknown>[],
): string[] {
  const { must, instead = {}, check } = FIELDS[field];
  const message = `${field} must be ${must}, but is ${describeValue(value)}`;
  if (issues.some((issue) => issue.path?.[0].key === field)) {
    const isKnown = typeof value === 'string' && Object.hasOwn(instead, value);
    return [isKnown ? `${message}: ${instead[value]}` : message];
  }
  if (value === undefined) {
    return [];
  }
  try {
    const end = check?.(value as never);
    return end === undefined ? [] : [`${message}${end}`];
  } catch (error) {
    const verb = field === 'keys' ? 'are' : 'is';
    return [`${field} ${verb} wrong: ${escapeUnprintable((error as Error).message)}`];
  }
}

type KnownFields = { readonly [field in keyof RunInput]?: unknown };

/** Rejects fields that another action has. A field that no action names goes with all of them. */
function checkActions(known: KnownFields): string[] {
  const action = known.action ?? DEFAULT_ACTION;
  if (!v.is(Action, action)) {
    return [];
  }
  return FIELD_NAMES.filter((field) => known[field] !== undefined).flatMap((field) => {
    const actions = ACTION_NAMES.filter((name) =>
      ACTIONS[name].fields.some((each: keyof RunInput) => each === field),
    );
    if (actions.length === 0 || actions.includes(action)) {
      return [];
    }
    const others = actions.map((each) => `"action": ${describeValue(each)}`).join(' or ');
    return [
      `"${field}" goes with ${others}, but the action is ${describeValue(action)}: leave ` +
        `"${field}" out, or change the action`,
    ];
  });
}

/** Returns the message of the first rule that is broken. */
function checkRules(
  ...rules: readonly (readonly [isBroken: boolean, message: string])[]
): string[] {
  return rules
    .filter(([isBroken]) => isBroken)
    .map(([, message]) => message)
    .slice(0, 1);
}

function checkDates({ date: day, from, to }: KnownFields): string[] {
  const areDays =
    typeof from === 'string' && typeof to === 'string' && isIsoDate(from) && isIsoDate(to);
  return checkRules(
    [
      day !== undefined && (from ?? to) !== undefined,
      '"date" selects one day, and "from" and "to" select several: give either "date", or ' +
        '"from" and "to"',
    ],
    [
      to === undefined && from !== undefined,
      `"from": ${describeValue(from)} is given without "to": add the last day as "to", or give ` +
        'one day as "date"',
    ],
    [
      from === undefined && to !== undefined,
      `"to": ${describeValue(to)} is given without "from": add the first day as "from", or give ` +
        'one day as "date"',
    ],
    [
      areDays && from > to,
      `"from": ${describeValue(from)} is after "to": ${describeValue(to)}: swap them`,
    ],
  );
}

/** The input says in one way which ledgers to read. A restore never guesses them. */
function checkLedgers({ action, run, date: day, from, to, selection }: KnownFields): string[] {
  const days = day ?? from ?? to;
  return checkRules(
    [
      run !== undefined && (days ?? selection) !== undefined,
      '"run" names one run, and days select the runs of these days: give either "run", or days',
    ],
    [
      selection !== undefined && days !== undefined,
      '"selection" is what a schedule sends instead of days: give either "selection", or ' +
        '"date", or "from" and "to"',
    ],
    [
      v.is(Action, action) && ACTIONS[action].isAnswered && (run ?? days) === undefined,
      'a restore copies what the input names: add the name of an execution as "run", or ' +
        'the days of its ledger as "date", or as "from" and "to"',
    ],
  );
}

/** An index of packs lies in the archive, and ledgers where fewer may write. */
function checkLines({ run, target, lines }: KnownFields): string[] {
  return checkRules(
    [
      lines === 'packs' && target !== 'reports',
      '"lines": "packs" goes with "target": "reports": any writer to the archive can ' +
        'forge an index, and a forged index would plant objects in production: add "target": ' +
        '"reports", or leave "lines" out, so that ledgers say what to restore',
    ],
    [
      lines === 'packs' && run !== undefined,
      '"lines": "packs" goes with days, because an index of packs names no run: give the days of ' +
        'the objects in place of "run", or leave "lines" out',
    ],
  );
}

const MAX_DEPTH = 3;
const MAX_ITEMS = 20;
const MAX_LENGTH = 100;

/**
 * Returns the start of a value as JSON. The time that it takes depends neither on the value's depth
 * nor on its size.
 */
function describeValue(value: unknown): string {
  const characters = [...escapeUnprintable(toBoundedJson(value))];
  return characters.length > MAX_LENGTH
    ? `${characters.slice(0, MAX_LENGTH).join('')}...`
    : characters.join('');
}

function toBoundedJson(value: unknown, depth = 0): string {
  // A character takes at least one place in JSON.
  if (typeof value === 'string') {
    return JSON.stringify(value.slice(0, MAX_LENGTH));
  }
  if (typeof value !== 'object' || value === null) {
    return JSON.stringify(value) ?? 'nothing';
  }
  const isArray = Array.isArray(value);
  if (depth === MAX_DEPTH) {
    return isArray ? '[...]' : '{...}';
  }
  const items: string[] = [];
  for (const field in value) {
    if (items.length === MAX_ITEMS) {
      break;
    }
    const item = toBoundedJson(value[field as keyof typeof value], depth + 1);
    items.push(isArray ? item : `${toBoundedJson(field)}:${item}`);
  }
  return isArray ? `[${items.join(',')}]` : `{${items.join(',')}}`;
}

const MAX_PROBLEMS = 10;

function reject(problems: string[]): never {
  const more = problems.length - MAX_PROBLEMS;
  const described = [...problems.slice(0, MAX_PROBLEMS), ...(more > 0 ? [`and ${more} more`] : [])];
  throw namedError(
    ErrorName.INVALID_RUN_INPUT,
    `the run's input is wrong: ${described.join('; ')}`,
  );
}
