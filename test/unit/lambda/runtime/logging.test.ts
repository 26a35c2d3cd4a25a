import { createLogger } from '../../../../src/lambda/runtime/logging';

test('a log line is printable, and a stack keeps its lines', () => {
  const lines: string[] = [];
  const logger = createLogger('test');
  const writes = [process.stdout, process.stderr].map((stream) =>
    jest
      .spyOn(stream, 'write')
      .mockImplementation((line) => lines.push(String(line).trimEnd()) > 0),
  );
  const error = new Error('C1 \u009b, bidi \u202e, noncharacter \ufffe');
  error.stack = 'a\n    at b';
  logger.error('failed', { error, key: 'in/\u061c\n日本' });
  writes.forEach((write) => write.mockRestore());
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^[\x20-\x7e日本]*$/);
  const { key, error: logged } = JSON.parse(lines[0]) as {
    key: string;
    error: { message: string; stack: string };
  };
  expect([key, logged.message, logged.stack]).toEqual([
    'in/\\u061c\n日本',
    'C1 \\u009b, bidi \\u202e, noncharacter \\ufffe',
    'a\n    at b',
  ]);
});
