import { spawnSync } from 'node:child_process';
import {
  copyObjectCommand,
  executionUrl,
  folderUrl,
  headObjectCommand,
  listVersionsCommand,
  redriveExecutionCommand,
  sameInput,
  startExecutionCommand,
  stateMachineUrl,
} from '../../../../src/lambda/alerts/cli-commands';
import { parseRunInput } from '../../../../src/lambda/runtime/run-input';
import { parseArn, toStateMachineArn } from '../../../../src/lambda/text/arn';

const MACHINE = 'arn:aws-cn:states:cn-north-1:123456789012:stateMachine:Archiver';
const EXECUTION = 'arn:aws-cn:states:cn-north-1:123456789012:execution:Archiver:nightly';

test('the ARN of an execution contains that of its state machine', () => {
  expect(toStateMachineArn(EXECUTION)).toBe(MACHINE);
  expect(toStateMachineArn('nonsense')).toBeUndefined();
  expect(toStateMachineArn(undefined)).toBeUndefined();
  expect(parseArn(EXECUTION)).toEqual({ partition: 'aws-cn', region: 'cn-north-1' });
});

test('a command that runs the same days again', () => {
  expect(startExecutionCommand(MACHINE, sameInput({ from: '2026-11-20', to: '2026-11-24' }))).toBe(
    `aws stepfunctions start-execution --region cn-north-1 --state-machine-arn ${MACHINE} ` +
      `--input '{"from":"2026-11-20","to":"2026-11-24"}'`,
  );
});

test('"every day up to" gets a first day too, because a run needs both or none', () => {
  expect(sameInput({ from: null, to: '2026-11-24' })).toEqual({
    from: '1970-01-01',
    to: '2026-11-24',
  });
});

test('a dry run stays a dry run', () => {
  expect(sameInput({ from: '2026-11-24', to: '2026-11-24', dryRun: true })).toEqual({
    from: '2026-11-24',
    to: '2026-11-24',
    dryRun: true,
  });
});

test('a command that redrives a run', () => {
  expect(redriveExecutionCommand(EXECUTION)).toBe(
    `aws stepfunctions redrive-execution --region cn-north-1 --execution-arn ${EXECUTION}`,
  );
});

test('quotes what a shell would read as syntax', () => {
  expect(startExecutionCommand(undefined, { a: "it's $HOME" })).toBe(
    'aws stepfunctions start-execution --state-machine-arn STATE_MACHINE_ARN --input ' +
      "'{\"a\":\"it'\\''s $HOME\"}'",
  );
  expect(copyObjectCommand('reports', 'runs/a b/report.json', '-')).toBe(
    "aws s3 cp 's3://reports/runs/a b/report.json' -",
  );
});

test.each([
  ['aws', 'eu-west-1', 'eu-west-1.console.aws.amazon.com'],
  ['aws-cn', 'cn-north-1', 'cn-north-1.console.amazonaws.cn'],
  ['aws-us-gov', 'us-gov-west-1', 'us-gov-west-1.console.amazonaws-us-gov.com'],
  ['aws-eusc', 'eusc-de-east-1', 'eusc-de-east-1.console.amazonaws-eusc.eu'],
])('links in partition %s', (partition, region, host) => {
  const arn = `arn:${partition}:states:${region}:123456789012:execution:Archiver:nightly`;
  expect(executionUrl(arn)).toBe(
    `https://${host}/states/home?region=${region}#/v2/executions/details/${arn}`,
  );
  expect(folderUrl(arn, 'reports', 'runs/a b/')).toBe(
    `https://${host}/s3/buckets/reports?region=${region}&prefix=runs%2Fa%20b%2F`,
  );
  const machine = toStateMachineArn(arn)!;
  expect(stateMachineUrl(machine)).toBe(
    `https://${host}/states/home?region=${region}#/statemachines/view/${machine}`,
  );
});

test('no link if the console is not known', () => {
  expect(
    executionUrl('arn:aws-iso:states:us-iso-east-1:123456789012:execution:Archiver:nightly'),
  ).toBeUndefined();
});

test.each([
  [null, false],
  ['2026-11-20', true],
])('PlanRun accepts the suggested input (from %s)', (from, dryRun) => {
  const dates = { from, to: '2026-11-24' };
  expect(parseRunInput(sameInput({ ...dates, dryRun }))).toEqual({
    ...dates,
    from: from ?? '1970-01-01',
    ...(dryRun ? { dryRun } : {}),
  });
});

