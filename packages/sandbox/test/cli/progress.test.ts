import { describeProgress, formatBytes, formatSeconds, ProgressLine } from '../../src/cli/progress';
import type { RunProgress } from '../../src/summary/run-progress';

const PROGRESS: RunProgress = {
  listed: 4_000,
  total: 5_000,
  bytes: 3 * 1024 ** 2,
  done: 2_000,
  archived: 1_500,
  runningItems: 1_000,
  running: 1,
  failed: 0,
  childrenFailed: 0,
  processed: 2_500,
};

test('percent, objects, bytes, rate and the remaining time', () => {
  expect(describeProgress(PROGRESS, 10, false)).toBe(
    ' 50 % 2,500 of 5,000, 3.0 MiB, 250/s, 10 s left',
  );
  expect(describeProgress(PROGRESS, 10, true)).toBe(
    ' 50 % █████░░░░░ 2,500 of 5,000, 3.0 MiB, 250/s, 10 s left',
  );
});

test('as long as it is unknown how many there are, no percent', () => {
  expect(describeProgress({ ...PROGRESS, total: undefined }, 10, true)).toBe(
    '2,500 of 4,000 objects listed so far, 3.0 MiB, 250/s',
  );
});

test('at the beginning, the remaining time is unknown', () => {
  expect(describeProgress({ ...PROGRESS, processed: 1 }, 10, false)).toBe(
    '  0 % 1 of 5,000, 3.0 MiB, 0/s',
  );
});

test('an empty listing is done', () => {
  expect(
    describeProgress({ ...PROGRESS, listed: 0, total: 0, bytes: 0, processed: 0 }, 0, false),
  ).toBe('100 % 0 of 0, 0/s');
});

function stream(isTTY: boolean) {
  const written: string[] = [];
  return { isTTY, written, write: (text: string) => written.push(text) > 0 };
}

test('on a terminal one line is drawn again, and never wraps', () => {
  const terminal = stream(true);
  const line = new ProgressLine(terminal as never);
  line.update({ ...PROGRESS, listed: 1e9, total: 1e9, processed: 5e8, failed: 1e6 });
  line.finish();
  expect(terminal.written[0]).toMatch(/^\r\x1b\[2K/);
  expect(terminal.written.at(-1)).toBe('\n');
  for (const text of terminal.written) {
    expect(text.replace(/^\r\x1b\[2K/, '').length).toBeLessThan(80);
  }
});

test('elsewhere there are plain lines, and the bar never moves back', () => {
  const pipe = stream(false);
  const line = new ProgressLine(pipe as never, '  ');
  line.update({ ...PROGRESS, processed: 3_000 });
  line.update({ ...PROGRESS, processed: 2_900 });
  line.finish();
  expect(pipe.written).toEqual([
    expect.stringMatching(/^ {3}60 % 3,000 of 5,000, 3\.0 MiB, .*\n$/),
  ]);
});

test.each([
  [0, '0 bytes'],
  [1, '1 byte'],
  [1023, '1,023 bytes'],
  [1024, '1.0 KiB'],
  [84_000, '82 KiB'],
  [5 * 1024 ** 4, '5.0 TiB'],
])('%d is %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test.each([
  [0.2, '1 s'],
  [59, '59 s'],
  [600, '10 min'],
  [36_000, '10 h'],
])('%d seconds are %s', (seconds, text) => {
  expect(formatSeconds(seconds)).toBe(text);
});
