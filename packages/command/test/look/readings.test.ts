/** Between two readings, both are told. */
import { MONTH_NAMES } from '../../../../src/dates/calendar';
import { lookAtKeys, type GivenKey, readDays } from '../helpers/look-at';
import { daysFrom } from '../helpers/synthetic-bucket';

const LATER = new Date('2027-03-01T00:00:00Z');

function dayFirst(days: readonly string[], modified?: Date): GivenKey[] {
  return days.map((day) => {
    const [y, m, d] = day.split('-');
    return {
      Key: `report-${d}-${m}-${y}.csv`,
      LastModified: modified ?? new Date(`${day}T10:00:00Z`),
    };
  });
}

const formatsOf = (report: Awaited<ReturnType<typeof lookAtKeys>>) => ({
  found: report.formats.map(({ format }) => format),
  ambiguous: report.ambiguous.map(({ readings }) => readings.map(({ format }) => format)),
});
const BOTH = { found: [], ambiguous: [['dd-MM-yyyy', 'MM-dd-yyyy']] };

test('a number above 12, and times of modification that agree, decide', async () => {
  const report = await lookAtKeys(dayFirst(daysFrom('2026-01-01', 60)));
  expect(formatsOf(report)).toEqual({ found: ['dd-MM-yyyy'], ambiguous: [] });
  expect(report.formats[0].because).toMatch(/^a number above 12 cannot be a month/);
  expect(report.props).toHaveLength(1);
});

test('without a number above 12, times of modification alone do not decide', async () => {
  const days = ['2026-01-02', '2026-02-05', '2026-03-07', '2026-04-11'];
  const report = await lookAtKeys(dayFirst(days));
  expect(formatsOf(report)).toEqual(BOTH);
  expect(report.days).toBeNull();
  expect(report.costs).toBeNull();
  expect(report.props.map(({ title }) => title)).toEqual([
    'if 02-01-2026 is 2026-01-02: dd-MM-yyyy',
    'if 02-01-2026 is 2026-02-01: MM-dd-yyyy',
  ]);
  expect(readDays(report, 'report-05-02-2026.csv')).toEqual([['2026-02-05'], ['2026-05-02']]);
});

test('a number above 12 does not decide if the times of modification are other ones', async () => {
  const report = await lookAtKeys(dayFirst(daysFrom('2026-01-01', 60), LATER));
  expect(formatsOf(report)).toEqual(BOTH);
});

test('if all numbers are above 12, there is one reading', async () => {
  const report = await lookAtKeys(dayFirst(['2026-01-13', '2026-02-25'], LATER));
  expect(formatsOf(report)).toEqual({ found: ['dd-MM-yyyy'], ambiguous: [] });
});

test('names of both ways in one place are not decided', async () => {
  const days = daysFrom('2026-01-01', 90);
  const monthFirst = days.map((day) => {
    const [y, m, d] = day.split('-');
    return { Key: `report-${m}-${d}-${y}.csv`, LastModified: new Date(`${day}T10:00:00Z`) };
  });
  const keys = new Map(
    [...dayFirst(days), ...monthFirst].map((each) => [(each as { Key: string }).Key, each]),
  );
  const report = await lookAtKeys([...keys.values()]);
  expect(report.formats).toEqual([]);
  expect(formatsOf(report).ambiguous[0].sort()).toEqual(['MM-dd-yyyy', 'dd-MM-yyyy']);
});

test('names of both ways with other words are decided, each for itself', async () => {
  const keys = daysFrom('2026-01-01', 90).flatMap((day) => {
    const [y, m, d] = day.split('-');
    const LastModified = new Date(`${day}T10:00:00Z`);
    return [
      { Key: `eu/Bericht-${d}-${m}-${y}.csv`, LastModified },
      { Key: `us/report-${m}-${d}-${y}.csv`, LastModified },
    ];
  });
  const report = await lookAtKeys(keys);
  expect(formatsOf(report)).toEqual({ found: ['dd-MM-yyyy', 'MM-dd-yyyy'], ambiguous: [] });
  // One archiver would read the names of the other one as other days.
  expect(report.props.map(({ title }) => title)).toEqual([
    expect.stringMatching(/^an archiver only for names with dd-MM-yyyy, with a prefix or a filter/),
    expect.stringMatching(/^an archiver only for names with MM-dd-yyyy, with a prefix or a filter/),
  ]);
});

