/**
 * A month of nights over a bucket with files that never had a date: messages come when something
 * changes, and in no other night.
 */
import { addDays } from '../../../../../src/dates/calendar';
import { toTextMessage } from '../../../../../src/lambda/alerts/alert';
import type { Report } from '../../../../../src/lambda/report-run/report/report';
import { createRunAlert } from '../../../../../src/lambda/report-run/report/run-message';
import { viewRun } from '../../../../../src/lambda/report-run/report/run-view';
import { schemaErrors } from '../../../../helpers/report-schema';
import { RunsByDays } from '../../../../helpers/runs-by-days';

/** A Monday, so that days 7, 14, 21 and 28 are Sundays. */
const FIRST_DAY = '2027-03-01';
const NIGHTS = 30;
const CHANGE = 10;
const DASHED = 'yyyy-MM-dd';
const COMPACT = 'yyyyMMdd';

/** Returns the names that are written on a day. */
type Writer = (day: string, number: number) => string[];

const files = (count: number, toName: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => toName(index));
const isSunday = (number: number) => number % 7 === 0;

/** Writes no file on Sundays. */
const writer =
  (name: string, isCompact: (number: number) => boolean = () => false): Writer =>
  (day, number) =>
    isSunday(number)
      ? []
      : files(10, (i) => `${name}-${i}-${isCompact(number) ? day.replaceAll('-', '') : day}.log`);
const changing = (name: string) => writer(name, (number) => number >= CHANGE);

/** One that never changes, and one that is written again each day. */
const strays: Writer = (_, number) => [...(number === 1 ? ['README'] : []), 'status.json'];
/** Writes each day, and never with a date. */
const dateless: Writer = (_, number) => files(8 + (number % 3), (i) => `dump/${number}x${i}.bin`);

interface Month {
  readonly messages: readonly number[];
  readonly reports: readonly Report[];
}

async function simulate(
  writers: readonly Writer[],
  { fixedOn = Infinity }: { readonly fixedOn?: number } = {},
): Promise<Month> {
  const it = await RunsByDays.open();
  const reports: Report[] = [];
  for (let number = 1; number <= NIGHTS; number++) {
    const day = addDays(FIRST_DAY, number - 1);
    if (number === fixedOn) {
      it.deploy({
        DATE_SOURCE: JSON.stringify({ kind: 'objectName', formats: [DASHED, COMPACT] }),
      });
    }
    it.goTo(`${day}T12:00:00Z`);
    for (const name of writers.flatMap((write) => write(day, number))) {
      it.harness.put(`in/${name}`);
    }
    it.goTo(`${addDays(day, 1)}T01:00:00Z`);
    reports.push(await it.night({ scheduledTime: new Date(it.clock.now()).toISOString() }));
  }
  await it.harness.close();
  const messages = reports.flatMap(({ outcome }, i) => (outcome === 'CLEAN' ? [] : [i + 1]));
  return { messages, reports };
}

const range = (from: number, to: number) =>
  files(to - from + 1, (i) => String(from + i)).map(Number);
const messageOf = (report: Report) => {
  const alert = createRunAlert(viewRun(report), 'report.json');
  return { subject: alert.subject, text: toTextMessage(alert) };
};

test('strays alone are never told, not even on empty Sundays', async () => {
  const { messages, reports } = await simulate([writer('app'), writer('web'), strays]);
  expect(messages).toEqual([]);
  const [sunday] = [reports[6]];
  expect(sunday.counts).toMatchObject({ archived: 0 });
  expect(sunday).toMatchObject({ undated: 2, undatedArrivals: { count: 1, usual: 1 } });
  // A message that is sent anyway says them.
  expect(messageOf(sunday).text).toContain('No date was found in the keys of 2 objects');
});

test(
  'all writers change their format: each night tells it in which something comes, until it is ' +
    'repaired',
  async () => {
    const { messages, reports } = await simulate(
      [changing('app'), changing('web'), strays, dateless],
      { fixedOn: 20 },
    );
    expect(reports.flatMap((report) => schemaErrors(report))).toEqual([]);
    // The first night tells of the writer without dates. Nothing with a date comes on Sundays.
    expect(messages).toEqual([1, ...range(CHANGE, 19).filter((number) => !isSunday(number))]);
    const { subject, text } = messageOf(reports[CHANGE - 1]);
    expect(subject).toBe('Archive found nothing: 2027-03-10 (Stack/Archiver)');
    const keys = /such as ([^.]*\.\w+, [^ ]*, [^ ]*)\. /.exec(text)![1].split(', ');
    expect(keys).toHaveLength(3);
    expect(text).toContain('looks like yyyyMMdd');
    expect(text).toContain('DateSource.objectName("yyyyMMdd") finds it.');
  },
);

test('one of two writers changes its format: two nights tell it', async () => {
  const { messages, reports } = await simulate([writer('app'), changing('web'), strays, dateless]);
  expect(messages).toEqual([1, CHANGE, CHANGE + 1]);
  const { subject, text } = messageOf(reports[CHANGE - 1]);
  expect(subject).toBe('Archive incomplete, 20 without a date: 2027-03-10 (Stack/Archiver)');
  expect(text).toContain('archived 10 objects for these days, and found no date in the keys of');
  expect(text).toContain('looks like yyyyMMdd. To find it, too, add "yyyyMMdd" to the formats');
});

test('a format that was wrong from the start is told each night, and the same files are not', async () => {
  const wrong = writer('app', (number) => number < 12);
  const { messages } = await simulate([(day, number) => (number < 12 ? wrong(day, number) : [])]);
  expect(messages).toEqual(range(1, 11).filter((number) => !isSunday(number)));
});
