/** The page that a stranger reads before the first run on AWS. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { pinPage, pinScript } from '../../../scripts/docs/pin-verify';
import { USAGE } from '../../aws/verify/arguments';
import { AWS_CDK } from '../../aws/verify/cdk';

const ROOT = path.resolve(__dirname, '../../..');
const SCRIPT = path.join(ROOT, 'scripts/verify-in-cloudshell.sh');
const page = fs.readFileSync(path.join(ROOT, 'docs/verify-aws.md'), 'utf8');
const script = fs.readFileSync(SCRIPT, 'utf8');

test('it has fewer than 900 words', () => {
  const words = page.split(/\s+/).filter((word) => word !== '').length;
  expect(words).toBeLessThan(900);
  expect(words).toBeGreaterThan(300);
});

test('it answers what a stranger asks, and says of each number whether it was measured', () => {
  for (const title of ['Minutes', 'Dollars', 'It creates', 'It needs', 'To stop it']) {
    expect(page).toContain(`\n| **${title}**`);
  }
  for (const [, number, mark] of page.matchAll(/\| \*\*(Minutes|Dollars)\*\* [^|]*\*(\w+)\* \|/g)) {
    expect([number, mark]).toEqual([expect.any(String), 'estimated']);
  }
  expect(page).toContain('*measured here*');
  expect(page).toContain(`npx ${AWS_CDK} bootstrap aws://ACCOUNT/REGION`);
  expect(USAGE).toContain('--endpoint URL');
});

test('a first call takes the minutes of the command, and those of the second table', () => {
  const rowsOf = (title: string) =>
    page
      .split('\n')
      .filter((line) => line.startsWith(`| ${title}`))
      .map((line) => [...line.matchAll(/(?<=\| )\d+(?= \|)/g)].map(Number));
  const [command, first] = rowsOf('**Minutes**');
  const before = [...rowsOf('`npm ci`'), ...rowsOf('the bootstrap, if')].flat();
  expect([command!.length, before.length]).toEqual([3, 2]);
  expect(first).toEqual(command!.map((minutes) => minutes + before[0]! + before[1]!));
});

test('it has the SHA-256 of the script (npm run verify:pin writes it)', () => {
  const hash = createHash('sha256').update(fs.readFileSync(SCRIPT)).digest('hex');
  expect(page).toContain(`\necho "${hash}  verify-in-cloudshell.sh" | sha256sum -c && \\\n`);
  expect(pinPage(page, script)).toBe(page);
});

test('its lines run the script that it describes, and no other', () => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'page-'));
  const [, ...lines] = /<!-- npm run verify:pin -->\n```sh\n([^]*?)```/.exec(page)![1]!.split('\n');
  // Without the first two, which ask the network.
  const checked = lines.slice(1).join('\n');
  expect(checked).toMatch(/^echo ".*\n.* bash verify-in-cloudshell\.sh --only smoke\n$/);
  const copy = path.join(directory, 'verify-in-cloudshell.sh');
  // No person can be asked, so that it ends before it asks anything.
  const run = () => spawnSync('bash', ['-c', checked], { cwd: directory, encoding: 'utf8' });
  fs.writeFileSync(copy, script);
  expect(run().stderr).toContain('Nobody can be asked here');
  fs.writeFileSync(copy, `${script}\n`);
  expect(run()).toMatchObject({ status: 1, stderr: expect.not.stringContaining('Nobody') });
});

test('after a release, the script has its tag and its commit, and no commit is typed', () => {
  const commit = 'c0ffee00'.repeat(5);
  const pinned = pinScript(script, 'v0.1.0', commit);
  expect(pinned).toContain(`\nTAG='v0.1.0'\nCOMMIT='${commit}'\n`);
  expect(pinScript(pinned, 'v0.2.0', commit)).toContain(`\nTAG='v0.2.0'\n`);
  const released = pinPage(page, pinned);
  expect(released).toContain('archiver/main/scripts/verify-in-cloudshell.sh\necho "');
  expect(released).toContain('\n  bash verify-in-cloudshell.sh --only smoke\n');
  expect(released).not.toContain('git ls-remote');
  expect(pinPage(released, script)).toBe(page);
  for (const [tag, hash] of [
    ['0.1.0', commit],
    ['v0.1.0', commit.slice(0, 8)],
    ["v0.1.0';rm", commit],
  ]) {
    expect(() => pinScript(script, tag!, hash!)).toThrow('write a tag such as v0.1.0');
  }
});