test('two dates of two formats in one name are two readings', async () => {
  const keys = daysFrom('2026-01-01', 60).map((day, index) => {
    const other = daysFrom('2026-02-10', 60)[index].split('-').reverse().join('.');
    return {
      Key: `${day.replaceAll('-', '')}_due_${other}.pdf`,
      LastModified: new Date(`${day}T10:00Z`),
    };
  });
  const report = await lookAtKeys(keys);
  expect(formatsOf(report)).toEqual({ found: [], ambiguous: [['yyyyMMdd', 'dd.MM.yyyy']] });
  expect(readDays(report, '20260101_due_10.02.2026.pdf')).toEqual([['2026-01-01'], ['2026-02-10']]);
});

test('a folder and a name with other days are two readings', async () => {
  const days = daysFrom('2026-01-01', 40);
  const report = await lookAtKeys(
    days.map(
      (day, index) => `${daysFrom('2025-05-01', 40)[index].replaceAll('-', '/')}/a-${day}.csv`,
    ),
  );
  expect(formatsOf(report).found).toEqual([]);
  expect(formatsOf(report).ambiguous[0].sort()).toEqual(['yyyy-MM-dd', 'yyyy/MM/dd']);
});

test('two dates of one format are one reading, and are told', async () => {
  const report = await lookAtKeys(['from-2026-01-01-to-2026-01-31.csv', 'at-2026-02-01.csv']);
  expect(formatsOf(report)).toEqual({ found: ['yyyy-MM-dd'], ambiguous: [] });
  expect(report.warnings).toContainEqual(
    expect.stringMatching(/^1 object: two dates in one format/),
  );
});

test('the time of a date is no date', async () => {
  const report = await lookAtKeys(['2026-11-24-10-12-05-E568.log', 'a/20261124-101205.gz']);
  expect(formatsOf(report)).toEqual({
    found: ['yyyy-MM-dd', 'yyyyMMdd'],
    ambiguous: [],
  });
});

test('a short year is read so only if the times of modification are clear', async () => {
  const iis = (modified: (day: string) => Date) =>
    daysFrom('2026-11-01', 20).map((day) => ({
      Key: `u_ex${day.slice(2).replaceAll('-', '')}.log`,
      LastModified: modified(day),
    }));
  const clear = await lookAtKeys(iis((day) => new Date(`${day}T23:59:00Z`)));
  expect(formatsOf(clear)).toEqual({ found: ['yyMMdd'], ambiguous: [] });
  const copied = await lookAtKeys(iis(() => LATER));
  expect(formatsOf(copied)).toEqual({ found: [], ambiguous: [['yyMMdd', 'ddMMyy']] });
});

test('several formats, with what each reads', async () => {
  const days = daysFrom('2026-01-01', 100);
  const report = await lookAtKeys([
    ...days.map((day) => `a-${day}.csv`),
    ...days.slice(0, 50).map((day) => `b-${day.replaceAll('-', '')}.csv`),
    'notes.txt',
  ]);
  expect(report.formats).toMatchObject([
    { format: 'yyyy-MM-dd', objects: 100, days: 100, first: '2026-01-01', last: '2026-04-10' },
    { format: 'yyyyMMdd', objects: 50, days: 50 },
  ]);
  expect(report.props[0].typescript).toContain("DateSource.objectName('yyyy-MM-dd', 'yyyyMMdd')");
  expect(report.days).toMatchObject({ days: 100, biggest: { day: '2026-01-01', objects: 2 } });
});

test('formats are apart if one reads the time of the other one as a day', async () => {
  const days = daysFrom('2026-01-01', 40);
  const at = (day: string) => new Date(`${day}T23:00:00Z`);
  const report = await lookAtKeys([
    ...days.map((day) => ({
      Key: `a-${day.replaceAll('-', '')}-101205.gz`,
      LastModified: at(day),
    })),
    ...days.map((day) => ({
      Key: `u_ex${day.slice(2).replaceAll('-', '')}.log`,
      LastModified: at(day),
    })),
  ]);
  expect(formatsOf(report)).toEqual({ found: ['yyyyMMdd', 'yyMMdd'], ambiguous: [] });
  expect(report.props).toHaveLength(2);
});