test.each([
  ['a bidirectional mark', 'nightly\u202e\u061c'],
  ['a C1 control character and quotes', "it's \u009b31m \\"],
  ['a character that the shell would expand', 'x!!$(id)`id`'],
])('a command is printable, and the shell reads the name of a run exactly: %s', (_, name) => {
  const command = redriveExecutionCommand(`${EXECUTION}${name}`);
  expect(command).toMatch(/^[\x20-\x7e]*$/);
  const { stdout } = spawnSync('bash', ['-c', `aws() { printf %s "\${@: -1}"; }; ${command}`], {
    encoding: 'utf8',
  });
  expect(stdout).toBe(`${EXECUTION}${name}`);
});

test('the input in a command is ASCII', () => {
  expect(startExecutionCommand(MACHINE, { scheduledTime: '\u202e' })).toContain(
    '--input \'{"scheduledTime":"\\u202e"}\'',
  );
});

test('the console page of a run whose name has odd characters', () => {
  expect(executionUrl(`${EXECUTION}\u202e`)).toMatch(/:nightly%E2%80%AE$/);
});
/**
 * Types commands into an interactive bash, and returns the arguments that the last one gives to
 * `aws`. History is on, so that `!!` stands for the line before.
 */
function typed(command: string): string[] {
  const lines = ['aws() { printf \'[%s]\\n\' "$@"; }', 'echo BEFORE', command, ''];
  const { stdout } = spawnSync('bash', ['--norc', '--noprofile', '-i'], {
    input: lines.join('\n'),
    encoding: 'utf8',
    env: { PATH: process.env.PATH, PS1: '', HISTFILE: '/dev/null' },
  });
  return stdout
    .slice(stdout.indexOf('BEFORE\n') + 7)
    .trimEnd()
    .split('\n');
}

test.each([
  '-2026-11-24.csv',
  '--all',
  "-it's",
  'http://169.254.169.254/latest',
  'HTTPS://a/b',
  'file:///etc/hostname',
  'fileb://x\n売',
])('a key is no option, and names no file or page for the AWS CLI: %j', (key) => {
  const given = (command: string) => {
    const [option, value, ...others] = typed(command).slice(2);
    expect([option, others]).toEqual(['[--cli-input-json]', []]);
    // The AWS CLI takes a value for the name of a file or of a page only by its first characters.
    expect(value).toMatch(/^\[\{"Bucket"/);
    return JSON.parse(value.slice(1, -1)) as unknown;
  };
  expect(given(headObjectCommand('bucket', key))).toEqual({ Bucket: 'bucket', Key: key });
  expect(given(listVersionsCommand('bucket', key))).toEqual({ Bucket: 'bucket', Prefix: key });
});

test('any other key stays legible', () => {
  expect(typed(headObjectCommand('bucket', 'in/-a: b//c.csv')).slice(-2)).toEqual([
    '[--key]',
    '[in/-a: b//c.csv]',
  ]);
});

test('the shell of the test does expand its history', () => {
  expect(typed('aws !!').join()).toContain('[echo],[BEFORE]');
});

// AWS refuses most characters that shells interpret in the name of an execution, but not these
// (API_StartExecution).
test.each([
  'x!!',
  '!$',
  "it's",
  "'!!'",
  "a'!!",
  '(x)',
  '!echo',
  '=x!',
  '~x',
  '$(echo x)',
  '`echo x`',
  'a;echo x',
  'a&b',
  'a b',
  'a*',
  '"!!"',
  '\\!!',
])('a name of an execution is only text to the shell: %s', (name) => {
  const arn = `arn:aws:states:eu-west-1:123456789012:execution:machine:${name}`;
  expect(typed(redriveExecutionCommand(arn)).slice(-2)).toEqual(['[--execution-arn]', `[${arn}]`]);
  expect(typed(startExecutionCommand(arn, { name })).slice(-4)).toEqual([
    '[--state-machine-arn]',
    `[${arn}]`,
    '[--input]',
    `[${JSON.stringify({ name })}]`,
  ]);
  expect(typed(copyObjectCommand('bucket', `runs/${name}/report.html`, '.')).slice(-2)).toEqual([
    `[s3://bucket/runs/${name}/report.html]`,
    '[.]',
  ]);
  expect(typed(copyObjectCommand('bucket', `runs/${name}/report.json`, '-')).slice(-2)).toEqual([
    `[s3://bucket/runs/${name}/report.json]`,
    '[-]',
  ]);
});
