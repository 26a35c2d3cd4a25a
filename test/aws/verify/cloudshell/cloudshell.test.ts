/**
 * After each answer of AWS, and after each end of the script for AWS CloudShell: it changes nothing
 * in the account, and removes nothing from the machine that this call of it did not make.
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { ABSENT, type AtPrompt, COMMIT, SCRIPT, Shell, UNKNOWN } from './shell';
import { pinScript } from '../../../../scripts/docs/pin-verify';
import { synthesize } from '../app';
import { AWS_CDK } from '../cdk';
import { allowing, readPolicy } from '../policies/evaluate';

let shell: Shell;
let before: Record<string, string>;
beforeEach(() => {
  shell = new Shell();
  // What other programs and earlier calls left in the home.
  shell.keep('.npm/_cacache/index', 'of npm');
  shell.keep('.aws/config', '[default]');
  before = shell.contents();
});
afterEach(() => shell.close());

/** Everything else could change something. */
const READS = [
  'aws sts get-caller-identity --query Account',
  'aws configure get region',
  'aws ssm get-parameter --name /cdk-bootstrap/hnb659fds/version --query Parameter.Value',
  'aws cloudformation describe-stacks --stack-name CDKToolkit',
  'git init --quiet ',
  'git clone --quiet ',
  'git fetch --quiet --depth 1 https://github.com/cdk-s3-dated-archiver/cdk-s3-dated-archiver.git ',
  'git rev-parse FETCH_HEAD^{commit}',
  `git -c advice.detachedHead=false checkout --quiet ${COMMIT}`,
  'npm ci ',
  'npx projen bundle',
  'node -e ',
  'node --version',
  // The command itself, which has tests of its own.
  'node --import tsx test/aws/verify/main.ts ',
];

function expectAccountUnchanged(): void {
  expect(
    shell.calls().filter((call) => !READS.some((read) => call.startsWith(read.trimEnd()))),
  ).toEqual([]);
}

function expectNothingChanged(): void {
  expectAccountUnchanged();
  expect(shell.contents()).toEqual(before);
}

/** A shell that is killed leaves its folder and its cache. */
function expectOthersUnchanged(): void {
  expectAccountUnchanged();
  expect(shell.contents()).toMatchObject(before);
}

const expectFolderGone = () => expect(fs.readdirSync(shell.tmp)).toEqual([]);
const verified = () => shell.calls().filter((call) => call.startsWith('node --import'));

test('the bootstrap is there: it runs the command, and leaves nothing but what that leaves', async () => {
  const { status, output } = await shell.run({ args: ['--only', 'smoke', '--yes'] });
  expect([status, output]).toEqual([0, expect.stringContaining('in account 111122223333, region')]);
  expect(verified()).toEqual([
    'node --import tsx test/aws/verify/main.ts --current-credentials --region eu-central-1 --only smoke --yes',
  ]);
  expectNothingChanged();
  expectFolderGone();
});

test('there is no bootstrap: it prints the line that makes it, and ends', async () => {
  const { status, output } = await shell.run({ args: ['--yes'], bootstrap: ABSENT });
  expect([status, output]).toEqual([
    2,
    expect.stringContaining(
      `\n  npx ${AWS_CDK} bootstrap aws://111122223333/eu-central-1\n\nIt makes the stack CDKToolkit`,
    ),
  ]);
  expect(output).toContain('Whoever types the line owns the stack: https://docs.aws.amazon.com/');
  expect(verified()).toEqual([]);
  expectNothingChanged();
  expectFolderGone();
});

test('the bootstrap is too old: it prints the line, and ends', async () => {
  const { status, output } = await shell.run({
    args: ['--yes'],
    bootstrap: { status: 0, stdout: '5\n' },
  });
  expect([status, output]).toEqual([2, expect.stringContaining('has version 5, and 6 is needed')]);
  expect(verified()).toEqual([]);
  expectNothingChanged();
  expectFolderGone();
});

test.each(Object.entries(UNKNOWN))(
  'the answer is %s: it says what was answered, and ends',
  async (_, bootstrap) => {
    const { status, output } = await shell.run({ args: ['--yes'], bootstrap });
    expectNothingChanged();
    expect([status, output]).toEqual([2, expect.stringContaining('is unknown: aws ssm')]);
    for (const answered of [bootstrap.stdout, bootstrap.stderr]) {
      expect(output).toContain(answered?.trim() ?? '');
    }
    expect(output).not.toContain('npx');
    expect(verified()).toEqual([]);
    expectFolderGone();
  },
);

test('what others keep in the cache of the CDK stays', async () => {
  expect(
    (await shell.run({ args: ['--yes'], environment: { STUB_MEANWHILE: 'yes' } })).status,
  ).toBe(0);
  const cache = { '.cdk': '', '.cdk/cache': '', '.cdk/cache/of-somebody': '' };
  expect(shell.contents()).toEqual({ ...before, ...cache });
  // With a cache that is there before, nothing of it is removed.
  shell.keep('.cdk/cache/fingerprints/of-somebody', 'hash');
  before = shell.contents();
  expect((await shell.run({ args: ['--yes'] })).status).toBe(0);
  expect(shell.contents()).toMatchObject(before);
});

