import { parseDateFormat, parseLayoutFormat, renderDate } from '../../../src/dates/date-format';
import { createHourFinder } from '../../../src/dates/date-window';
import { findDates, findDatesAt, listWritings } from '../../../src/dates/read-dates';

const readInstant = createHourFinder('UTC');

function dates(formats: string | string[], text: string): string[] {
  const writings = listWritings([formats].flat().map(parseDateFormat));
  return findDates(writings, text, readInstant).map(({ date }) => date);
}

function dateAt(format: string, text: string, timeZone = 'UTC') {
  const { writings } = parseDateFormat(format);
  return findDatesAt(writings, text, 0, createHourFinder(timeZone));
}

describe('a date format', () => {
  test.each([
    ['yyyy-MM-dd', 'a-2026-11-24.csv', '2026-11-24'],
    ['yyyyMMdd', 'a20261124b', '2026-11-24'],
    ['yyMMdd', 'u_ex261124.log', '2026-11-24'],
    ['yyyyDDD', 'A2026328', '2026-11-24'],
    ['yy-DDD', '26-001', '2026-01-01'],
    ['dd.MM.yyyy', '24.11.2026', '2026-11-24'],
    ['MM/dd/yy', '11/24/26', '2026-11-24'],
    ["'day='yyyy-MM-dd", 'x/day=2026-11-24/y', '2026-11-24'],
    ["yyyyMMdd'T'HHmm'Z'", 'x_20261124T1600Z_y', '2026-11-24'],
    ['HHmmss-yyyyMMdd', '235959-20261124', '2026-11-24'],
    ["yyyy'-'MM'''s 'dd", "2026-11's 24", '2026-11-24'],
    ["''yyyyMMdd''", "it's '20261124'", '2026-11-24'],
    ['yyyy年MM月dd日', '2026年11月24日', '2026-11-24'],
    ["yyyy-MM-dd'🗓'", '🗓2026-11-24🗓', '2026-11-24'],
    ['yyyy.MM.dd', 'v1.2026.11.24', '2026-11-24'],
  ])('%s reads %s', (format, text, expected) => {
    expect(dates(format, text)).toEqual([expected]);
  });

  test.each([
    ['yyyy-MM-dd', '2026-02-30', 'February has no 30th'],
    ['yyyy-MM-dd', '2025-02-29', 'not a leap year'],
    ['yyyy-MM-dd', '1900-02-29', 'a century is not a leap year'],
    ['yyyy-MM-dd', '2026-04-31', 'April has 30 days'],
    ['yyyy-MM-dd', '2026-13-01', 'no 13th month'],
    ['yyyy-MM-dd', '2026-00-10', 'no month 0'],
    ['yyyy-MM-dd', '2026-10-00', 'no day 0'],
    ['yyyy-MM-dd', '0000-01-01', 'no year 0'],
    ['yyyyDDD', '2026366', 'day 366 of a common year'],
    ['yyyyDDD', '2024367', 'day 367'],
    ['yyyyDDD', '2026000', 'day 0'],
    ["yyyyMMdd'T'HHmm", '20261124T2400', 'hour 24'],
    ["yyyyMMdd'T'HHmm", '20261124T1260', 'minute 60'],
    ['yyyyMMddHHmmss', '20261124125960', 'second 60'],
    ['yyyy-MM-dd', '2026-1-24', 'one digit'],
    ['yyyy-MM-dd', '2026_11_24', 'other punctuation'],
    ["'A'yyyyDDD", 'a2026328', 'literals are case-sensitive'],
    ['yyyy-MM-dd', '２０２６-11-24', 'full-width digits'],
    ['yyyy-MM-dd', '٢٠٢٦-11-24', 'Arabic digits'],
    ['yyyy-MM-dd', '2026-11-2', 'too short'],
    ['yyyy-MM-dd', '', 'empty'],
  ])('%s finds nothing in "%s": %s', (format, text) => {
    expect(dates(format, text)).toEqual([]);
  });

  test('knows leap years', () => {
    expect(dates('yyyy-MM-dd', '2024-02-29 2000-02-29')).toEqual(['2024-02-29', '2000-02-29']);
    expect(dates('yyyyDDD', '2024366 2024060 2026060')).toEqual([
      '2024-12-31',
      '2024-02-29',
      '2026-03-01',
    ]);
  });

  test('reads two digits of a year as 2000 to 2099', () => {
    expect(dates('yyMMdd', '000101 991231')).toEqual(['2000-01-01', '2099-12-31']);
  });
});

