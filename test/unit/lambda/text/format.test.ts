import fc from 'fast-check';
import {
  formatBytes,
  formatCause,
  formatCount,
  formatDates,
  formatKey,
  formatMilliseconds,
  formatObjects,
  formatSeconds,
  formatUsd,
  limitBytes,
  listItems,
  toSubject,
} from '../../../../src/lambda/text/format';

test.each([
  [0, '0'],
  [999, '999'],
  [1000, '1,000'],
  [1234567, '1,234,567'],
])('%d is written %s', (n, text) => {
  expect(formatCount(n)).toBe(text);
});

test('formatObjects writes "1 object" and "2,000 objects"', () => {
  expect([formatObjects(1), formatObjects(2000)]).toEqual(['1 object', '2,000 objects']);
});

test.each([
  [0, '0 bytes'],
  [1, '1 byte'],
  [1023, '1,023 bytes'],
  [1024, '1 KiB'],
  [1536, '1.5 KiB'],
  [1024 ** 2 - 1, '1 MiB'],
  [20 * 1024 ** 3, '20 GiB'],
  [5e20, '433.7 EiB'],
])('%d bytes are written %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test.each([
  [-1, '0 s'],
  [59.4, '59 s'],
  [90, '1 min 30 s'],
  [7500, '2 h 5 min'],
])('%d seconds are written %s', (seconds, text) => {
  expect(formatSeconds(seconds)).toBe(text);
});

test('formatDates writes one day, several days and an open window', () => {
  expect(formatDates({ from: '2026-11-24', to: '2026-11-24' })).toBe('2026-11-24');
  expect(formatDates({ from: '2026-11-20', to: '2026-11-24' })).toBe('2026-11-20 to 2026-11-24');
  expect(formatDates({ from: null, to: '2026-11-24' })).toBe('every day up to 2026-11-24');
});

describe('formatKey', () => {
  test('does not change printable characters', () => {
    expect(formatKey('incoming/été 2026-11-24 (1)+%41 😀.csv')).toBe(
      'incoming/été 2026-11-24 (1)+%41 😀.csv',
    );
  });

  test.each([
    ['a\nFailed: 0', 'a\\u000aFailed: 0'],
    ['a\r\tb\u001b[31m', 'a\\u000d\\u0009b\\u001b[31m'],
    ['a\u2028b\u2029', 'a\\u2028b\\u2029'],
    ['evil\u202egpj.exe', 'evil\\u202egpj.exe'],
    ['lone \ud800 half', 'lone \\ud800 half'],
  ])('escapes %j, so that it cannot forge a line', (key, text) => {
    expect(formatKey(key)).toBe(text);
  });

  test('keeps the start and the end of a long key', () => {
    const text = formatKey(`incoming/${'x'.repeat(1000)}/2026-11-24.csv`, 60);
    expect([...text]).toHaveLength(60);
    expect(text).toMatch(/^incoming\/x+\.\.\.x+\/2026-11-24\.csv$/);
  });

  test('writes any key as valid UTF-8 on one line within the maximum length', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 300 }),
        fc.integer({ min: 20, max: 200 }),
        (key, length) => {
          const text = formatKey(key, length);
          expect(text).not.toMatch(/[\r\n\u0085\u2028\u2029]/);
          expect([...text].length).toBeLessThanOrEqual(length);
          expect(Buffer.from(text).toString()).toBe(text);
        },
      ),
    );
  });
});

test('formatCause writes a cause of several lines on one line', () => {
  expect(formatCause('  Error: no\n    at file:1\n')).toBe('Error: no at file:1');
});

test('listItems says how many more items there are', () => {
  expect(listItems(['a', 'b', 'c'], 2)).toEqual(['  a', '  b', '  and 1 more']);
  expect(listItems(['a', 'b'], 2, 10_000, ' in the ledger')).toEqual([
    '  a',
    '  b',
    '  and 9,998 more in the ledger',
  ]);
  expect(listItems(['a', 'b'], 2)).toEqual(['  a', '  b']);
});

test('toSubject writes any text as a subject that SNS accepts', () => {
  expect(toSubject('Archive OK: 2026-11-24')).toBe('Archive OK: 2026-11-24');
  expect(toSubject('new\nline é 😀 end')).toBe('new?line ? ? end');
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      expect(toSubject(text)).toMatch(/^[\x20-\x7e]{0,99}$/);
    }),
  );
});

test('limitBytes cuts a text at the end of a line', () => {
  expect(limitBytes('a\nb', 3)).toBe('a\nb');
  const text = Array.from({ length: 100 }, (_, i) => `line ${i} é`).join('\n');
  const cut = limitBytes(text, 200);
  expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(200);
  expect(cut).toMatch(/^line 0 é\n[^]*\nline \d+ é\n\(cut here\)$/);
});

test.each([
  [0, '0 ms'],
  [999.4, '999 ms'],
  [1000, '1 s'],
  [4_460, '4.5 s'],
  [59_949, '59.9 s'],
  [90_000, '1 min 30 s'],
])('%s milliseconds are %s', (milliseconds, text) => {
  expect(formatMilliseconds(milliseconds)).toBe(text);
});

test.each([
  [0, '$0.00'],
  [0.00009, '< $0.0001'],
  [0.0001, '$0.0001'],
  [0.0051, '$0.0051'],
  [0.0234, '$0.023'],
  [0.1, '$0.10'],
  [5.678, '$5.68'],
  [1234.5, '$1234.50'],
])('%s dollars are %s', (usd, text) => {
  expect(formatUsd(usd)).toBe(text);
});
