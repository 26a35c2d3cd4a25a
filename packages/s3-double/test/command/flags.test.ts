import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { renderCompletion } from '../../src/command/completion';
import { COMMON_FLAGS, describeFlags, type Flag, parseFlags, wrap } from '../../src/command/flags';

const FLAGS: readonly Flag[] = [
  { name: 'app', value: 'DIR', completes: 'directory', help: "where it's: [the app]" },
  { name: 'json', value: 'FILE', completes: 'file', help: 'a file' },
  {
    name: 'bucket',
    value: 'LOGICALID=NAME',
    isRepeatable: true,
    help: 'a long text that does not fit into one line of the second column of the help',
  },
  { name: 'list', help: 'list' },
  ...COMMON_FLAGS,
];

test('flags are read', () => {
  expect(parseFlags(FLAGS, ['--app', 'x', '--bucket', 'a', '--bucket=b', '--list', '-h'])).toEqual({
    app: 'x',
    bucket: ['a', 'b'],
    list: true,
    help: true,
  });
});

test.each([
  [['--fast'], "Unknown option '--fast'"],
  [['here'], "Unexpected argument 'here'"],
  [['--app'], "Option '--app <value>' argument missing"],
  [['--app', '--list'], "Option '--app' argument is ambiguous"],
  [['--list=yes'], "Option '--list' does not take an argument"],
])('%j is refused in one sentence', (args, message) => {
  expect(() => parseFlags(FLAGS, args)).toThrow(message);
  expect(() => parseFlags(FLAGS, args)).toThrow(/^[^\n]*[^.]$/);
});

test.each([
  [['--lits'], "Unknown option '--lits': --list is one"],
  [['--buck', 'a'], "Unknown option '--buck': --bucket is one"],
  [['--listing'], "Unknown option '--listing': --list is one"],
  [['--li-st'], "Unknown option '--li-st': --list is one"],
  [['--app'], "Option '--app <value>' argument missing: it needs a value, as --app DIR"],
])('%j is answered with what may have been meant', (args, message) => {
  expect(() => parseFlags(FLAGS, args)).toThrow(message);
});

test('the help has two columns', () => {
  expect(describeFlags(FLAGS.slice(0, 3))).toBe(
    [
      "  --app DIR             where it's: [the app]",
      '  --json FILE           a file',
      '  --bucket LOGICALID=NAME',
      '                        a long text that does not fit into one line of the',
      '                        second column of the help',
    ].join('\n'),
  );
});

test('a word that is too long has a line of its own', () => {
  expect(wrap('a bcdefgh i', 4)).toEqual(['a', 'bcdefgh', 'i']);
});

describe('completion', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'completion-'));
  mkdirSync(path.join(folder, 'with space'));
  writeFileSync(path.join(folder, 'file.json'), '');
  afterAll(() => rmSync(folder, { recursive: true }));

  /** What bash offers for the last word, if the user presses the tabulator. */
  function complete(...words: string[]): string[] {
    return completeAfter('the-command', ...words);
  }

  function completeAfter(first: string, ...words: string[]): string[] {
    const script = `${renderCompletion('bash', 'the-command', FLAGS)}
      compopt() { :; }
      COMP_WORDS=(${first} ${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}
      _the_command ${first}; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout, stderr } = spawnSync('bash', ['-c', script], { cwd: folder, encoding: 'utf8' });
    expect(stderr).toBe('');
    return stdout.split('\n').filter(Boolean);
  }

  test.each([
    [['--'], ['--app', '--json', '--bucket', '--list', '--completion', '--help', '--version']],
    [['--l'], ['--list']],
    [['--app', ''], ['with space']],
    [
      ['--json', ''],
      ['file.json', 'with space'],
    ],
    [['--completion', 'z'], ['zsh']],
    [['--completion', 'f'], ['fish']],
    [['--bucket', ''], []],
  ])('bash completes %j', (words, offered) => {
    expect(complete(...words).sort()).toEqual([...offered].sort());
  });

  test('bash completes what npx runs only if it is the command', () => {
    expect(completeAfter('npx', 'the-command', '--l')).toEqual(['--list']);
    expect(completeAfter('npx', 'another-command', '--l')).toEqual([]);
  });

  test('fish is told each flag and its value, also after npx', () => {
    const lines = renderCompletion('fish', 'the-command', FLAGS).split('\n');
    expect(lines).toHaveLength(2 * FLAGS.length);
    expect(lines[0]).toBe(
      String.raw`complete -c the-command -l app -d 'where it\'s: [the app]' -x -a '(__fish_complete_directories)'`,
    );
    expect(lines[1]).toBe(
      String.raw`complete -c npx -n '__fish_seen_subcommand_from the-command' -l app -d 'where it\'s: [the app]' -x -a '(__fish_complete_directories)'`,
    );
    expect(lines).toContain("complete -c the-command -l list -d 'list' -f");
    expect(lines).toContain("complete -c the-command -l json -d 'a file' -r -F");
  });

  test('zsh is told each flag, its value and whether it may be repeated', () => {
    const script = renderCompletion('zsh', 'the-command', FLAGS);
    expect(script).toMatch(/^#compdef the-command\n/);
    expect(script).toContain(String.raw`'--app[where it'\''s\: \[the app\]]:DIR:_files -/'`);
    expect(script).toContain("'--json[a file]:FILE:_files'");
    expect(script).toContain("'*--bucket[");
    expect(script).toContain("'--list[list]'");
    expect(script).toContain(':SHELL:(bash zsh fish)');
    expect(script).toContain('compdef _the_command the-command npx');
  });

  test('another shell is refused', () => {
    expect(() => renderCompletion('tcsh', 'the-command', FLAGS)).toThrow(
      "--completion is 'tcsh', but must be bash, zsh or fish",
    );
  });
});