test('all names that begin with the date are listed by their days', async () => {
  const keys = daysFrom('2026-01-01', 40).map((day) => `${day.replaceAll('-', '/')}/a.csv`);
  const report = await lookAtKeys(keys);
  expect(report.props).toHaveLength(1);
  expect(report.props[0].typescript).toContain("DateSource.keyPrefix('yyyy/MM/dd')");
  expect(report.props[0].typescript).toContain('ArchiveLayout.daily({ dropDateFolders: true })');
  expect(report.costs).toMatchObject({ night: { listed: 1 }, backlog: { listed: 40 } });
  const other = await lookAtKeys([...keys, 'x/2026/01/01/a.csv']);
  expect(other.props[0].typescript).toContain("DateSource.objectKey('yyyy/MM/dd')");
});

test('an account that looks like a date is none', async () => {
  const keys = daysFrom('2026-01-01', 40).map(
    (day) => `AWSLogs/111122223333/x/${day.replaceAll('-', '')}T0000Z_x.gz`,
  );
  expect(formatsOf(await lookAtKeys(keys))).toEqual({ found: ['yyyyMMdd'], ambiguous: [] });
});

test('numbers that are a day now and then are none', async () => {
  const keys = Array.from(
    { length: 500 },
    (_, n) => `part-${String(n * 1_979).padStart(6, '0')}.csv`,
  );
  const report = await lookAtKeys(keys);
  expect(formatsOf(report)).toEqual({ found: [], ambiguous: [] });
  expect(report.props).toEqual([]);
  expect(report.undated.reduce((sum, { objects }) => sum + objects, 0)).toBe(500);
});

test.each([
  ['readme.txt', 'no-date'],
  ['a-2026-11-31.csv', 'no-such-day'],
  ['a-1026-11-30.csv', 'no-such-day'],
  ['AWSLogs/Config/2026/9/7/x.json', 'no-zeros'],
  ['24-Sept-2026.csv', 'month-name'],
  ['4-Nov-2026.csv', 'month-name'],
  ['31-Nov-2026.csv', 'no-such-day'],
  ['hosts/log-1785478400.gz', 'epoch'],
  ['log.1785478400123.gz', 'epoch'],
  ['exports/2026-11.csv', 'month-only'],
])('%s has no date: %s', async (key, reason) => {
  const report = await lookAtKeys([key]);
  expect(report.undated).toMatchObject([{ reason, objects: 1 }]);
  expect(report.props).toEqual([]);
});

const NAMES = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

function withNames(days: readonly string[], names: readonly string[]): GivenKey[] {
  return days.map((day) => {
    const [y, m, d] = day.split('-');
    return {
      Key: `backup_${d}-${names[Number(m) - 1]}-${y}.zip`,
      LastModified: new Date(`${day}T23:00:00Z`),
    };
  });
}

test.each([
  ['dd-MMM-yyyy', NAMES],
  ['dd-MMM-yyyy', NAMES.map((name) => name.toUpperCase())],
  ['dd-MMMM-yyyy', MONTH_NAMES],
])('names of months: %s, in May, too', async (format, names) => {
  const report = await lookAtKeys(withNames(daysFrom('2026-01-01', 365), names));
  expect(formatsOf(report)).toEqual({ found: [format], ambiguous: [] });
  expect(report).toMatchObject({ undated: [], days: { days: 365 } });
  expect(report.props).toHaveLength(1);
  expect(report.props[0].typescript).toContain(`DateSource.objectName('${format}')`);
});

test('short and long names of months are two formats that read all names', async () => {
  const report = await lookAtKeys([
    ...withNames(daysFrom('2026-01-01', 120), NAMES),
    ...withNames(daysFrom('2026-06-01', 120), MONTH_NAMES),
  ]);
  expect(formatsOf(report).found.sort()).toEqual(['dd-MMM-yyyy', 'dd-MMMM-yyyy']);
  expect(report.ambiguous).toEqual([]);
  expect(report).toMatchObject({ undated: [], days: { days: 240 } });
  expect(report.props).toHaveLength(1);
});

test('in May alone, the short name is meant', async () => {
  const report = await lookAtKeys(withNames(daysFrom('2026-05-01', 31), NAMES));
  expect(formatsOf(report)).toEqual({ found: ['dd-MMM-yyyy'], ambiguous: [] });
});

