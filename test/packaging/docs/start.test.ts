/**
 * The section of docs/start.md about AWS: its app synthesizes, and its commands are those that the
 * app outputs.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { readSteps } from '../quickstart/document';

jest.setTimeout(120_000);

const ROOT = path.resolve(__dirname, '../../..');
const START = readFileSync(path.join(ROOT, 'docs/start.md'), 'utf8');
const STEPS = readSteps(START, 'On AWS');
const fileOf = (name: string) =>
  STEPS.flatMap((step) => (step.kind === 'file' && step.name === name ? [step.content] : []))[0];
const COMMANDS = STEPS.flatMap((step) => (step.kind === 'command' ? [step.text] : []));

let directory: string;
beforeAll(() => {
  mkdirSync(path.join(ROOT, '.demo'), { recursive: true });
  directory = mkdtempSync(path.join(ROOT, '.demo/start-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test(
  'the app synthesizes, and has each output that a command reads, and no other that it could ' +
    'mean',
  () => {
    const file = path.join(directory, 'app.ts');
    writeFileSync(file, fileOf('app.ts'));
    const outdir = path.join(directory, 'cdk.out');
    const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', file], {
      cwd: ROOT,
      env: {
        ...process.env,
        CDK_OUTDIR: outdir,
        TSX_TSCONFIG_PATH: path.join(ROOT, 'tsconfig.dev.json'),
      },
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([0, expect.not.stringContaining('[Warning')]);
    const template = readdirSync(outdir).find((name) => name === 'Archive.template.json')!;
    const outputs = Object.keys(
      JSON.parse(readFileSync(path.join(outdir, template), 'utf8')).Outputs,
    );
    const read = new Set(
      COMMANDS.flatMap((command) =>
        [...command.matchAll(/(?<!-)\boutput (\w+)/g)].map(([, name]) => name),
      ),
    );
    expect([...read].sort()).toEqual([
      'BucketName',
      'CommandsDryRun',
      'CommandsReports',
      'CommandsStart',
    ]);
    for (const name of read) {
      expect(outputs.filter((key) => key.includes(name))).toHaveLength(1);
    }
  },
);

test('the apps of both languages say the same', () => {
  const words = (text: string) =>
    text
      .toLowerCase()
      .replace(/[^a-z0-9@.]/g, '')
      .replace(/\./g, '');
  for (const word of [
    'incoming/',
    'ops@example.com',
    'EUROPE_BERLIN',
    'Duration.hours(30)',
    'Duration.days(14)',
    'BucketName',
    'addCommandOutputs',
    'dashboardWidgets',
  ]) {
    for (const name of ['app.ts', 'app.py']) {
      expect([name, words(fileOf(name)).includes(words(word))]).toEqual([name, true]);
    }
  }
});

test('each command is one that a shell can read', () => {
  const { status, stderr } = spawnSync('bash', ['-n'], {
    input: COMMANDS.join('\n'),
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([0, '']);
  for (const command of COMMANDS) {
    expect(command).toMatch(/^(aws|npx cdk|output|eval|day)\b/);
  }
});
