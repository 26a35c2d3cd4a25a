/** Each command that a page tells its readers to type has an owner, and inputs that runs take. */
import { existsSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { OWNERS, type Owner } from './owners';
import { type Command, readCommands } from './pages';
import { parseRunInput } from '../../../../src/lambda/runtime/run-input';

const ROOT = path.resolve(__dirname, '../../../..');
const COMMANDS = readCommands();

function ownerOf({ page, text }: Command): Owner | undefined {
  return OWNERS.find((owner) => owner.page.test(page) && owner.command.test(text));
}

test('each command has an owner', () => {
  expect(COMMANDS.length).toBeGreaterThan(200);
  expect(COMMANDS.filter((command) => ownerOf(command) === undefined)).toEqual([]);
});

test('each owner has a command', () => {
  const busy = new Set(COMMANDS.map(ownerOf));
  expect(OWNERS.filter((owner) => !busy.has(owner))).toEqual([]);
});

test('the files of owners exist', () => {
  const files = OWNERS.flatMap(({ typedBy }) => typedBy ?? []);
  expect(files.filter((file) => !existsSync(path.join(ROOT, file)))).toEqual([]);
});

test('scripts and tests that commands name exist', () => {
  const { scripts } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const named = (pattern: RegExp) =>
    COMMANDS.flatMap(({ text }) => [...text.matchAll(pattern)].map(([, name]) => name));
  expect(named(/npm run (?:--silent )?([\w:-]+)/g).filter((name) => !(name in scripts))).toEqual(
    [],
  );
  const files = named(/(?:npx (?:jest|tsx) |^)([\w.-]+\/[\w./-]+)/g);
  expect(files.length).toBeGreaterThan(5);
  expect(files.filter((file) => !existsSync(path.join(ROOT, file)))).toEqual([]);
});

test('runs take the inputs', () => {
  const inputs = COMMANDS.flatMap(({ text }) =>
    // The other state machine is that of an example.
    text.includes('INSERT_ARN') ? [] : (/--input '(.*?)'/.exec(text)?.[1] ?? []),
  );
  expect(inputs.length).toBeGreaterThan(30);
  for (const input of inputs) {
    const filled = input.replace(/"(FROM|TO|DAY|OLDEST)"/g, '"2026-11-24"');
    expect(() => parseRunInput(JSON.parse(filled))).not.toThrow();
  }
});
