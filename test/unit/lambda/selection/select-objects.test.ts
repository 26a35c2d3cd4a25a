import fc from 'fast-check';
import type { FilterSettings, Settings } from '../../../../src/contract/payloads/settings';
import { addDays } from '../../../../src/dates/calendar';
import type { Window } from '../../../../src/dates/date-window';
import { parseDateSource } from '../../../../src/dates/key-dates';
import { parseLayout } from '../../../../src/dates/layout';
import type { DateSourceSettings, LayoutSettings } from '../../../../src/dates/settings';
import { createSelector, type Selection } from '../../../../src/lambda/selection/select-objects';
import { testSettings } from '../../../helpers/environment';

interface Options {
  readonly prefix?: string;
  readonly destinationPrefix?: string;
  readonly destinationBucket?: string;
  readonly dateSource?: DateSourceSettings;
  readonly layout?: Partial<LayoutSettings>;
  readonly timeZone?: string;
  readonly window?: Window;
  readonly filter?: FilterSettings;
  readonly instant?: string;
  /** The day that a list gives the object. */
  readonly date?: string;
}

const START = '2026-11-25T01:00:00.250Z';
const THE_24TH = { from: '2026-11-24', to: '2026-11-24' };

function settingsFor(options: Options): Settings {
  return testSettings({
    sourcePrefix: options.prefix ?? 'incoming/',
    destinationBucket: options.destinationBucket ?? 'data',
    destinationPrefix: options.destinationPrefix ?? 'archive/',
    dateSource: parseDateSource(
      options.dateSource ?? { kind: 'objectName', formats: ['yyyy-MM-dd'] },
    ),
    layout: parseLayout({ format: 'yyyy/MM/dd/', ...options.layout }),
    timeZone: options.timeZone ?? 'UTC',
    ...(options.filter && { filter: options.filter }),
  });
}

function select(
  key: string,
  options: Options = {},
  lastModified = 1_700_000_000,
  size = 1,
): Selection {
  const run = {
    ...(options.window ?? THE_24TH),
    startTime: START,
    ...(options.instant !== undefined && { instant: options.instant }),
  };
  return createSelector(
    settingsFor(options),
    run,
  )({
    Key: key,
    Etag: '"e"',
    LastModified: lastModified,
    Size: size,
    ...(options.date !== undefined && { Date: options.date }),
  });
}

function destination(key: string, options: Options = {}): string | undefined {
  const selection = select(key, options);
  return selection.selected ? selection.destinationKey : undefined;
}

