import { ErrorName } from '../../../../src/contract/errors';
import { parseRunInput } from '../../../../src/lambda/runtime/run-input';

function refusal(input: unknown): string {
  try {
    parseRunInput(input);
  } catch (error) {
    expect((error as Error).name).toBe(ErrorName.INVALID_RUN_INPUT);
    return (error as Error).message.replace("the run's input is wrong: ", '');
  }
  throw new Error('the input was accepted');
}

test.each([
  {},
  { date: '2026-11-24' },
  { date: '2024-02-29' },
  { from: '2026-11-20', to: '2026-11-24' },
  { from: '2026-11-24', to: '2026-11-24' },
  { dryRun: true },
  { maxConcurrency: 1 },
  { maxConcurrency: 10_000 },
  { scheduledTime: '2026-11-24T16:00:00Z' },
  { scheduledTime: '2026-11-24T16:00:00.123Z' },
  { scheduledTime: '2026-11-25T01:00:00+09:00' },
  { date: '2026-11-24', dryRun: false, maxConcurrency: 3, scheduledTime: '2026-11-24T16:00:00Z' },
])('%j is accepted as it is', (input) => {
  expect(parseRunInput(input)).toEqual(input);
});

const INSTANT = 'an instant with Z or an offset, such as "2026-11-24T16:00:00Z"';
const DATE = 'a calendar date such as "2026-11-24"';

test.each<[unknown, string]>([
  [null, 'it must be a JSON object, such as {} or {"date": "2026-11-24"}, got null'],
  [[], 'it must be a JSON object, such as {} or {"date": "2026-11-24"}, got []'],
  ['2026-11-24', 'it must be a JSON object, such as {} or {"date": "2026-11-24"}, got "2026-11-24"'],
  [20261124, 'it must be a JSON object, such as {} or {"date": "2026-11-24"}, got 20261124'],
  [undefined, 'it must be a JSON object, such as {} or {"date": "2026-11-24"}, got nothing'],
  [{ dryrun: true }, 'unknown field "dryrun": allowed are date, from, to, dryRun, maxConcurrency, scheduledTime'],
  [JSON.parse('{"__proto__": 1}'), 'unknown field "__proto__": allowed are date, from, to, dryRun, maxConcurrency, scheduledTime'],
  [{ toString: 1 }, 'unknown field "toString": allowed are date, from, to, dryRun, maxConcurrency, scheduledTime'],
  [{ date: '24.11.2026' }, `date must be ${DATE}, got "24.11.2026"`],
  [{ date: '2026-11-24T00:00:00Z' }, `date must be ${DATE}, got "2026-11-24T00:00:00Z"`],
  [{ date: '2026-02-30' }, `date must be ${DATE}, got "2026-02-30", a day that the calendar does not have`],
  [{ date: '2025-02-29' }, `date must be ${DATE}, got "2025-02-29", a day that the calendar does not have`],
  [{ date: 20261124 }, `date must be ${DATE}, got 20261124`],
  [{ date: null }, `date must be ${DATE}, got null`],
  [{ from: '2026-11-31', to: '2026-12-01' }, `from must be ${DATE}, got "2026-11-31", a day that the calendar does not have`],
  [{ from: '2026-11-24' }, 'from "2026-11-24" has no to: add the last day, or give one day as date'],
  [{ to: '2026-11-24' }, 'to "2026-11-24" has no from: add the first day, or give one day as date'],
  [{ from: '2026-11-24', to: '2026-11-23' }, 'from "2026-11-24" is after to "2026-11-23": exchange them'],
  [{ date: '2026-11-24', from: '2026-11-24' }, 'date stands for one day, and from and to for several: give either date, or from and to'],
  [{ date: '2026-11-24', to: '2026-11-24' }, 'date stands for one day, and from and to for several: give either date, or from and to'],
  [{ dryRun: 'true' }, 'dryRun must be true or false, without quotes, got "true"'],
  [{ dryRun: 1 }, 'dryRun must be true or false, without quotes, got 1'],
  [{ maxConcurrency: 0 }, 'maxConcurrency must be a whole number from 1 to 10000, got 0'],
  [{ maxConcurrency: 10_001 }, 'maxConcurrency must be a whole number from 1 to 10000, got 10001'],
  [{ maxConcurrency: 1.5 }, 'maxConcurrency must be a whole number from 1 to 10000, got 1.5'],
  [{ maxConcurrency: '5' }, 'maxConcurrency must be a whole number from 1 to 10000, got "5"'],
  [{ scheduledTime: '2026-11-24T16:00:00' }, `scheduledTime must be ${INSTANT}, got "2026-11-24T16:00:00"`],
  [{ scheduledTime: '2026-11-24' }, `scheduledTime must be ${INSTANT}, got "2026-11-24"`],
  [{ scheduledTime: '2026-02-30T16:00:00Z' }, `scheduledTime must be ${INSTANT}, got "2026-02-30T16:00:00Z"`],
  [{ scheduledTime: '<aws.scheduler.scheduled-time>' }, `scheduledTime must be ${INSTANT}, got "<aws.scheduler.scheduled-time>"`],
  [{ scheduledTime: 1_790_000_000 }, `scheduledTime must be ${INSTANT}, got 1790000000`],
])('%j is refused', (input, message) => {
  expect(refusal(input)).toBe(message);
});

test('everything that is wrong is named at once', () => {
  const message = refusal({ Date: '2026-11-24', day: 1, from: 'monday', to: '2026-02-30', dryRun: 'no', maxConcurrency: -1, scheduledTime: 'now' });
  for (const name of ['"Date"', '"day"', 'from must', 'to must', 'dryRun must', 'maxConcurrency must', 'scheduledTime must']) {
    expect(message).toContain(name);
  }
});

test('a long value is cut in the message', () => {
  expect(refusal({ date: 'x'.repeat(10_000) }).length).toBeLessThan(200);
});