test('a folder that is not its own is not removed', async () => {
  const mktemp = path.join(shell.directory, 'bin/mktemp');
  fs.rmSync(mktemp);
  fs.writeFileSync(mktemp, '#!/usr/bin/env bash\necho "$HOME"\n', { mode: 0o755 });
  await shell.run({ args: ['--yes'] });
  expect(shell.contents()).toMatchObject(before);
});

/** An earlier version of the script wrote it before it made a bootstrap, and did not say where. */
function keepMarker(): void {
  shell.keep('.archiver-verify/bootstrapped', 'Wed Nov 25 00:00:00 UTC 2026\n');
  before = shell.contents();
}

describe.each(['no', 'nothing', 'Ctrl-C', 'EOF', 'hang-up', 'kill'] as const)(
  '%s at the prompt',
  (atPrompt: AtPrompt) => {
    test('changes nothing, nor does the clean-up after it', async () => {
      keepMarker();
      const { status } = await shell.run({ atPrompts: [atPrompt] });
      expect([status, verified().length]).toEqual([
        atPrompt === 'kill' ? 137 : expect.any(Number),
        1,
      ]);
      expect(status).not.toBe(0);
      expectOthersUnchanged();
      if (atPrompt !== 'kill') {
        expectNothingChanged();
        expectFolderGone();
      }
      expect((await shell.run({ args: ['--clean-up', '--yes'] })).status).toBe(0);
      expectOthersUnchanged();
    });

    test.each([
      ['region', { AWS_REGION: 'us-east-1' }],
      ['profile', { AWS_PROFILE: 'work', STUB_ACCOUNT: '444455556666' }],
    ])(
      'changes nothing in another %s, which has a bootstrap of its own',
      async (_, environment) => {
        // Where there is no bootstrap, an earlier version asked whether to make it.
        const first = await shell.run({ bootstrap: ABSENT, atPrompts: ['yes', atPrompt] });
        expect(first.status).not.toBe(0);
        expect((await shell.run({ args: ['--yes'], environment })).status).toBe(0);
        expectNothingChanged();
      },
    );
  },
);

test('a marker of an earlier version is mentioned, and changes nothing', async () => {
  keepMarker();
  const { status, output } = await shell.run({ args: ['--yes'] });
  expect([status, output]).toEqual([0, expect.stringContaining('so nobody acts on it')]);
  expectNothingChanged();
});

test('a journal of an earlier call: it says how to remove what that call left', async () => {
  shell.keep('.archiver-verify/1a2b3c4d/journal.json', '{}');
  before = shell.contents();
  const { status, output } = await shell.run({ args: ['--yes'] });
  expect([status, output]).toEqual([
    1,
    expect.stringContaining(`To remove it: VERIFY_COMMIT=${COMMIT} bash ${SCRIPT} --clean-up`),
  ]);
  expectNothingChanged();
  await shell.run({ args: ['--clean-up', '--yes'], bootstrap: UNKNOWN.throttled });
  expect(verified().at(-1)).toBe('node --import tsx test/aws/verify/main.ts --clean-up --yes');
  expectNothingChanged();
});

test('the status is that of the command', async () => {
  expect((await shell.run({ args: ['--yes'], environment: { STUB_VERIFY: '1' } })).status).toBe(1);
  expectNothingChanged();
  expectFolderGone();
});

