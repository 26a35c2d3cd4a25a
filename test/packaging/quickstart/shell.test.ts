import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type } from './shell';

const folder = mkdtempSync(path.join(tmpdir(), 'shell-'));
afterAll(() => rmSync(folder, { recursive: true }));

const typed = (...commands: string[]) =>
  type(path.join(folder, 'app'), new Map([['greeting', 'hello\n']]), commands, process.env);

test('commands find the files and what the shell remembers of the commands before them', async () => {
  const { status, output, done } = await typed('mkdir -p below && cd below', 'cat ../greeting');
  expect([status, output]).toEqual([0, 'hello\n']);
  expect(done).toEqual([
    { command: 'mkdir -p below && cd below', seconds: expect.any(Number) },
    { command: 'cat ../greeting', seconds: expect.any(Number) },
  ]);
});

test('the first that fails is the last', async () => {
  const { status, done } = await typed('true', 'exit 3', 'touch after');
  expect([status, done.length]).toEqual([3, 1]);
  expect(existsSync(path.join(folder, 'app', 'after'))).toBe(false);
});

test('what is left in the background ends with the shell', async () => {
  const { status } = await typed('sleep 600 & echo $! > pid');
  expect(status).toBe(0);
  const pid = Number(readFileSync(path.join(folder, 'app', 'pid'), 'utf8'));
  // The process has its signal, but it may not have run since, or still be a zombie until its new
  // parent collects it.
  let state = 'unknown';
  while (!['gone', 'Z'].includes(state)) {
    state = existsSync(`/proc/${pid}/stat`)
      ? readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ')[2]
      : 'gone';
    await setTimeout(10);
  }
});
