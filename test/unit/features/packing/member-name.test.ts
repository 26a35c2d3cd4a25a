import * as path from 'node:path';
import * as fc from 'fast-check';
import { canBeMember, foldName } from '../../../../src/features/packing/lambda/pack/member-name';
import { NameFilter } from '../../../../src/features/packing/lambda/pack/name-filter';

const FOLDER = 'C:\\out';
const DEVICES = new Set([
  ...['CON', 'PRN', 'AUX', 'NUL', 'CONIN$', 'CONOUT$'],
  ...['COM', 'LPT'].flatMap((port) => [...'0123456789¹²³'].map((digit) => port + digit)),
]);

const pieces = ['.', '..', ' ', 'a', ':', '/', '//', 'CON', 'nul', 'Com1', 'lpt²', '.csv', 'C:'];
const hostileName = fc
  .array(fc.constantFrom(...pieces, '\\', 'é', '\u{1f600}', '~1', '*'), {
    minLength: 1,
    maxLength: 6,
  })
  .map((some) => some.join(''));

/** Windows drops dots and spaces at the end of a segment. */
function dropEnd(segment: string): string {
  let end = segment.length;
  while (end > 0 && '. '.includes(segment[end - 1])) {
    end -= 1;
  }
  return segment.slice(0, end);
}

/** Whether each program on Windows that appends the name to a folder writes into that folder. */
function staysInFolder(name: string): boolean {
  const isInside = (given: string) => path.win32.resolve(FOLDER, given).startsWith(`${FOLDER}\\`);
  const segments = name.split(/[/\\]/);
  return (
    isInside(name) &&
    segments.every((each) => {
      const kept = dropEnd(each);
      const [device] = kept.toUpperCase().split(/[.:]/);
      const isDrive = [...each][1] === ':';
      return kept !== '' && isInside(each) && !isDrive && !DEVICES.has(device.trimEnd());
    })
  );
}

test('what is packed stays in its folder on Windows, and what stays there is packed', () => {
  let packed = 0;
  fc.assert(
    fc.property(hostileName, (name) => {
      expect([name, canBeMember(name)]).toEqual([
        name,
        staysInFolder(name) && !name.includes('\\'),
      ]);
      packed += Number(canBeMember(name));
    }),
    { numRuns: 5_000 },
  );
  expect(packed).toBeGreaterThan(100);
});

test('the filter of names never takes a known name for a new one', () => {
  const name = fc
    .array(fc.constantFrom('a', 'A', 'a.', 'b ', 'é', 'e\u0301', 'ß', 'SS'), {
      minLength: 1,
      maxLength: 4,
    })
    .map((segments) => segments.join('/'));
  let [added, refused] = [0, 0];
  fc.assert(
    fc.property(fc.array(name, { maxLength: 30 }), (names) => {
      const filter = new NameFilter();
      const [files, folders] = [new Set<string>(), new Set<string>()];
      for (const each of names) {
        const own = foldName(each);
        const around = Array.from(own.matchAll(/\//g), ({ index }) => own.slice(0, index));
        const isKnown =
          files.has(own) || folders.has(own) || around.some((folder) => files.has(folder));
        const isAdded = filter.add('d/', each);
        expect([each, isAdded && isKnown]).toEqual([each, false]);
        if (isAdded) {
          files.add(own);
          around.forEach((folder) => folders.add(folder));
        }
        added += Number(isAdded);
        refused += Number(isKnown);
      }
    }),
    { numRuns: 50 },
  );
  expect(Math.min(added, refused)).toBeGreaterThan(20);
});

test('a name in very many folders costs no more than a few digests', () => {
  const filter = new NameFilter();
  const before = filter.save();
  expect(filter.add('d/', `${'a/'.repeat(480)}b`)).toBe(false);
  expect(filter.save()).toBe(before);
});
