import type { SeedObject } from './seed';
import type { Day } from '../../packages/sandbox/src/demo/days';

/** Objects that the other program rewrites during the run. */
export const REWRITTEN_BEFORE_COPY = 'incoming/live/meter-2026-11-24.json';
export const REWRITTEN_AFTER_COPY = 'incoming/live/journal-2026-11-24.log';

/** Objects that a careless mover would lose, mix up or misplace. */
export function trapsOf(day: Day): { incoming: SeedObject[]; archived: SeedObject[] } {
  const lookalikes = [
    'export-2026-13-24.csv', // no 13th month
    'export-2026-02-30.csv', // February has no 30th
    'export-2026-11-241.csv', // digits of a longer number
    'export-12026-11-24.csv',
    'order-920261124.csv',
    '2026-11-24/notes.txt', // the day is in the folder, the name has none
    'README.txt',
  ].map((name): SeedObject => ({ key: `incoming/lookalikes/${name}`, body: name }));

  const markers = ['incoming/ledger/', 'incoming/2026-11-24/'].map((key): SeedObject => ({
    key,
    body: '',
  }));

  const odd = [
    'plus+percent%41hash#question?amp&.txt',
    'space and  two.txt',
    'é-ü-漢字.txt',
    '🚀.txt',
    '%2B+%25.txt',
    '.././dots.txt',
    '//slashes.txt',
    'quote\'"<b>.txt',
  ].map((name): SeedObject => ({
    key: `incoming/odd/${name.replace(/\.txt$/, ` ${day.iso}.txt`)}`,
    body: name,
    day: day.iso,
    options: { metadata: { note: 'odd name' }, tags: { kind: 'odd + rare' } },
  }));

  // One name in two folders. A mover that keeps only base names loses one of them.
  const twins = ['eu', 'us'].map((folder): SeedObject => ({
    key: `incoming/sales/${folder}/totals-${day.iso}.csv`,
    body: `totals of ${folder}`,
    day: day.iso,
  }));

  const close = `ledger/close-${day.iso}.csv`;
  const open = `ledger/open-${day.iso}.csv`;
  const openOptions = { metadata: { book: 'open' }, tags: { audit: 'yes' } };
  return {
    incoming: [
      ...lookalikes,
      ...markers,
      ...odd,
      ...twins,
      { key: `incoming/${close}`, body: 'the corrected books', day: day.iso },
      { key: `incoming/${open}`, body: 'the open books', options: openOptions, day: day.iso },
      {
        key: REWRITTEN_BEFORE_COPY,
        body: 'reading 1',
        options: { metadata: { reading: '1' } },
        day: day.iso,
      },
      {
        key: REWRITTEN_AFTER_COPY,
        body: 'entry 1',
        options: { tags: { entry: '1' } },
        day: day.iso,
      },
    ],
    archived: [
      // The archive already has another file of that name. Neither may be lost.
      { key: `archive/${day.path}/${close}`, body: 'the first books' },
      // The archive already has the same file, as after a run that was killed between copy and
      // delete.
      { key: `archive/${day.path}/${open}`, body: 'the open books', options: openOptions },
      {
        key: 'archive/2026/11/23/ledger/close-2026-11-23.csv',
        body: 'the books of the day before',
      },
    ],
  };
}
