import * as fs from 'node:fs';
import * as path from 'node:path';
import { type Arguments, readArguments as read } from '../../src/cli/arguments';
import { FLAGS } from '../../src/cli/flags';
import { UsageError } from '../../src/common/errors';
import { cleanUp, temporaryDirectory } from '../fixtures/assembly';

afterAll(cleanUp);

const readArguments = (argv: string[], directory = process.cwd()) =>
  read(argv, { command: 'sandbox', directory, version: '1.2.3' });

test('all flags', () => {
  const temporary = temporaryDirectory();
  const [filled, json] = [temporaryDirectory(), path.join(temporary, 'out.json')];
  expect(
    readArguments([
      '--app',
      '/cdk.out',
      '--stack',
      'S/Nightly',
      '--endpoint',
      'http://localhost:9000',
      '--bucket',
      'A=one',
      '--bucket',
      'Prod/Storage/B=two',
      '--organization',
      '111122223333=o-exampleorgid',
      '--input',
      '{"date":"2026-11-24"}',
      '--now',
      '2026-11-24T16:00:00Z',
      '--json',
      json,
      '--allow-aws-endpoint',
      '--run-other-functions',
      '--faults',
      'SlowDown=2%,seed=7',
      '--fill',
      filled,
      '--out',
      path.join(temporary, 'out/night'),
      '--list',
      '--keep-serving',
    ]),
  ).toEqual({
    app: '/cdk.out',
    stack: 'S/Nightly',
    endpoint: 'http://localhost:9000',
    allowAwsEndpoint: true,
    runOtherFunctions: true,
    buckets: { A: 'one', 'Prod/Storage/B': 'two' },
    organizations: { '111122223333': 'o-exampleorgid' },
    input: { date: '2026-11-24' },
    now: '2026-11-24T16:00:00Z',
    json,
    faults: { seed: 7, rules: [{ kind: 'SlowDown', probability: 0.02 }] },
    fill: filled,
    out: path.join(temporary, 'out/night'),
    demo: false,
    list: true,
    keepServing: true,
  });
});

test.each([
  ['help', /^usage: sandbox --app DIR/],
  ['version', /^1\.2\.3$/],
])('--%s, whatever else is given', (flag, text) => {
  expect(readArguments([`--${flag}`])).toMatch(text);
  expect(readArguments(['--now', 'yesterday', `--${flag}`])).toMatch(text);
});

test.each(['o-exampleorgid', '111122223333=example', '1=o-exampleorgid'])(
  '--organization %s is refused',
  (pair) => {
    expect(() => readArguments(['--app', 'x', '--organization', pair])).toThrow(
      `--organization is '${pair}', but must be ACCOUNT=ID, such as 111122223333=o-exampleorgid`,
    );
  },
);

test('the help names every flag, and fits a terminal', () => {
  const help = String(readArguments(['--help']));
  for (const { name } of FLAGS) {
    expect(help).toContain(`--${name}`);
  }
  expect(help.split('\n').filter((line) => line.length > 80)).toEqual([]);
});

test.each([
  [[], undefined],
  [['--date', '2026-11-24'], { date: '2026-11-24' }],
  [['--date', '2026-11-24', '--dry-run'], { date: '2026-11-24', dryRun: true }],
  [['--from', '2026-11-01', '--to', '2026-11-24'], { from: '2026-11-01', to: '2026-11-24' }],
  [['--dry-run'], { dryRun: true }],
])('%j is the input %j', (argv, input) => {
  expect(readArguments(['--app', 'x', ...argv])).toHaveProperty('input', input);
});

test(
  'the policy of a bucket is read from a file: a whole policy, or its statements as the archiver ' +
    'prints them',
  () => {
    const directory = temporaryDirectory();
    const Statement = [{ Effect: 'Allow', Principal: '*', Action: 's3:ListBucket', Resource: '*' }];
    fs.writeFileSync(
      path.join(directory, 'policy.json'),
      JSON.stringify({ Version: '2012-10-17', Statement }),
    );
    fs.writeFileSync(path.join(directory, 'statements.json'), JSON.stringify(Statement));
    fs.writeFileSync(path.join(directory, 'other.json'), '{}');
    const policies = (...pairs: string[]) =>
      (
        readArguments(
          ['--app', 'x', ...pairs.flatMap((pair) => ['--bucket-policy', pair])],
          directory,
        ) as Arguments
      ).bucketPolicies;
    expect(policies('theirs=policy.json', 'more=statements.json')).toEqual({
      theirs: { Version: '2012-10-17', Statement },
      more: { Statement },
    });
    expect(policies()).toBeUndefined();
    expect(() => policies('theirs')).toThrow("--bucket-policy is 'theirs', but must be NAME=FILE");
    expect(() => policies('theirs=missing.json')).toThrow(
      '--bucket-policy theirs=missing.json: cannot be read as JSON',
    );
    expect(() => policies('theirs=other.json')).toThrow(
      'has no Statement; give a bucket policy, or a list of statements',
    );
  },
);

test('the demo needs no app, and writes to a folder in any case', () => {
  const caller = temporaryDirectory();
  expect(readArguments(['--demo'], caller)).toMatchObject({
    app: undefined,
    demo: true,
    out: path.join(caller, 'archiver-demo'),
  });
  expect(readArguments(['--demo', '--out', 'night'], caller)).toMatchObject({
    out: path.join(caller, 'night'),
  });
});

