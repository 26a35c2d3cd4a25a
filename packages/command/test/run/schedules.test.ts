/** Runs what docs/schedules.md gives to schedulers. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { type S3Double, startS3 } from 'cdk-s3-dated-archiver-s3-double';
import { parse } from 'yaml';
import { OWNER } from '../helpers/run-command';

const ROOT = path.join(__dirname, '../../../..');
const EXAMPLES = path.join(ROOT, 'examples/command');
const SCRIPT = 'archive-last-days.sh';
const ARCHIVER = `${process.execPath} --import tsx ${path.join(ROOT, 'packages/command/src/cli.ts')}`;
const DAY = 86_400_000;

let s3: S3Double;
beforeEach(async () => {
  s3 = await startS3();
  s3.store.createBucket('logs');
  s3.store.createBucket('ops');
});
afterEach(() => s3.close());

const read = (name: string) => readFileSync(path.join(EXAMPLES, name), 'utf8');
const daysAgo = (days: number) => new Date(Date.now() - days * DAY).toISOString().slice(0, 10);

function put(...days: readonly string[]): void {
  days.forEach((day) => s3.store.put('logs', `incoming/a-${day}.csv`, day));
}

function runScript(words: readonly string[]): Promise<{ status: number | null; output: string }> {
  const more = ['--path-style', '--expected-owner', OWNER];
  const child = spawn(path.join(EXAMPLES, SCRIPT), [...words, ...more], {
    cwd: ROOT,
    env: {
      PATH: process.env.PATH,
      ARCHIVER,
      AWS_ACCESS_KEY_ID: 'key',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_REGION: 'us-east-1',
      AWS_ENDPOINT_URL_S3: s3.endpoint,
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  }
  return new Promise((resolve) => child.on('close', (status) => resolve({ status, output })));
}

/** The arguments that each scheduler gives to the script. */
const ARGUMENTS: { readonly [scheduler: string]: readonly string[] } = {
  cron: findArguments(readFileSync(path.join(ROOT, 'docs/schedules.md'), 'utf8'), /^15 1 .*/m),
  'GitHub Actions': findArguments(findStep(read('github-actions.yml')), /.*/),
  'an ECS task': findTaskCommand(read('task-definition.json')),
};

function findArguments(text: string, line: RegExp): string[] {
  const [, after = ''] = line.exec(text)![0].split(`/${SCRIPT} `);
  return after.trim().split(' ');
}

function findStep(text: string): string {
  const { jobs } = parse(text) as { jobs: { archive: { steps: { run?: string }[] } } };
  return jobs.archive.steps.find(({ run }) => run !== undefined)!.run!;
}

function findTaskCommand(text: string): string[] {
  const task = JSON.parse(text) as { containerDefinitions: { command: string[] }[] };
  return task.containerDefinitions[0]!.command;
}

test.each(Object.entries(ARGUMENTS))(
  'what %s starts archives the last seven days, and no other one',
  async (_, words) => {
    const [today, oldest, older] = [daysAgo(0), daysAgo(7), daysAgo(8)];
    put(today, daysAgo(1), oldest, older);
    const { status, output } = await runScript(words);
    expect([status, output]).toEqual([0, expect.stringContaining('Archived:    2')]);
    expect(s3.store.keys('logs', 'incoming/').sort()).toEqual(
      [older, today].map((day) => `incoming/a-${day}.csv`),
    );
    expect(s3.store.keys('logs', 'archive/')).toHaveLength(2);
  },
);

test('a conflict ends with status 1, and the other objects are archived', async () => {
  put(daysAgo(1), daysAgo(2));
  s3.store.put('logs', `archive/${daysAgo(1).replaceAll('-', '/')}/a-${daysAgo(1)}.csv`, 'other');
  const { status, output } = await runScript(ARGUMENTS.cron!);
  expect([status, output]).toEqual([1, expect.stringContaining('Conflicting: 1')]);
  expect(s3.store.keys('logs', 'incoming/')).toEqual([`incoming/a-${daysAgo(1)}.csv`]);
});

test('a dry run that says nothing archives nothing', async () => {
  put(daysAgo(1));
  const { status, output } = await runScript([...ARGUMENTS.cron!, '--layout', 'weekly']);
  expect([status, output]).toEqual([2, expect.stringContaining('weekly')]);
  expect(s3.store.keys('logs', 'incoming/')).toHaveLength(1);
});

test('the image runs the script that the page names', () => {
  const image = read('Dockerfile');
  expect(image).toContain(`COPY ${SCRIPT} /usr/local/bin/`);
  expect(image).toContain(`ENTRYPOINT ["${SCRIPT}"]`);
});