describe('the archived key', () => {
  test.each([
    ['incoming/a-2026-11-24.csv', 'archive/2026/11/24/a-2026-11-24.csv'],
    ['incoming/eu/b/a-2026-11-24.csv', 'archive/2026/11/24/eu/b/a-2026-11-24.csv'],
    ['incoming//a-2026-11-24.csv', 'archive/2026/11/24//a-2026-11-24.csv'],
    ['incoming/../a-2026-11-24.csv', 'archive/2026/11/24/../a-2026-11-24.csv'],
    ['incoming/./a-2026-11-24.csv', 'archive/2026/11/24/./a-2026-11-24.csv'],
    ['incoming/🗓 é+%41?#/a-2026-11-24.csv', 'archive/2026/11/24/🗓 é+%41?#/a-2026-11-24.csv'],
    ['incoming/archive/a-2026-11-24.csv', 'archive/2026/11/24/archive/a-2026-11-24.csv'],
    ['incoming/2026-11-24', 'archive/2026/11/24/2026-11-24'],
  ])('of %s is %s', (key, expected) => {
    expect(destination(key)).toBe(expected);
  });

  test.each<[string, string, Options['dateSource']]>([
    ['2026/11/24/eu/a.csv', 'eu/a.csv', { kind: 'keyPrefix', formats: ['yyyy/MM/dd'] }],
    ['eu/2026/11/24/a.csv', 'eu/a.csv', { kind: 'objectKey', formats: ['yyyy/MM/dd'] }],
    ['2026/11/24/15/a.csv', '15/a.csv', { kind: 'objectKey', formats: ['yyyy/MM/dd'] }],
    ['dt=2026-11-24/a.csv', 'a.csv', { kind: 'objectKey', formats: ['yyyy-MM-dd'] }],
    [
      't/year=2026/month=11/day=24/a.csv',
      't/a.csv',
      { kind: 'objectKey', formats: ["'year='yyyy'/month='MM'/day='dd"] },
    ],
    [
      'logs-2026-11-24/a.csv',
      'logs-2026-11-24/a.csv',
      { kind: 'objectKey', formats: ['yyyy-MM-dd'] },
    ],
    ['2026-11-24-eu/a.csv', '2026-11-24-eu/a.csv', { kind: 'objectKey', formats: ['yyyy-MM-dd'] }],
    ['2026/11/24-a.csv', '2026/11/24-a.csv', { kind: 'objectKey', formats: ['yyyy/MM/dd'] }],
    ['2026-11-24', '2026-11-24', { kind: 'objectKey', formats: ['yyyy-MM-dd'] }],
    ['eu/a-2026-11-24.csv', 'eu/a-2026-11-24.csv', { kind: 'objectName', formats: ['yyyy-MM-dd'] }],
  ])('without the folders of its date, %s is %s', (key, kept, dateSource) => {
    expect(destination(`incoming/${key}`, { layout: { dropDateFolders: true }, dateSource })).toBe(
      `archive/2026/11/24/${kept}`,
    );
    expect(destination(`incoming/${key}`, { dateSource })).toBe(`archive/2026/11/24/${key}`);
  });

  test('keeps the folders of the key where the day is that of a list', () => {
    expect(
      destination('incoming/2026/11/23/a.csv', {
        layout: { dropDateFolders: true },
        date: '2026-11-24',
        dateSource: { kind: 'objectKey', formats: ['yyyy/MM/dd'] },
      }),
    ).toBe('archive/2026/11/24/2026/11/23/a.csv');
  });

  test('has only the base name with flatten', () => {
    expect(destination('incoming/eu/b/a-2026-11-24.csv', { layout: { flatten: true } })).toBe(
      'archive/2026/11/24/a-2026-11-24.csv',
    );
  });

  test('has the folder of the layout', () => {
    expect(destination('incoming/a-2026-11-24', { layout: { format: "'dt='yyyyMMdd/" } })).toBe(
      'archive/dt=20261124/a-2026-11-24',
    );
  });

  test('may be at the root of another bucket', () => {
    expect(
      destination('a-2026-11-24', {
        prefix: '',
        destinationPrefix: '',
        destinationBucket: 'other',
      }),
    ).toBe('2026/11/24/a-2026-11-24');
  });
});

describe('the dates in a name', () => {
  test('name the folder by the first date in the window', () => {
    const window = { from: '2026-11-20', to: '2026-11-24' };
    expect(select('incoming/2026-11-01_2026-11-22_2026-11-24.csv', { window })).toMatchObject({
      selected: true,
      date: '2026-11-22',
      destinationKey: 'archive/2026/11/22/2026-11-01_2026-11-22_2026-11-24.csv',
    });
  });

  test('may be any past date, if the window has no first day', () => {
    const window = { from: null, to: '2026-11-24' };
    expect(select('incoming/0001-01-01', { window })).toMatchObject({
      selected: true,
      date: '0001-01-01',
    });
    expect(select('incoming/2026-11-25', { window })).toEqual({
      selected: false,
      reason: 'outside-window',
    });
  });

  test.each([
    ['incoming/2026-11-24/a.csv', 'a folder has a date, the name has none'],
    ['incoming/a-2026-11-241', 'the date is part of a longer run of digits'],
    ['incoming/a-12026-11-24', 'the date is part of a longer run of digits'],
    ['incoming/a-2026-11-31', 'November has 30 days'],
    ['incoming/a-20261124', 'another format'],
  ])('are missing in %s: %s', (key) => {
    expect(select(key)).toEqual({ selected: false, reason: 'no-date', isNew: true });
  });
});