test.each([
  [[], '--app is missing'],
  [['--app', 'x', '--fast'], "Unknown option '--fast'"],
  [['--app', 'x', 'y'], "Unexpected argument 'y'"],
  [['--app'], "'--app <value>' argument missing"],
  [['--app', 'x', '--input', '{date:1}'], "--input is '{date:1}', which is not JSON ("],
  [['--app', 'x', '--input', '{date:1}'], `as --input '{"date":"2026-11-24"}'`],
  [['--app', 'x', '--input', '[1]'], 'must be a JSON object'],
  [['--app', 'x', '--now', 'yesterday'], "--now is 'yesterday', but must be an instant"],
  [['--app', 'x', '--now', '2026-11-24T16:00:00'], 'with its offset'],
  [['--app', 'x', '--now', '2026-13-24T16:00:00Z'], 'must be an instant'],
  [['--app', 'x', '--now', '2026-02-30T16:00:00Z'], 'must be an instant'],
  [
    ['--app', 'x', '--date', '2026-02-30'],
    "--date is '2026-02-30', but must be a day of the calendar",
  ],
  [['--app', 'x', '--date', 'yesterday'], "--date is 'yesterday', but must be a day"],
  [
    ['--app', 'x', '--date', '2026-11-24', '--to', '2026-11-25'],
    '--date and --to exclude each other',
  ],
  [['--app', 'x', '--from', '2026-11-24'], '--from is given without --to'],
  [['--app', 'x', '--to', '2026-11-24'], '--to is given without --from'],
  [
    ['--app', 'x', '--from', '2026-11-24', '--to', '2026-11-23'],
    '--from is 2026-11-24, which is after --to, 2026-11-23',
  ],
  [['--app', 'x', '--input', '{}', '--dry-run'], '--input and --dry-run exclude each other'],
  [
    ['--app', 'x', '--input', '{}', '--date', '2026-11-24'],
    '--input and --date exclude each other',
  ],
  [['--app', 'x', '--fill', '/absent'], '--fill /absent: no such directory'],
  [['--app', 'x', '--fill', __filename], 'is not a directory'],
  [['--demo', '--fill', '.'], '--demo and --fill exclude each other'],
  [['--app', 'x', '--fill', __dirname, '--out', `${__dirname}/out`], 'lies in --fill'],
  [['--app', 'x', '--fill', __dirname, '--out', __dirname], 'lies in --fill'],
  [['--app', 'x', '--out', __filename], 'cannot be a directory'],
  [['--app', 'x', '--out', `${__filename}/out`], 'cannot be a directory'],
  [
    ['--app', 'x', '--faults', 'SlowDown'],
    "--faults has 'SlowDown', but must have KIND=PROBABILITY",
  ],
  [
    ['--app', 'x', '--faults', 'StaleAnswer=1', '--endpoint', 'http://localhost:9000'],
    'which only the embedded S3 can do',
  ],
  [['--completion', 'tcsh'], "--completion is 'tcsh', but must be bash, zsh or fish"],
  [['--app', 'x', '--json', '.'], 'is a directory'],
  [['--app', 'x', '--endpoint', 'localhost:9000'], 'must be a URL without a path'],
  [['--app', 'x', '--bucket', 'A'], 'must be LOGICALID=NAME'],
  [['--app', 'x', '--bucket', 'A=Not_A_Bucket'], 'a name that S3 allows'],
  [['--app', 'x', '--bucket', '/A=one'], 'must be LOGICALID=NAME, or STACK/LOGICALID=NAME'],
  [['--app', 'x', '--json', '/absent/out.json'], 'no such directory'],
  [['--app', 'x', '--json', `${__filename}/out.json`], 'cannot be written: ENOTDIR'],
  [['--app', 'x', '--json', `/tmp/${'x'.repeat(300)}`], 'cannot be written: ENAMETOOLONG'],
])('%j is refused in one line', (argv, message) => {
  expect(() => readArguments(argv)).toThrow(UsageError);
  expect(() => readArguments(argv)).toThrow(message);
  expect(() => readArguments(argv)).toThrow(/^.*$/);
});

test('a file for the summary is tried, and left as it is', () => {
  const [there, absent] = ['there.json', 'absent.json'].map((name) =>
    path.join(temporaryDirectory(), name),
  );
  fs.writeFileSync(there!, 'before');
  for (const json of [there!, absent!]) {
    readArguments(['--app', 'x', '--json', json]);
  }
  expect([fs.readFileSync(there!, 'utf8'), fs.existsSync(absent!)]).toEqual(['before', false]);
});

describe('relative paths', () => {
  let caller: string;
  beforeEach(() => {
    caller = temporaryDirectory();
  });

  test(
    "are the caller's, also when npm runs the script elsewhere and has such a path " + 'there',
    () => {
      fs.mkdirSync(path.join(caller, 'packages'));
      expect(
        readArguments(['--app', 'packages', '--json', 'packages/out.json'], caller),
      ).toMatchObject({
        app: path.join(caller, 'packages'),
        json: path.join(caller, 'packages/out.json'),
      });
      expect(readArguments(['--app', 'no-such-dir', '--json', 'out.json'], caller)).toMatchObject({
        app: path.join(caller, 'no-such-dir'),
        json: path.join(caller, 'out.json'),
      });
    },
  );

  test('that the caller has not may be meant from where npm runs the script', () => {
    expect(
      readArguments(['--app', 'packages', '--json', 'packages/out.json'], caller),
    ).toMatchObject({
      app: path.resolve('packages'),
      json: path.resolve('packages/out.json'),
    });
  });
});