test('with the name of a month, the first or the last number may be the year', async () => {
  const keys = (modified: (day: string) => Date) =>
    daysFrom('2026-11-01', 20).map((day) => ({
      Key: `log-${day.slice(8)}-Nov-26.gz`,
      LastModified: modified(day),
    }));
  const clear = await lookAtKeys(keys((day) => new Date(`${day}T23:00:00Z`)));
  expect(formatsOf(clear)).toEqual({ found: ['dd-MMM-yy'], ambiguous: [] });
  const copied = await lookAtKeys(keys(() => LATER));
  expect(formatsOf(copied)).toEqual({ found: [], ambiguous: [['dd-MMM-yy', 'yy-MMM-dd']] });
});

test('folders with the name of the month: such a run lists a year, which is in its costs', async () => {
  const report = await lookAtKeys(
    daysFrom('2026-01-01', 90).map((day) => {
      const [y, m, d] = day.split('-');
      return { Key: `${y}/${NAMES[Number(m) - 1]}/${d}/a.csv`, LastModified: new Date(day) };
    }),
  );
  expect(report.props[0].typescript).toContain("DateSource.keyPrefix('yyyy/MMM/dd')");
  expect(report.costs).toMatchObject({ night: { listed: 90, archived: 1 } });
});

function withInstants(digits: 10 | 13, modified: (day: string) => Date): GivenKey[] {
  return daysFrom('2026-11-01', 40).map((day, n) => {
    const milliseconds = Date.parse(`${day}T12:00:00Z`) + n * 1_234_567;
    return {
      Key: `web-1/access.${String(milliseconds).slice(0, digits)}`,
      LastModified: modified(day),
    };
  });
}

test.each([
  ['epochSeconds', 10],
  ['epochMilliseconds', 13],
] as const)('%s, if the times of modification agree', async (format, digits) => {
  const report = await lookAtKeys(withInstants(digits, (day) => new Date(`${day}T23:00:00Z`)));
  expect(formatsOf(report)).toEqual({ found: [format], ambiguous: [] });
  expect(report.props[0].typescript).toContain(`DateSource.objectName('${format}')`);
  const copied = await lookAtKeys(withInstants(digits, () => LATER));
  expect(formatsOf(copied)).toEqual({ found: [], ambiguous: [] });
  expect(copied).toMatchObject({ props: [], undated: [{ reason: 'epoch', objects: 40 }] });
});

test('the day of an instant is that of the time zone', async () => {
  const Key = 'access.1795478400';
  const at = async (timeZone: string) =>
    (await lookAtKeys([{ Key, LastModified: new Date(1_795_478_400_000) }], { timeZone })).days;
  expect(await at('Asia/Tokyo')).toMatchObject({ first: '2026-11-24' });
  expect(await at('America/New_York')).toMatchObject({ first: '2026-11-23' });
});

test('ids of ten digits are no dates', async () => {
  const keys = Array.from({ length: 300 }, (_, n) => `order-${1_500_000_000 + n * 977}.json`);
  const report = await lookAtKeys(keys);
  expect(formatsOf(report)).toEqual({ found: [], ambiguous: [] });
  expect(report.undated).toMatchObject([{ reason: 'epoch', objects: 300 }]);
});

test('a written day beside an instant is the day', async () => {
  const keys = daysFrom('2026-11-01', 30).map((day) => ({
    Key: `${Date.parse(day) / 1000 + 80_000}_${day.replaceAll('-', '_')}_gitlab_backup.tar`,
    LastModified: new Date(`${day}T23:00:00Z`),
  }));
  expect(formatsOf(await lookAtKeys(keys))).toEqual({ found: ['yyyy_MM_dd'], ambiguous: [] });
});

test('each object is counted once: with a date, with several readings, or without one', async () => {
  const report = await lookAtKeys([
    ...dayFirst(['2026-01-02', '2026-02-05']),
    'a-2026-11-24.csv',
    'a-2026-11-31.csv',
    'b-20261324.csv',
    'readme.txt',
    'folder/',
  ]);
  const sum = (items: ReadonlyArray<{ readonly objects: number }>) =>
    items.reduce((total, { objects }) => total + objects, 0);
  expect(report).toMatchObject({ objects: 6, folderMarkers: 1 });
  expect(sum(report.formats) + sum(report.ambiguous) + sum(report.undated)).toBe(6);
});