describe('the date source', () => {
  const objectKey: DateSourceSettings = { kind: 'objectKey', formats: ['yyyy/MM/dd'] };
  const keyPrefix: DateSourceSettings = { kind: 'keyPrefix', formats: ['yyyy/MM/dd'] };
  const lastModified: DateSourceSettings = { kind: 'lastModified', formats: [] };

  test('objectKey reads dates anywhere after the prefix', () => {
    expect(destination('incoming/eu/2026/11/24/a', { dateSource: objectKey })).toBe(
      'archive/2026/11/24/eu/2026/11/24/a',
    );
    expect(destination('incoming/2026/11/24/a', { dateSource: objectKey })).toBe(
      'archive/2026/11/24/2026/11/24/a',
    );
    expect(select('in/2026/11/24/a', { dateSource: objectKey, prefix: 'in/2026/11/' })).toEqual({
      selected: false,
      reason: 'no-date',
      isNew: true,
    });
  });

  test('keyPrefix reads the date right after the prefix', () => {
    expect(destination('incoming/2026/11/24/a', { dateSource: keyPrefix })).toBe(
      'archive/2026/11/24/2026/11/24/a',
    );
    expect(select('incoming/eu/2026/11/24/a', { dateSource: keyPrefix })).toEqual({
      selected: false,
      reason: 'no-date',
      isNew: true,
    });
    expect(select('incoming/2026/11/241/a', { dateSource: keyPrefix })).toEqual({
      selected: false,
      reason: 'no-date',
      isNew: true,
    });
  });

  test.each([
    ['UTC', '2026-11-24T00:00:00Z', true],
    ['UTC', '2026-11-24T23:59:59Z', true],
    ['UTC', '2026-11-25T00:00:00Z', false],
    ['Asia/Tokyo', '2026-11-23T15:00:00Z', true],
    ['Asia/Tokyo', '2026-11-24T15:00:00Z', false],
    ['America/New_York', '2026-11-25T04:59:59Z', true],
  ])('lastModified uses the day in %s at %s: selected is %s', (timeZone, instant, selected) => {
    const selection = select(
      'incoming/a',
      { dateSource: lastModified, timeZone },
      Date.parse(instant) / 1000,
    );
    expect(selection.selected).toBe(selected);
  });
});

describe('the selector never selects', () => {
  test('a folder marker, dated or not', () => {
    expect(select('incoming/2026-11-24/')).toEqual({ selected: false, reason: 'folder-marker' });
    expect(select('incoming/')).toEqual({ selected: false, reason: 'folder-marker' });
  });

  test('a key under a destination prefix that lies inside the listing', () => {
    const wholeBucket = { prefix: '' };
    expect(select('archive/2026/11/24/a-2026-11-24', wholeBucket)).toEqual({
      selected: false,
      reason: 'in-archive',
    });
    expect(select('archive/by-hand-2026-11-24', wholeBucket)).toEqual({
      selected: false,
      reason: 'in-archive',
    });
    expect(destination('archived/a-2026-11-24', wholeBucket)).toBe(
      'archive/2026/11/24/archived/a-2026-11-24',
    );
    expect(
      select('data/archive/a-2026-11-24', { prefix: 'data/', destinationPrefix: 'data/archive/' })
        .selected,
    ).toBe(false);
  });

  test('a key under a prefix that the archiver no longer has', () => {
    expect(select('before/a-2026-11-24')).toEqual({ selected: false, reason: 'outside-prefix' });
  });
});

describe('a destination prefix excludes nothing', () => {
  test('if it is in another bucket', () => {
    expect(destination('archive/a-2026-11-24', { prefix: '', destinationBucket: 'other' })).toBe(
      'archive/2026/11/24/archive/a-2026-11-24',
    );
  });

  test('if the listed prefix is inside it', () => {
    const options = { prefix: 'data/incoming/', destinationPrefix: 'data/' };
    expect(destination('data/incoming/a-2026-11-24', options)).toBe('data/2026/11/24/a-2026-11-24');
    expect(destination('data/incoming/2026/11/24/a-2026-11-24', options)).toBe(
      'data/2026/11/24/2026/11/24/a-2026-11-24',
    );
  });
});

