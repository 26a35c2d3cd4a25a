import { FunctionLog } from '../../src/lambda/logs';

function logOf(...chunks: string[]): FunctionLog {
  const log = new FunctionLog('function');
  chunks.forEach((chunk) => log.write(Buffer.from(chunk)));
  return log;
}

test('the end of a long log begins with a whole line, wherever it is cut', () => {
  const lines = Array.from({ length: 2_000 }, (_, i) => `{"number":${i}}`);
  for (let length = 0; length < 20; length++) {
    const kept = logOf('x'.repeat(length), ...lines.map((line) => `\n${line}`)).lastLines(2_000);
    expect(kept.length).toBeGreaterThan(900);
    expect(kept).toEqual(lines.slice(-kept.length));
  }
});

test('of a single line that is too long, the end is kept', () => {
  expect(logOf(`${'x'.repeat(20_000)} end\n`).lastLines(1)[0]).toMatch(/^x{10000,16380} end$/);
});