describe('the commit', () => {
  test('is printed, with the hash of the script', async () => {
    const { output } = await shell.run({ args: ['--yes'] });
    expect(output).toMatch(/^This script: SHA-256 [0-9a-f]{64}\n/);
    expect(output).toContain(`It runs commit ${COMMIT}, as VERIFY_COMMIT says, of https://github`);
    expect(shell.calls()).toContainEqual(expect.stringMatching(`^git fetch .* ${COMMIT}$`));
  });

  test('is that of the tag, after a release', async () => {
    const script = path.join(shell.directory, 'pinned.sh');
    fs.writeFileSync(script, pinScript(fs.readFileSync(SCRIPT, 'utf8'), 'v0.1.0', COMMIT));
    const call = { script, args: ['--yes'] };
    const { status, output } = await shell.run({ ...call, environment: { VERIFY_COMMIT: '' } });
    expect([status, output]).toEqual([
      0,
      expect.stringContaining(`It runs commit ${COMMIT}, which is tag v0.1.0, of https://github`),
    ]);
    expect(shell.calls()).toContainEqual(
      expect.stringMatching(/^git fetch .* refs\/tags\/v0.1.0$/),
    );
    const moved = { VERIFY_COMMIT: '', STUB_HEAD: 'd'.repeat(40) };
    expect(await shell.run({ ...call, environment: moved })).toMatchObject({
      status: 2,
      output: expect.stringContaining(`is commit ${'d'.repeat(40)}, and not ${COMMIT}`),
    });
    expectNothingChanged();
    expectFolderGone();
  });

  test('is demanded in full', async () => {
    for (const VERIFY_COMMIT of ['', 'main', COMMIT.slice(0, 8)]) {
      const { status, output } = await shell.run({
        args: ['--yes'],
        environment: { VERIFY_COMMIT },
      });
      expect([status, output]).toEqual([2, expect.stringMatching(/which commit is|no commit/)]);
    }
    expect(shell.calls().filter((call) => !call.startsWith('node'))).toEqual([]);
  });

  test.each([
    ['another', { STUB_HEAD: 'd'.repeat(40) }, /somebody moved it/],
    ['none', { STUB_FETCH: '128' }, /does not have c0ffee/],
    ['nothing', { STUB_HEAD: '' }, /somebody moved it/],
  ])('of which the repository gives %s is refused', async (_, environment, message) => {
    const { status, output } = await shell.run({ args: ['--yes'], environment });
    expect([status, output]).toEqual([2, expect.stringMatching(message)]);
    expect(shell.calls().filter((call) => /^(npm|npx|node --import)/.test(call))).toEqual([]);
    expectFolderGone();
  });
});

test.each([
  ['Node.js 20.14', { STUB_NODE: 'v20.14.0' }, [], 'Node.js v20.14.0 is too old: install 20.15'],
  ['no account', { STUB_ACCOUNT: 'None' }, [], 'answered "None", which is no account'],
  ['a word for a region', { AWS_REGION: '; rm -rf /' }, [], 'The region ; rm -rf / is none'],
  ['a profile', {}, ['--profile', 'work'], '--profile is not for this script'],
  ['a region', {}, ['--region=us-east-1'], '--region=us-east-1 is not for this script'],
  ['an emulator', {}, ['--endpoint', 'http://127.0.0.1'], 'In a clone: npm run verify:aws'],
])('%s is refused before anything is made', async (_, environment, args, message) => {
  const { status, output } = await shell.run({ args: [...args, '--yes'], environment });
  expect([status, output]).toEqual([2, expect.stringContaining(message)]);
  expect(shell.calls().filter((call) => /^(git|npm|npx|node --import)/.test(call))).toEqual([]);
  expectNothingChanged();
});

test('a program is missing', async () => {
  fs.rmSync(path.join(shell.directory, 'bin/git'));
  const { status, output } = await shell.run({ args: ['--yes'] });
  expect([status, output]).toEqual([2, expect.stringContaining('git is missing')]);
});

test('without a terminal to ask at, nothing is made', async () => {
  const { status, output } = await shell.run({});
  expect([status, output]).toEqual([2, expect.stringContaining('Nobody can be asked here')]);
  expect(shell.calls()).toEqual([expect.stringMatching(/^node -e/)]);
});

test('it demands what the synthesized app demands, and names the CDK CLI of the command', () => {
  const outdir = fs.mkdtempSync(path.join(os.tmpdir(), 'bootstrap-'));
  synthesize(
    {
      id: 'test1234',
      account: '111122223333',
      region: 'eu-central-1',
      started: '2026-11-25T00:00:00Z',
      machines: ['Smoke'],
    },
    outdir,
  );
  const { artifacts } = JSON.parse(fs.readFileSync(path.join(outdir, 'manifest.json'), 'utf8')) as {
    artifacts: Record<string, { properties?: Record<string, unknown> }>;
  };
  const text = fs.readFileSync(SCRIPT, 'utf8');
  const valueOf = (name: string) => new RegExp(`^${name}='?(.*?)'?$`, 'm').exec(text)![1];
  expect(artifacts['archiver-verify-test1234']!.properties).toMatchObject({
    requiresBootstrapStackVersion: Number(valueOf('BOOTSTRAP_VERSION')),
    bootstrapStackVersionSsmParameter: valueOf('BOOTSTRAP'),
  });
  expect(valueOf('CDK')).toBe(AWS_CDK);
});

test('person.json allows each of its calls', () => {
  const text = fs.readFileSync(SCRIPT, 'utf8');
  const calls = [...text.matchAll(/\$\(aws ((?:\w+ )[\w-]+)/g)].map(([, call]) => call);
  expect(calls).toEqual(['configure get', 'sts get-caller-identity', 'ssm get-parameter']);
  // The first one stays on this machine, and no policy can deny the second one.
  const parameter = (name: string) => ({
    action: 'ssm:GetParameter',
    resource: `arn:aws:ssm:eu-central-1:111122223333:parameter${name}`,
  });
  const person = readPolicy('person');
  expect(allowing(person, parameter('/cdk-bootstrap/hnb659fds/version'))).toHaveLength(1);
  expect(allowing(person, parameter('/payroll/password'))).toEqual([]);
});
