/**
 * The policies for the user who runs the verification, and for CloudFormation: enough, and no more
 * than the resources of a verification.
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { CALLS, CALLS_OF_SCRIPT } from './calls';
import { allowing, readPolicy } from './evaluate';
import { RESOURCE_TYPES } from './resource-types';
import { synthesize } from '../app';
import { linesByHand } from '../by-hand';
import { ARCHIVERS } from '../names';

jest.setTimeout(120_000);

const [PERSON, CLOUDFORMATION] = [readPolicy('person'), readPolicy('cloudformation')];
const AT = 'eu-central-1:111122223333';

/** What a request names, of a verification or of something else in the account. */
const named = (name: string) => ({
  StackName: `arn:aws:cloudformation:${AT}:stack/${name}/uuid`,
  Bucket: `${name}-source`,
  CopySource: `${name}-source/key`,
  stateMachineArn: `arn:aws:states:${AT}:stateMachine:${name}-Standard`,
  executionArn: `arn:aws:states:${AT}:execution:${name}-Standard:run`,
  queueArn: `arn:aws:sqs:${AT}:${name}-Messages804FA4EB-x`,
  workGroupArn: `arn:aws:athena:${AT}:workgroup/${name}`,
});
const OURS = named('archiver-verify-1a2b3c4d');
const THEIRS = named('payroll');

/** The calls that the sources of the verification make. */
function callsInSources(): string[] {
  const folder = path.resolve(__dirname, '..');
  const files = (fs.readdirSync(folder, { recursive: true }) as string[]).filter(
    (file) => file.endsWith('.ts') && !/\.test\.ts$|^slow\//.test(file),
  );
  const text = files.map((file) => fs.readFileSync(path.join(folder, file), 'utf8')).join('\n');
  const found = [
    ...text.matchAll(/new (\w+)Command\(|athena\('(\w+)'|(?<!\w)'?Action'?: '(\w+)'/g),
  ].map(([, ofSdk, ofAthena, ofQuery]) => ofSdk ?? ofAthena ?? ofQuery!);
  return [...new Set(found)].sort();
}

test('every call in the sources is in the list of calls, and none is only there', () => {
  expect(callsInSources().filter((call) => !(call in CALLS))).toEqual([]);
  expect(Object.keys(CALLS).filter((call) => !callsInSources().includes(call))).toEqual([]);
});

test.each(Object.keys(CALLS))('a person may %s of a verification, and of nothing else', (call) => {
  expect(CALLS[call]!(OURS).filter((need) => allowing(PERSON, need).length === 0)).toEqual([]);
  expect(
    CALLS[call]!(THEIRS).filter(
      (need) => need.resource !== '*' && allowing(PERSON, need).length > 0,
    ),
  ).toEqual([]);
});

/** The calls of a shell script, as the AWS CLI names them. */
function callsInShell(text: string): string[] {
  const found = [...text.matchAll(/\baws (?:sts|ssm|s3|s3api|cloudformation|iam) ([a-z-]+) -/g)];
  const names = found.map(([, name]) =>
    name!.replace(/(^|-)([a-z])/g, (_, __, letter: string) => letter.toUpperCase()),
  );
  return [...new Set(names)].sort();
}

const SCRIPT = fs.readFileSync(
  path.resolve(__dirname, '../../../../scripts/verify-in-cloudshell.sh'),
  'utf8',
);
const BY_HAND = linesByHand({
  id: '1a2b3c4d',
  region: 'eu-central-1',
  account: '111122223333',
  started: '2026-11-25T00:00:00Z',
  machines: ARCHIVERS,
}).join('\n');

test('a person may make each call of the script and of the lines of the plan', () => {
  expect(callsInShell(SCRIPT)).toEqual(['GetCallerIdentity', 'GetParameter']);
  expect(callsInShell(BY_HAND)).toEqual([
    'DeleteObjects',
    'DeleteStack',
    'DescribeStacks',
    'GetBucketTagging',
    'GetCallerIdentity',
    'HeadObject',
    'ListObjectVersions',
    'PutObjectLegalHold',
    'PutObjectRetention',
  ]);
  const [, Name] = /^BOOTSTRAP=(\S+)$/m.exec(SCRIPT)!;
  const calls = { ...CALLS, ...CALLS_OF_SCRIPT };
  const needs = (input: object) =>
    [...callsInShell(SCRIPT), ...callsInShell(BY_HAND)].flatMap((call) => calls[call]!(input));
  const ours = { ...OURS, StackName: 'archiver-verify-1a2b3c4d', Name };
  expect(needs(ours).filter((need) => allowing(PERSON, need).length === 0)).toEqual([]);
  expect(
    needs({ ...THEIRS, StackName: 'CDKToolkit', Name: '/payroll/password' }).filter(
      (need) => allowing(PERSON, need).length > 0,
    ),
  ).toEqual([]);
});

/**
 * A caller who may create a role and write its policy may do everything: docs/verify-aws.md says
 * so.
 */
test('the policy for CloudFormation is an administrator in effect, and the page says it', () => {
  const role = 'arn:aws:iam::111122223333:role/archiver-verify-x';
  for (const action of ['iam:CreateRole', 'iam:PutRolePolicy', 'iam:PassRole']) {
    const keys = { 'iam:PassedToService': 'lambda.amazonaws.com' };
    expect(allowing(CLOUDFORMATION, { action, resource: role }, keys)).toHaveLength(1);
  }
  const page = fs.readFileSync(path.resolve(__dirname, '../../../../docs/verify-aws.md'), 'utf8');
  expect(page).toContain('**an administrator in effect**');
});

test('what a person may do to everything changes nothing', () => {
  const everywhere = PERSON.Statement.filter(
    ({ Resource, Condition }) => Resource.includes('*') && !Condition,
  ).flatMap(({ Action }) => Action);
  expect(everywhere.sort()).toEqual([
    'cloudwatch:GetMetricStatistics',
    'states:TestState',
    'states:ValidateStateMachineDefinition',
  ]);
});

test('keys of a verification alone may be used', () => {
  const need = { action: 'kms:Decrypt', resource: `arn:aws:kms:${AT}:key/x` };
  for (const policy of [PERSON, CLOUDFORMATION]) {
    expect(allowing(policy, need)).toEqual([]);
    expect(
      allowing(policy, need, { 'aws:ResourceTag/cdk-s3-dated-archiver': 'verify-1a2b3c4d' }),
    ).toHaveLength(1);
  }
});

function typesOfApp(): string[] {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'policies-'));
  try {
    synthesize(
      {
        id: 'test1234',
        account: '111122223333',
        region: 'eu-central-1',
        started: '2026-11-25T00:00:00Z',
        machines: ARCHIVERS,
      },
      directory,
    );
    const { Resources } = JSON.parse(
      fs.readFileSync(path.join(directory, 'archiver-verify-test1234.template.json'), 'utf8'),
    ) as { Resources: Record<string, { Type: string }> };
    return [...new Set(Object.values(Resources).map(({ Type }) => Type))];
  } finally {
    fs.rmSync(directory, { recursive: true });
  }
}

