import fc from 'fast-check';
import {
  type DateFormat,
  type DateToken,
  parseDateFormat,
  renderDate,
} from '../../../src/dates/date-format';
import { createHourFinder } from '../../../src/dates/date-window';
import * as reading from '../../../src/dates/read-dates';

const findDates = (formats: readonly DateFormat[], text: string) =>
  reading.findDates(reading.listWritings(formats), text, createHourFinder('UTC'));

/**
 * Formats that users might write: a year and a day, perhaps a time, with punctuation and words
 * between them.
 */
const dateFormat: fc.Arbitrary<DateFormat> = fc
  .record({
    year: fc.constantFrom('yyyy', 'yy'),
    day: fc.constantFrom(['MM', 'dd'], ['MMM', 'dd'], ['MMMM', 'dd'], ['DDD']),
    time: fc.constantFrom([], ['HH'], ['HH', 'mm'], ['HH', 'mm', 'ss']),
    literals: fc.array(fc.constantFrom('', '', '-', '_', '.', '/', "'T'", "'day='", "'7'", "''"), {
      minLength: 7,
      maxLength: 7,
    }),
  })
  .chain(({ year, day, time, literals }) =>
    fc
      .shuffledSubarray([year, ...day, ...time], { minLength: 1 + day.length + time.length })
      .map((tokens) =>
        // An empty string in quotes would be a quote.
        parseDateFormat(
          tokens.map((token, i) => literals[i] + token).join('') + literals[tokens.length],
        ),
      ),
  );

/** Texts in which dates, wrong dates and long runs of digits are frequent. */
function textFor(formats: DateFormat[]): fc.Arbitrary<string> {
  const digits = (token: DateToken) =>
    fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(...SAMPLES[token]) },
      {
        weight: 1,
        arbitrary: fc
          .integer({ min: 0, max: 10 ** token.length - 1 })
          .map((n) => String(n).padStart(token.length, '0')),
      },
    );
  const written = fc
    .constantFrom(...formats)
    .chain((format) =>
      fc
        .tuple(
          ...format.segments.map((segment) =>
            'token' in segment ? digits(segment.token) : fc.constant(segment.literal),
          ),
        )
        .map((parts) => parts.join('')),
    );
  const noise = fc.oneof(
    fc.constantFrom('', '-', '/', '_', '0', '7', 'T', 'é', '٣', '🗓', '12', '2026'),
    fc.string({ maxLength: 3 }),
  );
  return fc.array(fc.oneof(written, noise), { maxLength: 6 }).map((parts) => parts.join(''));
}

const SAMPLES: { readonly [token in DateToken]: string[] } = {
  yyyy: ['2024', '2026', '1900', '2000'],
  yy: ['24', '26', '00'],
  MM: ['02', '12', '11', '00', '13'],
  MMM: ['Feb', 'FEB', 'dec', 'May', 'Mai'],
  MMMM: ['February', 'DECEMBER', 'may', 'March', 'Februari'],
  dd: ['28', '29', '30', '31', '00'],
  DDD: ['001', '060', '365', '366', '000'],
  HH: ['00', '23', '24'],
  mm: ['00', '59', '60'],
  ss: ['00', '59', '60'],
};

const formatsAndText = fc
  .array(dateFormat, { minLength: 1, maxLength: 3 })
  .chain((formats) => fc.tuple(fc.constant(formats), textFor(formats)));

test('findDates finds the same dates as a slow search of all substrings', () => {
  let found = 0;
  fc.assert(
    fc.property(formatsAndText, ([formats, text]) => {
      const dates = findDates(formats, text).map(({ date }) => date);
      found += dates.length;
      expect(dates).toEqual(findDatesSlowly(formats, text));
    }),
    { numRuns: 1_000 },
  );
  // Most runs find 300 to 350.
  expect(found).toBeGreaterThan(150);
});

test('findDates reads every day that renderDate writes', () => {
  fc.assert(
    fc.property(
      dateFormat,
      fc.date({
        min: new Date('2000-01-01T00:00:00Z'),
        max: new Date('2099-12-31T00:00:00Z'),
        noInvalidDate: true,
      }),
      (format, day) => {
        fc.pre(
          !format.segments.some(
            (segment) => 'token' in segment && ['HH', 'mm', 'ss'].includes(segment.token),
          ),
        );
        const date = day.toISOString().slice(0, 10);
        expect(findDates([format], `a ${renderDate(format, date)} b`)).toContainEqual(
          expect.objectContaining({ date }),
        );
      },
    ),
  );
});

/**
 * Reads every substring, the longest first at each position, with a regular expression, and checks
 * it with Date.
 */
function findDatesSlowly(formats: DateFormat[], text: string): string[] {
  const dates: string[] = [];
  for (let start = 0; start < text.length; start++) {
    for (let end = text.length; end > start; end--) {
      for (const format of formats) {
        const date = readWhole(format, text.slice(start, end));
        if (date && !touches(text, start - 1, start) && !touches(text, end - 1, end)) {
          dates.push(date);
        }
      }
    }
  }
  return dates;
}

function touches(text: string, left: number, right: number): boolean {
  return /^[0-9]{2}$/.test(text.charAt(left) + text.charAt(right));
}

function readWhole(format: DateFormat, text: string): string | undefined {
  const pattern = format.segments
    .map((segment) =>
      'token' in segment
        ? `(?<${segment.token}>${PATTERNS[segment.token] ?? `[0-9]{${segment.token.length}}`})`
        : segment.literal.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'),
    )
    .join('');
  const groups = new RegExp(`^${pattern}$`, 's').exec(text)?.groups;
  if (!groups) {
    return undefined;
  }
  const toNumber = (token: DateToken) =>
    groups[token] === undefined ? undefined : Number(groups[token]);
  const [yyyy, yy, dd, DDD, HH, mm, ss] = (
    ['yyyy', 'yy', 'dd', 'DDD', 'HH', 'mm', 'ss'] as const
  ).map(toNumber);
  const name = groups.MMM ?? groups.MMMM;
  const MM = name === undefined ? toNumber('MM') : toMonth(name);
  if (Number(HH ?? 0) >= 24 || Number(mm ?? 0) >= 60 || Number(ss ?? 0) >= 60) {
    return undefined;
  }
  const year = yyyy ?? 2000 + Number(yy);
  if (year === 0) {
    return undefined;
  }
  const day = new Date(0);
  day.setUTCFullYear(year, DDD === undefined ? Number(MM) - 1 : 0, DDD ?? dd);
  const iso = day.toISOString().slice(0, 10);
  const same =
    DDD === undefined
      ? iso === `${String(year).padStart(4, '0')}-${String(MM).padStart(2, '0')}-${groups.dd}`
      : iso.startsWith(String(year).padStart(4, '0'));
  return same && DDD !== 0 ? iso : undefined;
}

const NAMES = Array.from({ length: 12 }, (_, month) =>
  new Date(2026, month).toLocaleString('en-US', { month: 'long' }),
);
const PATTERNS: { readonly [token in DateToken]?: string } = {
  MMM: ignoreCase(NAMES.map((name) => name.slice(0, 3))),
  MMMM: ignoreCase(NAMES),
};

function ignoreCase(names: readonly string[]): string {
  return names
    .map((name) =>
      name.replace(/./g, (letter) => `[${letter.toUpperCase()}${letter.toLowerCase()}]`),
    )
    .join('|');
}

function toMonth(name: string): number {
  const isMonth = (month: string) => month.toLowerCase().startsWith(name.toLowerCase());
  return NAMES.findIndex(isMonth) + 1;
}