describe('the digits of a date are never part of a longer run of digits', () => {
  test.each([
    ['yyyy-MM-dd', '2026-11-241'],
    ['yyyy-MM-dd', '12026-11-24'],
    ['yyyyMMdd', '202611240'],
    ['yyyyMMdd', '020261124'],
    ['yyMMdd', '20261124'],
    ['yyyyDDD', 'A20263281'],
    ["yyyyMMdd'-1'", '20261124-12'],
    ["'1-'yyyyMMdd", '21-20261124'],
  ])('%s finds nothing in %s', (format, text) => {
    expect(dates(format, text)).toEqual([]);
  });

  test.each([
    ["yyyyMMdd'x'", '20261124x7'],
    ["'v'yyyyMMdd", '7v20261124'],
    ["'v1'yyyyMMdd", 'v120261124'],
    ['yyyy-MM-dd', '١2026-11-24٢'],
  ])('%s finds the date in %s', (format, text) => {
    expect(dates(format, text)).toEqual(['2026-11-24']);
  });
});

describe('several dates in a text', () => {
  test('are found from left to right, whatever their formats', () => {
    expect(dates(['yyyy-MM-dd', 'yyyyMMdd'], '20261123_2026-11-22_20261121')).toEqual([
      '2026-11-23',
      '2026-11-22',
      '2026-11-21',
    ]);
    expect(dates(['yyyyMMdd', 'yyyy-MM-dd'], '20261123_2026-11-22_20261121')).toEqual([
      '2026-11-23',
      '2026-11-22',
      '2026-11-21',
    ]);
  });

  test('are found with the longer one first, if two start together', () => {
    const text = '26-11-24-12';
    expect(dates(['dd-MM-yy', 'yy-MM-dd-HH'], text)).toEqual(['2026-11-24', '2024-11-26']);
    expect(dates(['yy-MM-dd-HH', 'dd-MM-yy'], text)).toEqual(['2026-11-24', '2024-11-26']);
  });

  test('include a valid date that starts inside an invalid one', () => {
    expect(dates('MM-dd-yyyy', '99-11-24-2026')).toEqual(['2026-11-24']);
    expect(dates('dd-MM-yy', '45-11-24-11-26')).toEqual(['2026-11-24']);
  });

  test('may overlap', () => {
    expect(dates('yy-MM-dd', '10-11-12-11')).toEqual(['2010-11-12', '2011-12-11']);
  });
});