test(
  'CloudFormation may create and delete every type of the app, and only what belongs to a ' +
    'verification',
  () => {
    const types = typesOfApp();
    expect(types.filter((type) => !(type in RESOURCE_TYPES))).toEqual([]);
    expect(Object.keys(RESOURCE_TYPES).filter((type) => !types.includes(type))).toEqual([]);
    const keys = {
      'aws:ResourceTag/cdk-s3-dated-archiver': 'verify-1a2b3c4d',
      'aws:RequestTag/cdk-s3-dated-archiver': 'verify-1a2b3c4d',
      'iam:PassedToService': 'lambda.amazonaws.com',
      'lambda:FunctionArn': `arn:aws:lambda:${AT}:function:archiver-verify-1a2b3c4d-x`,
    };
    const all = types.flatMap((type) => RESOURCE_TYPES[type]!);
    const needs = (name: string) =>
      all.flatMap(({ actions, arn }) => actions.map((action) => ({ action, resource: arn(name) })));
    expect(
      needs('archiver-verify-1a2b3c4d').filter(
        (need) => allowing(CLOUDFORMATION, need, keys).length === 0,
      ),
    ).toEqual([]);
    const others = needs('payroll').filter(
      ({ resource, action }) =>
        resource !== '*' &&
        !/event-source-mapping|:key\/|cdk-hnb659fds/.test(resource) &&
        action !== 'kms:CreateKey',
    );
    expect(others.length).toBeGreaterThan(50);
    expect(others.filter((need) => allowing(CLOUDFORMATION, need).length > 0)).toEqual([]);
  },
);

test('each fits into a managed policy', () => {
  // 6,144 characters without white space:
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
  for (const policy of [PERSON, CLOUDFORMATION]) {
    expect(JSON.stringify(policy).length).toBeLessThanOrEqual(6_144);
  }
});
