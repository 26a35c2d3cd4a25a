import { Lazy } from 'aws-cdk-lib';
import { ArchiveLayout } from '../../src';
import { parseLayoutFormat, renderDate } from '../../src/dates/date-format';

test.each([
  [ArchiveLayout.daily(), '2026/11/24/', false],
  [ArchiveLayout.daily({ flatten: true }), '2026/11/24/', true],
  [ArchiveLayout.hive(), 'year=2026/month=11/day=24/', false],
  [ArchiveLayout.hive({ flatten: true }), 'year=2026/month=11/day=24/', true],
  [ArchiveLayout.hive({ hours: true }), 'year=2026/month=11/day=24/hour=05/', false],
  [ArchiveLayout.of('yyyy/MM/dd/HH/', { flatten: true }), '2026/11/24/05/', true],
  [ArchiveLayout.of('yyyy/MM/'), '2026/11/', false],
  [ArchiveLayout.of("'dt='yyyy-MM-dd/", { flatten: true }), 'dt=2026-11-24/', true],
])('case %#: format and flatten of the layout', (layout, folder, flatten) => {
  const settings = layout._settings();
  expect(renderDate(parseLayoutFormat(settings.format), '2026-11-24', 5)).toBe(folder);
  expect(settings.flatten).toBe(flatten);
});

test.each([
  [
    '/yyyy/',
    'archive layout "/yyyy/" must not start with "/", because it is appended to ' +
      'destinationPrefix: remove the "/" at the start',
  ],
  [
    'yyyy/MM',
    'archive layout "yyyy/MM" must end with "/", because it names folders: write "yyyy/MM/"',
  ],
  ['yyyy/HH/', 'archive layout "yyyy/HH/" has HH, the hour, but no day'],
  ["'all'/", 'has no date'],
  ['year=yyyy/', 'unknown letter'],
])('throws for %s', (format, message) => {
  expect(() => ArchiveLayout.of(format)).toThrow(message);
});

test('a format that is a token is checked at run time', () => {
  const later = Lazy.string({ produce: () => 'nonsense' });
  expect(ArchiveLayout.of(later)._settings().format).toBe(later);
});