describe('parseDateFormat rejects', () => {
  test.each([
    [
      'YYYY-MM-dd',
      'unknown letter "Y" in date format "YYYY-MM-dd": write yyyy for the year, or \'Y\' in ' +
        'quotes for the letter itself. Perhaps you mean "yyyy-MM-dd"',
    ],
    [
      'yyyy-MM-DD',
      'unknown letters "DD" in date format "yyyy-MM-DD": write DDD for the day of the year, dd ' +
        "for the day of the month, or 'D' in quotes for the letter itself. Perhaps you mean " +
        '"yyyy-MM-dd"',
    ],
    [
      'yyyy-M-d',
      'unknown letter "M" in date format "yyyy-M-d": write MM for the month, MMM for the month ' +
        "as in Jan, MMMM for the month as in January, or 'M' in quotes for the letter itself",
    ],
    [
      'yyyyMMddhh',
      'unknown letter "h" in date format "yyyyMMddhh": write HH for the hour, or \'h\' in ' +
        'quotes for the letter itself. Perhaps you mean "yyyyMMddHH"',
    ],
    [
      'yyyyMMddTHH',
      'unknown letter "T" in date format "yyyyMMddTHH": write a token (yyyy, yy, MM, MMM, MMMM, ' +
        "dd, DDD, HH, mm, ss), or 'T' in quotes for the letter itself. Perhaps you mean " +
        '"yyyyMMdd\'T\'HH"',
    ],
    [
      'yyyyyMMdd',
      'unknown letters "yyyyy" in date format "yyyyyMMdd": write yyyy for the year, yy for the ' +
        "year 2000-2099, or 'y' in quotes for the letter itself",
    ],
    [
      "yyyyMMdd'T",
      "date format \"yyyyMMdd'T\" has a quote that is not closed: close it, or write '' for the " +
        'quote character itself',
    ],
    [
      'yyyy-MM-dd-yyyy',
      'date format "yyyy-MM-dd-yyyy" has yyyy twice, but must describe one date: keep one yyyy',
    ],
    ['yyyy-yy-MM-dd', 'date format "yyyy-yy-MM-dd" has both yyyy and yy: keep one of them'],
    [
      'yyyy-MM-DDD',
      'date format "yyyy-MM-DDD" has both DDD, the day of the year, and MM or dd: keep either ' +
        'DDD, or MM and dd',
    ],
    ['yyyy-MM-dd-MMM', 'date format "yyyy-MM-dd-MMM" has both MM and MMM: keep one of them'],
    [
      'MMM-yyyy-DDD',
      'date format "MMM-yyyy-DDD" has both DDD, the day of the year, and MMM or dd: keep either ' +
        'DDD, or MMM and dd',
    ],
    [
      'MMMM-yyyy',
      'date format "MMMM-yyyy" does not determine a day: write the year as yyyy or yy, and add ' +
        'either MMMM and dd, or DDD',
    ],
    [
      "'log-'epochSeconds",
      'date format "\'log-\'epochSeconds" has epochSeconds and something else, but epochSeconds ' +
        'is always the whole format: write "epochSeconds", which finds its digits next to any ' +
        'other text',
    ],
    [
      'yyyy-MM',
      'date format "yyyy-MM" does not determine a day: write the year as yyyy or yy, and add ' +
        'either MM and dd, or DDD',
    ],
    [
      'MM-dd',
      'date format "MM-dd" does not determine a day: write the year as yyyy or yy, and add ' +
        'either MM and dd, or DDD',
    ],
    [
      'yyyy-mm-dd',
      'date format "yyyy-mm-dd" does not determine a day: write the year as yyyy or yy, and add ' +
        'either MM and dd, or DDD (mm is the minute). Perhaps you mean "yyyy-MM-dd"',
    ],
    [
      '',
      'date format "" does not determine a day: write the year as yyyy or yy, and add either MM ' +
        'and dd, or DDD',
    ],
  ])('%s', (format, message) => {
    expect(() => parseDateFormat(format)).toThrow(new Error(message));
  });
});