describe('an object is never its own destination', () => {
  test.each<[string, string, Options]>([
    [
      'a listed year, archived below itself',
      '2026/11/24/a-2026-11-24',
      { prefix: '2026/', destinationPrefix: '', layout: { flatten: true } },
    ],
    [
      'a layout that leads into the listing',
      'in/2026/a-2026-11-24',
      { prefix: 'in/', destinationPrefix: '', layout: { format: "'in/'yyyy/" } },
    ],
    [
      'the same, flattened',
      'in/2026/a-2026-11-24',
      { prefix: 'in/', destinationPrefix: '', layout: { format: "'in/'yyyy/", flatten: true } },
    ],
    [
      'the archive as source',
      'archive/2026/11/24/a-2026-11-24',
      { prefix: 'archive/2026/', destinationPrefix: 'archive/', layout: { flatten: true } },
    ],
  ])('%s', (_, key, options) => {
    expect(select(key, options)).toEqual({ selected: false, reason: 'in-archive' });
  });

  test.each<[string, string, Options]>([
    ['a listed year', '2026/11/25/report.csv', { prefix: '2026/', destinationPrefix: '' }],
    [
      'a listed year, whose copy is of a later day',
      '2026/03/01/11/report.csv',
      { prefix: '2026/', destinationPrefix: '' },
    ],
    [
      'a layout of months',
      '2026/02/report.csv',
      { prefix: '2026/', destinationPrefix: '', layout: { format: 'yyyy/MM/' } },
    ],
    [
      'a layout without years, on a leap day',
      'in/02-29/report.csv',
      { prefix: 'in/', destinationPrefix: '', layout: { format: "'in/'MM-dd/" } },
    ],
    [
      'a layout of the days of years',
      'in/366/report.csv',
      { prefix: 'in/', destinationPrefix: '', layout: { format: "'in/'DDD/" } },
    ],
  ])('an archived copy is not archived again by the date of the copy: %s', (_, key, options) => {
    const day = Date.parse('2026-11-24T01:00:00Z') / 1_000;
    expect(
      select(key, { ...options, dateSource: { kind: 'lastModified', formats: [] } }, day),
    ).toEqual({ selected: false, reason: 'in-archive' });
  });

  test('an object in the listing that no layout could have named is archived once by its date', () => {
    const options: Options = {
      prefix: '2026/',
      destinationPrefix: '',
      dateSource: { kind: 'lastModified', formats: [] },
    };
    const day = Date.parse('2026-11-24T01:00:00Z') / 1_000;
    let keys = 0;
    for (let key: string | undefined = '2026/13/40/report.csv'; key && keys < 9; keys++) {
      const selection = select(key, options, day);
      key = selection.selected ? selection.destinationKey : undefined;
    }
    expect(keys).toBe(2);
  });

  test('for any prefixes, layout and key', () => {
    const folder = fc.constantFrom('', 'a/', 'a/b/', '2026/', '2026/11/', 'a/2026/');
    const layout = fc.constantFrom('yyyy/', 'yyyy/MM/dd/', "'a/'yyyy/", "'b/'yyyy/MM/", 'MM/yyyy/');
    const name = fc.constantFrom('2026-11-24', 'x-2026-11-24.csv', '2026-11-23_2026-11-24');
    const path = fc.array(folder, { maxLength: 3 }).map((folders) => folders.join(''));
    const dropped = fc.record({ flatten: fc.boolean(), dropDateFolders: fc.boolean() });
    const formats = fc.constantFrom(['yyyy-MM-dd'], ['yyyy/MM/dd'], ['yyyy-MM-dd', 'yyyy/MM/dd']);
    fc.assert(
      fc.property(
        folder,
        folder,
        layout,
        dropped,
        path,
        name,
        formats,
        (prefix, destinationPrefix, format, folders, within, base, dates) => {
          const key = prefix + within + base;
          const dateSource: DateSourceSettings = { kind: 'objectKey', formats: [...dates] };
          for (const options of [{}, { dateSource }]) {
            expect(
              destination(key, {
                prefix,
                destinationPrefix,
                layout: { format, ...folders },
                ...options,
              }),
            ).not.toBe(key);
          }
        },
      ),
    );
  });
});

