import { updateCalendar } from '../../../../src/lambda/calendar/calendar-file';
import { readRuns } from '../../../../src/lambda/calendar/calendar-page';
import { systemClock } from '../../../../src/lambda/s3/retry';
import { calendarRun } from '../../../helpers/calendar-fixtures';
import { type Harness, startHarness } from '../../../helpers/harness';

const PLACE = { bucket: 'reports', reportPrefix: 'runs/' };
const CLOCK = { ...systemClock, sleep: async () => undefined };
const KEY = 'runs/index.html';

let harness: Harness;
let requests: string[];
beforeEach(async () => {
  harness = await startHarness();
  harness.store.createBucket('reports');
  requests = [];
  harness.after = ({ operation }) => {
    requests.push(operation);
  };
});
afterEach(() => harness.close());

const update = (run = calendarRun()) => updateCalendar(harness.s3, PLACE, run, CLOCK);
const hours = () =>
  readRuns(harness.read('reports', KEY)!, KEY)
    .map(({ startedAt }) => Number(startedAt.slice(11, 13)))
    .sort((a, b) => a - b);

test('an update is one GetObject and one PutObject, and the page is HTML', async () => {
  await update();
  await update(calendarRun({ hour: 2, from: '2026-11-23' }));
  expect(requests).toEqual(['GetObject', 'PutObject', 'GetObject', 'PutObject']);
  expect(hours()).toEqual([1, 2]);
  expect(harness.store.keys('reports')).toEqual([KEY]);
  expect(harness.store.get('reports', KEY)!.attributes.headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
  });
});

test.each(['there is no page yet', 'there is a page'])(
  'runs that end at the same time are all in the calendar: %s',
  async (situation) => {
    if (situation === 'there is a page') {
      await update(calendarRun({ day: '2026-11-24', hour: 0 }));
    }
    // Each reads before any of them writes.
    let reads = 0;
    let release: () => void;
    const all = new Promise<void>((resolve) => {
      release = resolve;
    });
    harness.before = async ({ operation }) => {
      if (operation === 'PutObject' && reads < 3) {
        await all;
      }
      return undefined;
    };
    harness.after = ({ operation }) => {
      if (operation === 'GetObject' && ++reads === 3) {
        release();
      }
    };
    await Promise.all(
      [1, 2, 3].map((hour) => update(calendarRun({ hour, from: `2026-11-0${hour}` }))),
    );
    expect(hours()).toEqual(situation === 'there is a page' ? [0, 1, 2, 3] : [1, 2, 3]);
  },
);

test('a page that is removed meanwhile is written again', async () => {
  await update();
  let removed = false;
  harness.before = ({ operation }) => {
    if (operation === 'PutObject' && !removed) {
      removed = true;
      harness.store.delete('reports', KEY);
    }
  };
  await update(calendarRun({ hour: 2 }));
  expect(hours()).toEqual([2]);
});

test('an object that is not a calendar is not replaced', async () => {
  harness.store.put('reports', KEY, '<h1>The site of somebody else</h1>');
  await expect(update()).rejects.toThrow(
    's3://reports/runs/index.html is not a calendar of runs, and was not replaced: move it ' +
      'elsewhere',
  );
  expect(harness.read('reports', KEY)).toBe('<h1>The site of somebody else</h1>');
  expect(requests).toEqual(['GetObject']);
});

const DENIED = {
  kind: 'Error',
  status: 403,
  code: 'AccessDenied',
  message: 'Access Denied',
} as const;

test('without permission to list, a missing page is told as 403, and the first one is written', async () => {
  harness.before = ({ operation }) => (operation === 'GetObject' ? DENIED : undefined);
  await update();
  expect(hours()).toEqual([1]);
});

test('a role that may not read the page does not replace it, and does not try again', async () => {
  await update();
  harness.before = ({ operation }) => (operation === 'GetObject' ? DENIED : undefined);
  requests = [];
  await expect(update(calendarRun({ hour: 2 }))).rejects.toThrow('Access Denied');
  expect(requests).toEqual(['GetObject', 'PutObject']);
  harness.before = undefined;
  expect(hours()).toEqual([1]);
});

test('a role that may not write is told so at once', async () => {
  harness.before = ({ operation }) => (operation === 'PutObject' ? DENIED : undefined);
  await expect(update()).rejects.toThrow('Access Denied');
  expect(requests).toEqual(['GetObject', 'PutObject']);
});

test('the attempts end with their time', async () => {
  let now = 0;
  const clock = {
    now: () => now,
    sleep: async () => {
      now += 2_000;
    },
  };
  harness.before = ({ operation }) =>
    operation === 'PutObject'
      ? { kind: 'Error', status: 409, code: 'ConditionalRequestConflict', message: 'busy' }
      : undefined;
  await expect(updateCalendar(harness.s3, PLACE, calendarRun(), clock)).rejects.toThrow('busy');
  expect(requests.filter((operation) => operation === 'PutObject').length).toBeLessThanOrEqual(4);
});