describe('the archive layout', () => {
  test.each([
    ['yyyy/MM/dd/', '2026/03/07/'],
    ["'year='yyyy/'month='MM/'day='dd/", 'year=2026/month=03/day=07/'],
    ['yyyy/MM/yyyy-MM-dd/', '2026/03/2026-03-07/'],
    ['yy/DDD/', '26/066/'],
    ['yyyy/MM/dd/HH/', '2026/03/07/05/'],
    ["yyyy-DDD/'hour='HH/", '2026-066/hour=05/'],
    ['yyyy/MMM/', '2026/Mar/'],
    ['yyyy/MM-MMMM/dd/', '2026/03-March/07/'],
  ])('%s names the folder %s', (layout, folder) => {
    expect(renderDate(parseLayoutFormat(layout), '2026-03-07', 5)).toBe(folder);
  });

  test.each([
    [
      'yyyy/MM',
      'archive layout "yyyy/MM" must end with "/", because it names folders: write "yyyy/MM/"',
    ],
    [
      'yyyy/MM/HH/',
      'archive layout "yyyy/MM/HH/" has HH, the hour, but no day, so an hour of all days would ' +
        'share a folder: add dd or DDD before it, as in yyyy/MM/dd/HH/',
    ],
    [
      'HH/',
      'archive layout "HH/" has HH, the hour, but no day, so an hour of all days would share a ' +
        'folder: add dd or DDD before it, as in yyyy/MM/dd/HH/',
    ],
    [
      'yyyy/MM/dd/HH/mm/',
      'archive layout "yyyy/MM/dd/HH/mm/" has mm, the minute, but a folder is for a day or an ' +
        'hour: use only yyyy, yy, MM, MMM, MMMM, dd, DDD and HH',
    ],
    [
      'epochSeconds/',
      'archive layout "epochSeconds/" has epochSeconds, but a folder is for a day or an hour: ' +
        'write, for example, yyyy/MM/dd/',
    ],
    ["'all'/", 'archive layout "\'all\'/" has no date: write, for example, yyyy/MM/dd/'],
    ['', 'archive layout "" has no date: write, for example, yyyy/MM/dd/'],
    [
      'dt=yyyy/',
      'unknown letter "d" in archive layout "dt=yyyy/": write dd for the day of the month, or ' +
        "'d' in quotes for the letter itself. Perhaps you mean \"'dt'=yyyy/\"",
    ],
  ])('%s is rejected', (layout, message) => {
    expect(() => parseLayoutFormat(layout)).toThrow(new Error(message));
  });
});

test('renderDate stops before the time of day', () => {
  expect(renderDate(parseDateFormat("'logs/'yyyy/MM/dd/HH/mm"), '2026-11-24')).toBe(
    'logs/2026/11/24/',
  );
});

test('findDatesAt reads the hour', () => {
  const format = 'yyyy-MM-dd-HHmm';
  expect(dateAt(format, '2026-11-24-0759')).toEqual([
    { date: '2026-11-24', hour: 7, at: 0, end: 15 },
  ]);
  expect(dateAt(format, '2026-11-24-2359')).toEqual([
    { date: '2026-11-24', hour: 23, at: 0, end: 15 },
  ]);
  expect(dateAt(format, '2026-11-24-2400')).toEqual([]);
});

test('findDatesAt reads a date at one position only', () => {
  const format = 'yyyy/MM/dd';
  expect(dateAt(format, '2026/11/24/a')).toEqual([{ date: '2026-11-24', at: 0, end: 10 }]);
  expect(dateAt(format, 'a/2026/11/24/a')).toEqual([]);
});

test('findDates reads a long text of near misses in one pass', () => {
  const formats = ["yyyy-MM-dd'T'HHmmss", 'yyyyMMddHHmmss', "yyyyMMdd'-'HH"];
  expect(dates(formats, '2026-11-24T12345x20261124-1-'.repeat(40_000))).toEqual([]);
});

