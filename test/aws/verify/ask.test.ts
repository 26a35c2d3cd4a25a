import { PassThrough } from 'node:stream';
import { ask } from './ask';

function terminal() {
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => undefined });
  const output = Object.assign(new PassThrough(), { isTTY: true, columns: 80 });
  return { input, output };
}

const never = new AbortController().signal;

test.each([
  ['yes\n', 'yes'],
  ['no\n', 'no'],
  ['\n', ''],
  ['\x03', ''],
  ['\x04', ''],
  ['ye\x03', ''],
])('%j is answered as %j', async (typed, answer) => {
  const at = terminal();
  const answered = ask('Type yes: ', at, never);
  at.input.write(typed);
  expect(await answered).toBe(answer);
  expect(String(at.output.read())).toContain('Type yes: ');
});

test('a terminal that closes is no yes', async () => {
  const at = terminal();
  const answered = ask('Type yes: ', at, never);
  at.input.end('yes');
  expect(await answered).toBe('');
});

test('a signal is the reason why there is no answer', async () => {
  const interrupt = new AbortController();
  const answered = ask('Type yes: ', terminal(), interrupt.signal);
  interrupt.abort(new Error('interrupted by SIGHUP'));
  await expect(answered).rejects.toThrow('interrupted by SIGHUP');
  await expect(ask('Type yes: ', terminal(), interrupt.signal)).rejects.toThrow('SIGHUP');
});
