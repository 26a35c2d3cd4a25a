import { UsageError } from '../common/errors';
import { isObject } from '../common/json';

/** The flags that say what the run does. */
export interface InputFlags {
  readonly date?: string;
  readonly from?: string;
  readonly to?: string;
  readonly 'dry-run'?: boolean;
  readonly input?: string;
}

/** The execution's input; undefined if no flag gives one, so that it is what the schedule sends. */
export function toRunInput(flags: InputFlags): object | undefined {
  const { date, from, to, input } = flags;
  const named = (['date', 'from', 'to', 'dry-run'] as const).filter((name) => flags[name]);
  if (input !== undefined) {
    if (named.length > 0) {
      throw new UsageError(
        `--input and --${named[0]} exclude each other: put what --${named[0]} says into the ` +
          'JSON of --input',
      );
    }
    return readInput(input);
  }
  if (named.length === 0) {
    return undefined;
  }
  for (const name of ['date', 'from', 'to'] as const) {
    checkDay(name, flags[name]);
  }
  if (date !== undefined && (from ?? to) !== undefined) {
    throw new UsageError(
      `--date and --${from ? 'from' : 'to'} exclude each other: give one day, or the first and ` +
        'the last',
    );
  }
  if ((from === undefined) !== (to === undefined)) {
    throw new UsageError(
      `--${from ? 'from' : 'to'} is given without --${from ? 'to' : 'from'}: give both, the ` +
        'first and the last day',
    );
  }
  if (from !== undefined && to !== undefined && from > to) {
    throw new UsageError(`--from is ${from}, which is after --to, ${to}`);
  }
  return {
    ...(date === undefined ? {} : { date }),
    ...(from === undefined ? {} : { from, to }),
    ...(flags['dry-run'] ? { dryRun: true } : {}),
  };
}

function readInput(text: string): object {
  let input: unknown;
  try {
    input = JSON.parse(text);
  } catch (error) {
    throw new UsageError(
      `--input is '${text}', which is not JSON (${(error as Error).message}): put names and texts ` +
        `into double quotes, and all of it into single quotes, as --input '{"date":"2026-11-24"}'`,
    );
  }
  if (!isObject(input)) {
    throw new UsageError(
      `--input is '${text}', but must be a JSON object, as {"date":"2026-11-24"}`,
    );
  }
  return input;
}

function checkDay(name: string, day: string | undefined): void {
  if (day === undefined || (/^\d{4}-\d\d-\d\d$/.test(day) && isCalendarDay(day))) {
    return;
  }
  throw new UsageError(`--${name} is '${day}', but must be a day of the calendar, as 2026-11-24`);
}

/** `Date` takes 30 February for 2 March. */
export function isCalendarDay(day: string): boolean {
  const instant = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(instant.getTime()) && instant.toISOString().startsWith(day);
}
