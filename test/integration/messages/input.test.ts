/** Checks the messages about wrong input. */
import { Stage } from './stage';
import { check, type Row } from './table';

const fillIn = (command: string) =>
  command.replace('YYYY-MM-DD', '2026-11-24').replace(',"dryRun":true', '');
const refused = {
  subject: /^Archive run failed: input/,
  layer: 'input',
  code: 'InvalidRunInput',
  command: 'start-execution',
  fillIn,
} as const;
const cause = (text: string) =>
  new RegExp(`^Cause: InvalidRunInput: the run's input is wrong: ${text}`, 'm');

const ROWS: [string, Row][] = [
  [
    'a date in another format',
    {
      ...refused,
      input: { date: '24/11/2026' },
      cause: cause('date must be a calendar date such as "2026-11-24", but is "24/11/2026"$'),
      contains: ['Input: {"date":"24/11/2026"}'],
    },
  ],
  [
    'a day that the calendar does not have',
    {
      ...refused,
      input: { date: '2026-02-30' },
      cause: cause('date must .*, which is not a day of the calendar$'),
    },
  ],
  [
    'an unknown field',
    {
      ...refused,
      input: { dat: '2026-11-24' },
      cause: cause('unknown field "dat": perhaps you mean "date" .the allowed fields are action, '),
    },
  ],
  [
    'the last day before the first',
    {
      ...refused,
      input: { from: '2026-11-25', to: '2026-11-24' },
      cause: cause('"from": "2026-11-25" is after "to": "2026-11-24": swap them$'),
    },
  ],
  [
    'a first day without a last',
    {
      ...refused,
      input: { from: '2026-11-24' },
      cause: cause('"from": "2026-11-24" is given without "to": '),
    },
  ],
  [
    'an invalid instant',
    {
      ...refused,
      input: { scheduledTime: 'yesterday' },
      cause: cause('scheduledTime must be an instant with Z or an offset, .*but is "yesterday"$'),
    },
  ],
  [
    'several errors at once, and hostile input',
    {
      ...refused,
      input: { maxConcurrency: 0, "'; rm -rf ~ #": '\n\nNext: do this', date: 20261124 },
      cause: cause(
        'unknown field .*; date must be .*; maxConcurrency must be a whole number from 1 to ' +
          '10000, but is 0$',
      ),
      contains: [/^Input: \{"maxConcurrency":0,.*\\n\\nNext: do this.*\}$/m],
    },
  ],
];

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(() => stage.close());

test.each(ROWS)('%s', async (_, row) => {
  await check(stage, row);
});

test('the command for a refused dry run is a dry run again', async () => {
  const { alerts, repair } = await stage.play({ input: { dat: '2026-11-24', dryRun: true } });
  repair();
  expect(alerts[0]!.message).toContain('--input \'{"date":"YYYY-MM-DD","dryRun":true}\'');
});