describe('the name of a month', () => {
  test.each([
    ['dd-MMM-yyyy', '24-Nov-2026', '2026-11-24'],
    ['dd-MMM-yyyy', '24-NOV-2026', '2026-11-24'],
    ['dd-MMM-yyyy', '24-nov-2026', '2026-11-24'],
    ['ddMMMyyyy', 'backup24Nov2026x', '2026-11-24'],
    ['MMMddyyyy', 'backupNov242026', '2026-11-24'],
    ['yyyy-dd-MMM', '2026-24-November', '2026-11-24'],
    ['dd-MMMM-yyyy', '24-November-2026', '2026-11-24'],
    ['dd-MMMM-yyyy', '01-may-2026', '2026-05-01'],
    ['dd-MMM-yyyy', '01-May-2026', '2026-05-01'],
    ['MMMM dd, yyyy', 'SEPTEMBER 30, 2026', '2026-09-30'],
    ["yyyy/MMMM/dd/HH'h'", 'x/2026/March/01/05h', '2026-03-01'],
  ])('in %s reads %s', (format, text, expected) => {
    expect(dates(format, text)).toEqual([expected]);
  });

  test.each([
    ['dd-MMM-yyyy', '24-November-2026', 'the whole name'],
    ['dd-MMM-yyyy', '24-Nox-2026', 'no month'],
    ['dd-MMM-yyyy', '24-11-2026', 'digits'],
    ['dd-MMM-yyyy', '24-No1-2026', 'a digit in the name'],
    ['dd-MMM-yyyy', '31-Nov-2026', 'November has 30 days'],
    ['dd-MMM-yyyy', '124-Nov-2026', 'a longer run of digits'],
    ['dd-MMM-yyyy', '24-Nov-20261', 'a longer run of digits'],
    ['dd-MMM-yyyy', '24-Mai-2026', 'a German name'],
    ['dd-MMM-yyyy', '24-@ov-2026', 'no letter'],
    ['dd-MMMM-yyyy', '24-Nov-2026', 'a short name'],
    ['dd-MMMM-yyyy', '24-Januare-2026', 'seven letters that are no name'],
  ])('in %s does not read %s: %s', (format, text) => {
    expect(dates(format, text)).toEqual([]);
  });

  test('finds each date once, from left to right', () => {
    expect(dates(['dd-MMM-yyyy', 'dd-MMMM-yyyy'], '01-May-2026 02-June-2026 03-Jul-2026')).toEqual([
      // May is both the short and the whole name.
      '2026-05-01',
      '2026-05-01',
      '2026-06-02',
      '2026-07-03',
    ]);
    expect(dates('dd-MMMM-yyyy', '01-May-2026 02-June-2026')).toEqual(['2026-05-01', '2026-06-02']);
  });
});

describe('an instant', () => {
  test.each([
    ['epochSeconds', '1764547200-2026-11-24.csv', '2025-12-01'],
    ['epochMilliseconds', 'part_1764547200000.json', '2025-12-01'],
    ['epochSeconds', 'x0946684800', '2000-01-01'],
    ['epochSeconds', '4102444799', '2099-12-31'],
    ['epochMilliseconds', '4102444799999', '2099-12-31'],
  ])('%s in %s is of %s', (format, text, expected) => {
    expect(dates(format, text)).toEqual([expected]);
  });

  test.each([
    ['epochSeconds', '17645472001', 'eleven digits'],
    ['epochSeconds', '176454720', 'nine digits'],
    ['epochSeconds', '1764547200000', 'milliseconds'],
    ['epochMilliseconds', '1764547200', 'seconds'],
    ['epochSeconds', '0946684799', 'before 2000'],
    ['epochSeconds', '4102444800', 'after 2099'],
    ['epochSeconds', '9999999999', 'an id'],
    ['epochMilliseconds', '9999999999999', 'an id'],
  ])('%s finds nothing in %s: %s', (format, text) => {
    expect(dates(format, text)).toEqual([]);
  });

  test.each([
    ['UTC', '2026-11-24', 16],
    ['Asia/Tokyo', '2026-11-25', 1],
    ['America/New_York', '2026-11-24', 11],
  ])('is of the day and the hour in %s', (timeZone, date, hour) => {
    // 2026-11-24T16:00:00Z
    expect(dateAt('epochSeconds', '1795536000', timeZone)).toEqual([
      { date, hour, at: 0, end: 10 },
    ]);
    expect(dateAt('epochMilliseconds', '1795536000000', timeZone)).toEqual([
      { date, hour, at: 0, end: 13 },
    ]);
  });

  test('is the only date that its format reads', () => {
    expect(dates('epochSeconds', '1795536000-2026-11-25.csv')).toEqual(['2026-11-24']);
    expect(dates('yyyy-MM-dd', '1795536000-2026-11-25.csv')).toEqual(['2026-11-25']);
  });
});