describe('what is archived is not archived again', () => {
  const inside = { prefix: '2026/', destinationPrefix: '' };

  test('under a day that only a list knew', () => {
    const archived = select('2026/a-2026-11-23', { ...inside, date: '2026-11-24' });
    expect(archived).toMatchObject({ selected: true, destinationKey: '2026/11/24/a-2026-11-23' });
    expect(
      select('2026/11/24/a-2026-11-23', { ...inside, window: { from: null, to: '2026-12-31' } }),
    ).toEqual({ selected: false, reason: 'in-archive' });
  });

  test('under the second date of a name of which only the last part is kept', () => {
    const options: Options = {
      ...inside,
      layout: { flatten: true },
      dateSource: { kind: 'objectKey', formats: ['yyyy-MM-dd', 'yyyyMMdd'] },
    };
    expect(destination('2026/20261124/a-2026-11-23', options)).toBe('2026/11/24/a-2026-11-23');
    expect(
      select('2026/11/24/a-2026-11-23', { ...options, window: { from: null, to: '2026-12-31' } }),
    ).toEqual({ selected: false, reason: 'in-archive' });
  });

  test('for any prefixes, layout, source of dates and key, by any later run', () => {
    const folder = fc.constantFrom('', 'a/', 'a/b/', '2026/', '2026/11/', 'a/2026/', '20261124/');
    const format = fc.constantFrom(
      'yyyy/',
      'yyyy/MM/dd/',
      "'a/'yyyy/",
      "'b/'yyyy/MM/",
      'MM/yyyy/',
      'yyyy/DDD/',
    );
    const name = fc.constantFrom(
      '2026-11-24',
      'x-2026-11-24.csv',
      '2026-11-23_2026-11-24',
      'x-2026-11-23',
      'x',
    );
    const path = fc.array(folder, { maxLength: 3 }).map((folders) => folders.join(''));
    const source = fc.constantFrom<DateSourceSettings>(
      { kind: 'objectName', formats: ['yyyy-MM-dd'] },
      { kind: 'objectKey', formats: ['yyyy-MM-dd', 'yyyyMMdd', 'yyyy/MM/dd'] },
      { kind: 'lastModified', formats: [] },
    );
    const day = fc.option(fc.constantFrom('2026-11-24', '2026-11-25', '2025-01-31'), {
      nil: undefined,
    });
    const places = fc.tuple(folder, folder, path, name);
    const layout = fc.record({ format, flatten: fc.boolean(), dropDateFolders: fc.boolean() });
    const settings = fc.record({ layout, dateSource: source, date: day });
    fc.assert(
      fc.property(
        places,
        settings,
        ([prefix, destinationPrefix, within, base], { date, ...given }) => {
          // The construct refuses it.
          fc.pre(prefix !== destinationPrefix);
          const options: Options = {
            prefix,
            destinationPrefix,
            ...given,
            window: { from: null, to: '2026-12-31' },
          };
          const first = select(
            prefix + within + base,
            { ...options, date },
            Date.parse('2026-11-24T01:00:00Z') / 1_000,
          );
          fc.pre(first.selected);
          const again = select(
            first.selected ? first.destinationKey : '',
            options,
            Date.parse('2026-11-25T01:00:00Z') / 1_000,
          );
          expect(again).toMatchObject({
            selected: false,
            reason: expect.stringMatching(/^(in-archive|outside-prefix)$/) as string,
          });
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

describe('a layout with hours', () => {
  const hours = { format: 'yyyy/MM/dd/HH/' };
  const names: DateSourceSettings = {
    kind: 'objectName',
    formats: ['yyyy-MM-dd-HH', 'yyyyMMddHHmm'],
  };
  const lastModified: DateSourceSettings = { kind: 'lastModified', formats: [] };
  const day = (date: string) => ({ from: date, to: date });

  test.each([
    ['incoming/eu/a-2026-11-24-00.csv', 'archive/2026/11/24/00/eu/a-2026-11-24-00.csv'],
    ['incoming/a-2026-11-24-23.csv', 'archive/2026/11/24/23/a-2026-11-24-23.csv'],
    ['incoming/a-202611240759.csv', 'archive/2026/11/24/07/a-202611240759.csv'],
    ['incoming/a-2026-11-24-24.csv', undefined],
    ['incoming/a-2026-11-24.csv', undefined],
    ['incoming/a-2026-11-25-00.csv', undefined],
  ])('archives %s as %s', (key, expected) => {
    expect(destination(key, { dateSource: names, layout: hours })).toBe(expected);
  });

  test('takes the hour of the same date as the day', () => {
    expect(
      destination('incoming/2026-11-23-05_2026-11-24-07', { dateSource: names, layout: hours }),
    ).toBe('archive/2026/11/24/07/2026-11-23-05_2026-11-24-07');
  });

  test('names the folder of each hour of a day, in any order', () => {
    const selector = createSelector(settingsFor({ dateSource: names, layout: hours }), {
      ...THE_24TH,
      startTime: START,
    });
    const folders = ['07', '05', '07']
      .map((hour) =>
        selector({ Key: `incoming/2026-11-24-${hour}`, Etag: '"e"', LastModified: 0, Size: 1 }),
      )
      .map(
        (selection) =>
          selection.selected && selection.destinationKey.slice(0, -'2026-11-24-00'.length),
      );
    expect(folders).toEqual([
      'archive/2026/11/24/07/',
      'archive/2026/11/24/05/',
      'archive/2026/11/24/07/',
    ]);
  });

  test('has the Hive partition of the hour', () => {
    const layout = { format: "'year='yyyy/'month='MM/'day='dd/'hour='HH/" };
    expect(destination('incoming/a-2026-11-24-05', { dateSource: names, layout })).toBe(
      'archive/year=2026/month=11/day=24/hour=05/a-2026-11-24-05',
    );
  });

  // Clocks go from 02:00 to 03:00 on 2026-03-29, and from 03:00 to 02:00 on 2026-10-25.
  test.each(['2026-03-29', '2026-10-25'])(
    'takes the hour of a name as it is on %s, when the clocks of Berlin change',
    (date) => {
      for (const hour of ['01', '02', '03']) {
        const key = `incoming/a-${date}-${hour}`;
        expect(
          destination(key, {
            dateSource: names,
            layout: hours,
            timeZone: 'Europe/Berlin',
            window: day(date),
          }),
        ).toBe(`archive/${date.replaceAll('-', '/')}/${hour}/a-${date}-${hour}`);
      }
    },
  );

  test.each([
    ['Europe/Berlin', '2026-03-28T22:59:59Z', undefined],
    ['Europe/Berlin', '2026-03-28T23:00:00Z', '2026/03/29/00'],
    ['Europe/Berlin', '2026-03-29T00:59:59Z', '2026/03/29/01'],
    ['Europe/Berlin', '2026-03-29T01:00:00Z', '2026/03/29/03'],
    ['Europe/Berlin', '2026-03-29T21:59:59Z', '2026/03/29/23'],
    ['Europe/Berlin', '2026-03-29T22:00:00Z', undefined],
    ['UTC', '2026-03-29T01:00:00Z', '2026/03/29/01'],
    ['Asia/Kolkata', '2026-03-29T01:00:00Z', '2026/03/29/06'],
  ])('in spring, lastModified in %s at %s goes to %s', (timeZone, instant, folder) => {
    const selection = select(
      'incoming/a',
      { dateSource: lastModified, layout: hours, timeZone, window: day('2026-03-29') },
      Date.parse(instant) / 1_000,
    );
    expect(selection.selected && selection.destinationKey).toBe(
      folder === undefined ? false : `archive/${folder}/a`,
    );
  });

  test.each([
    ['Europe/Berlin', '2026-10-24T22:00:00Z', '2026/10/25/00'],
    ['Europe/Berlin', '2026-10-25T00:30:00Z', '2026/10/25/02'],
    ['Europe/Berlin', '2026-10-25T01:30:00Z', '2026/10/25/02'],
    ['Europe/Berlin', '2026-10-25T02:00:00Z', '2026/10/25/03'],
    ['Europe/Berlin', '2026-10-25T22:59:59Z', '2026/10/25/23'],
    ['Europe/Berlin', '2026-10-25T23:00:00Z', undefined],
    ['UTC', '2026-10-25T01:30:00Z', '2026/10/25/01'],
  ])('in autumn, lastModified in %s at %s goes to %s', (timeZone, instant, folder) => {
    const selection = select(
      'incoming/a',
      { dateSource: lastModified, layout: hours, timeZone, window: day('2026-10-25') },
      Date.parse(instant) / 1_000,
    );
    expect(selection.selected && selection.destinationKey).toBe(
      folder === undefined ? false : `archive/${folder}/a`,
    );
  });

  test('an object is never its own destination, nor archived twice by the time of its copy', () => {
    const inside = { prefix: '2026/', destinationPrefix: '', layout: { ...hours, flatten: true } };
    expect(select('2026/11/24/05/a-2026-11-24-05', { ...inside, dateSource: names })).toEqual({
      selected: false,
      reason: 'in-archive',
    });
    const copied = Date.parse('2026-11-24T09:00:00Z') / 1_000;
    expect(select('2026/11/24/05/a', { ...inside, dateSource: lastModified }, copied)).toEqual({
      selected: false,
      reason: 'in-archive',
    });
  });
});

describe('a filter', () => {
  const at = (instant: string) => Date.parse(instant) / 1_000;
  const csv = { include: ['**/*.csv', 'eu/**'], exclude: ['**/tmp-*', 'eu/old/**'] };

  test.each<[string, FilterSettings, string | undefined]>([
    ['incoming/a-2026-11-24.csv', csv, undefined],
    ['incoming/x/y/a-2026-11-24.csv', csv, undefined],
    ['incoming/eu/a-2026-11-24.bin', csv, undefined],
    ['incoming/a-2026-11-24.bin', csv, 'include'],
    ['incoming/eu/tmp-2026-11-24', csv, 'exclude'],
    ['incoming/eu/old/a-2026-11-24.csv', csv, 'exclude'],
    ['incoming/incoming/a-2026-11-24', { include: ['incoming/*'] }, undefined],
    ['incoming/a-2026-11-24', { include: ['incoming/*'] }, 'include'],
    ['incoming/../a-2026-11-24.tmp', { exclude: ['**/*.tmp'] }, 'exclude'],
  ])('of names decides about %s with %j: %s', (key, filter, leftOutBy) => {
    expect(select(key, { filter })).toMatchObject(
      leftOutBy === undefined
        ? { selected: true }
        : { selected: false, reason: 'filtered', filter: leftOutBy },
    );
  });

  test.each([
    [{ minSize: 10 }, 9, 'minSize'],
    [{ minSize: 10 }, 10, undefined],
    [{ maxSize: 10 }, 10, undefined],
    [{ maxSize: 10 }, 11, 'maxSize'],
    [{ maxSize: 0 }, 0, undefined],
    [{ minSize: 10, maxSize: 10 }, 10, undefined],
  ])('%j decides about %i bytes: %s', (filter, size, leftOutBy) => {
    expect(select('incoming/2026-11-24', { filter }, 0, size)).toMatchObject(
      leftOutBy === undefined ? { selected: true } : { filter: leftOutBy },
    );
  });

  test.each([
    [
      'an hour and the fraction of the second at which the run began',
      '2026-11-25T00:00:00Z',
      undefined,
      undefined,
    ],
    ['a second less', '2026-11-25T00:00:01Z', undefined, 'minAge'],
    [
      'an hour before the scheduled time',
      '2026-11-24T23:00:00Z',
      '2026-11-25T00:00:00Z',
      undefined,
    ],
    [
      'less than an hour before the scheduled time, and more before the start',
      '2026-11-24T23:00:01Z',
      '2026-11-25T00:00:00Z',
      'minAge',
    ],
    ['written after the run began', '2026-11-25T02:00:00Z', undefined, 'minAge'],
  ])('of one hour decides about an age of %s', (_, lastModified, instant, leftOutBy) => {
    const options = { filter: { minAge: 3_600 }, instant };
    expect(select('incoming/2026-11-24', options, at(lastModified))).toMatchObject(
      leftOutBy === undefined ? { selected: true } : { filter: leftOutBy },
    );
  });

  test('is asked only about objects of the run', () => {
    const filter = { include: ['*.csv'], minSize: 100 };
    expect(select('incoming/a-2026-11-25.bin', { filter })).toEqual({
      selected: false,
      reason: 'outside-window',
    });
    expect(select('incoming/a.bin', { filter })).toEqual({
      selected: false,
      reason: 'no-date',
      isNew: true,
    });
    expect(select('incoming/a-2026-11-24.bin', { filter })).toEqual({
      selected: false,
      reason: 'filtered',
      filter: 'include',
    });
  });

  test('leaves out stragglers, too', () => {
    const filter = { include: ['*.csv'] };
    expect(select('incoming/a-2026-11-20.csv', { filter })).toMatchObject({
      straggler: '2026-11-20',
    });
    expect(select('incoming/a-2026-11-20.bin', { filter })).toEqual({
      selected: false,
      reason: 'outside-window',
    });
  });
});

test(
  'an archiver that keeps its sources knows no stragglers, because what it archived is still ' +
    'there',
  () => {
    const selector = createSelector(
      { ...settingsFor({}), keepsSources: true },
      { ...THE_24TH, startTime: START },
    );
    expect(
      selector({ Key: 'incoming/a-2026-11-20', Etag: '"e"', LastModified: 0, Size: 1 }),
    ).toEqual({ selected: false, reason: 'outside-window' });
  },
);

describe('a straggler', () => {
  const window = { from: '2026-11-20', to: '2026-11-24' };

  test('has dates before the window only, and is as old as the latest of them', () => {
    expect(select('incoming/2026-11-01_2026-11-19', { window })).toEqual({
      selected: false,
      reason: 'outside-window',
      straggler: '2026-11-19',
    });
    expect(select('incoming/2026-11-19_2026-11-01', { window })).toEqual({
      selected: false,
      reason: 'outside-window',
      straggler: '2026-11-19',
    });
  });

  test('has no date in the future', () => {
    expect(select('incoming/2026-11-25', { window })).toEqual({
      selected: false,
      reason: 'outside-window',
    });
    expect(select('incoming/2026-11-19_2026-11-25', { window })).toEqual({
      selected: false,
      reason: 'outside-window',
    });
  });

  test('does not exist if the window has no first day', () => {
    expect(select('incoming/2026-11-25', { window: { from: null, to: '2026-11-24' } })).toEqual({
      selected: false,
      reason: 'outside-window',
    });
  });
});

test('the first date in the window decides for any dates and any window', () => {
  const day = fc.integer({ min: -40, max: 40 }).map((days) => addDays('2026-11-24', days));
  fc.assert(
    fc.property(
      fc.array(day, { maxLength: 5 }),
      day,
      fc.nat(10),
      fc.boolean(),
      (dates, from, days, open) => {
        const window = { from: open ? null : from, to: addDays(from, days) };
        const inWindow = dates.filter((date) => (open || date >= from) && date <= window.to);
        const selection = select(`incoming/${dates.join('_')}`, { window });
        expect(selection.selected ? selection.date : undefined).toBe(inWindow[0]);
        const straggles = dates.length > 0 && !open && dates.every((date) => date < from);
        expect(selection.selected ? undefined : selection.straggler).toBe(
          straggles ? [...dates].sort().pop() : undefined,
        );
      },
    ),
  );
});

describe('an epoch in a key', () => {
  // 2026-11-24T16:00:00Z
  const key = 'incoming/a-1795536000.json';
  const seconds: DateSourceSettings = { kind: 'objectName', formats: ['epochSeconds'] };

  test.each([
    ['UTC', 'archive/2026/11/24/16/a-1795536000.json'],
    ['America/New_York', 'archive/2026/11/24/11/a-1795536000.json'],
    ['Asia/Tokyo', undefined],
  ])("is of the day and the hour in the run's time zone %s", (timeZone, expected) => {
    const layout = { format: 'yyyy/MM/dd/HH/' };
    expect(destination(key, { dateSource: seconds, layout, timeZone })).toBe(expected);
  });

  test('needs no hour in the layout, and can be a folder that is left out', () => {
    expect(destination(key, { dateSource: seconds })).toBe('archive/2026/11/24/a-1795536000.json');
    expect(
      destination('incoming/eu/1795536000000/a.json', {
        dateSource: { kind: 'objectKey', formats: ['epochMilliseconds'] },
        layout: { format: 'yyyy/MM/dd/', dropDateFolders: true },
      }),
    ).toBe('archive/2026/11/24/eu/a.json');
  });
});

test.each(['Nov', 'NOV', 'nov'])(
  'a folder of a layout with names of months is in the archive, whatever its case: %s',
  (month) => {
    const options = { prefix: 'a/2026/', destinationPrefix: 'a/', layout: { format: 'yyyy/MMM/' } };
    expect(select(`a/2026/${month}/x-2026-11-24.csv`, options)).toEqual({
      selected: false,
      reason: 'in-archive',
    });
  },
);
