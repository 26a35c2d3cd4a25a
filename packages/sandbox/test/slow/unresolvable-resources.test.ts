/**
 * Resources next to an archiver that the sandbox cannot resolve stop neither the sandbox nor a run.
 */
import { openSandbox, type Sandbox } from '../../src/internal';
import { archiverTemplate, cleanUp, type FixtureStack, writeAssembly } from '../fixtures/assembly';

const open: Sandbox[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((sandbox) => sandbox.close()));
  cleanUp();
});

async function sandboxOf(stacks: FixtureStack[], stack?: string): Promise<Sandbox> {
  const sandbox = await openSandbox({ app: writeAssembly(stacks), stack, retryScale: 0 });
  open.push(sandbox);
  return sandbox;
}

const UNKNOWN = { Ref: 'Needed' };
const ELSEWHERE = { 'Fn::ImportValue': 'elsewhere' };
const ARN = 'arn:aws:iam::123456789012:role/r';
const distributed = {
  StartAt: 'M',
  States: {
    M: {
      Type: 'Map',
      ItemProcessor: {
        ProcessorConfig: { Mode: 'DISTRIBUTED' },
        StartAt: 'P',
        States: { P: { Type: 'Pass', End: true } },
      },
      End: true,
    },
  },
};
const machine = (properties: object) => ({
  Type: 'AWS::StepFunctions::StateMachine',
  Properties: { RoleArn: ARN, ...properties },
});
const STATES = { source: ['aws.states'] };

const FOREIGN: Record<string, object> = {
  'a state machine named by a parameter': machine({
    StateMachineName: UNKNOWN,
    DefinitionString: '{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}',
  }),
  'a Distributed Map that refers to a parameter': machine({
    DefinitionString: { 'Fn::Sub': JSON.stringify(distributed).replace('"P"', '"${Needed}"') },
  }),
  'a definition with substitutions': machine({
    DefinitionString:
      '{"StartAt":"A","States":{"A":{"Type":"Pass","Result":${DISTRIBUTED},"End":true}}}',
    DefinitionSubstitutions: { DISTRIBUTED: '1' },
  }),
  'a definition in YAML': machine({ DefinitionString: 'StartAt: DISTRIBUTED\nStates: {}' }),
  'a bucket named by a parameter': { Type: 'AWS::S3::Bucket', Properties: { BucketName: UNKNOWN } },
  'a bucket named by another app': {
    Type: 'AWS::S3::Bucket',
    Properties: { BucketName: ELSEWHERE },
  },
  'a bucket encrypted with a key of another app': {
    Type: 'AWS::S3::Bucket',
    Properties: {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          { ServerSideEncryptionByDefault: { KMSMasterKeyID: ELSEWHERE } },
        ],
      },
    },
  },
  'a topic named by a parameter': { Type: 'AWS::SNS::Topic', Properties: { TopicName: UNKNOWN } },
  'a topic with a key of another app': {
    Type: 'AWS::SNS::Topic',
    Properties: { KmsMasterKeyId: ELSEWHERE },
  },
  "a key's alias named by a parameter": {
    Type: 'AWS::KMS::Alias',
    Properties: { AliasName: UNKNOWN, TargetKeyId: 'k' },
  },
  'a function named by a parameter': {
    Type: 'AWS::Lambda::Function',
    Properties: { FunctionName: UNKNOWN, Runtime: 'python3.13', Code: { ZipFile: '' } },
  },
  'a schedule of something else': {
    Type: 'AWS::Scheduler::Schedule',
    Properties: { Target: { Arn: ELSEWHERE, RoleArn: ARN } },
  },
  'a schedule that calls an API with what is no JSON': {
    Type: 'AWS::Scheduler::Schedule',
    Properties: {
      Target: { Arn: 'arn:aws:scheduler:::aws-sdk:sfn:startExecution', Input: '{', RoleArn: ARN },
    },
  },
  'asynchronous invocations of something else': {
    Type: 'AWS::Lambda::EventInvokeConfig',
    Properties: { FunctionName: ELSEWHERE },
  },
  'a rule on executions whose target is of another app': {
    Type: 'AWS::Events::Rule',
    Properties: { EventPattern: STATES, Targets: [{ Id: 'T', Arn: ELSEWHERE }] },
  },
  'a rule on executions whose pattern has a parameter': {
    Type: 'AWS::Events::Rule',
    Properties: {
      EventPattern: { ...STATES, account: [UNKNOWN] },
      Targets: [{ Id: 'T', Arn: ARN }],
    },
  },
  'a rule on executions with an operator that is not known': {
    Type: 'AWS::Events::Rule',
    Properties: { EventPattern: { ...STATES, detail: { name: [{ wildcard: '*' }] } }, Targets: [] },
  },
  'a rule on executions whose target is of another runtime': {
    Type: 'AWS::Events::Rule',
    Properties: {
      EventPattern: STATES,
      Targets: [{ Id: 'T', Arn: { 'Fn::GetAtt': ['Python', 'Arn'] } }],
    },
  },
  'a nested stack whose template is elsewhere': {
    Type: 'AWS::CloudFormation::Stack',
    Properties: { TemplateURL: 'https://example.com/t.json' },
  },
  'what is made on a condition with a parameter': { Type: 'AWS::S3::Bucket', Condition: 'Wanted' },
};

const template = (resource: object) => ({
  Parameters: { Needed: { Type: 'String' } },
  Conditions: { Wanted: { 'Fn::Equals': [UNKNOWN, 'yes'] } },
  Resources: {
    Foreign: resource,
    Python: {
      Type: 'AWS::Lambda::Function',
      Properties: { Runtime: 'python3.13', Code: { ZipFile: '' } },
    },
    AllowEvents: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        FunctionName: { Ref: 'Python' },
        Action: 'lambda:InvokeFunction',
        Principal: 'events.amazonaws.com',
      },
    },
  },
  Outputs: { Out: { Value: 'x', Export: { Name: UNKNOWN } } },
});
const plan =
  'exports.handler = async () => { throw Object.assign(new Error("bad date"), { name: ' +
  '"InvalidRunInput" }); };';

test.each(Object.entries(FOREIGN))('%s, in another stack', async (_name, resource) => {
  const sandbox = await sandboxOf([
    { name: 'Other', template: template(resource) },
    { name: 'Stack', template: archiverTemplate({ plan }) },
  ]);
  // A failed run triggers everything that it can trigger: the schedule, rules and asynchronous
  // invocations.
  expect(await sandbox.run({ now: '2026-11-24T16:00:00Z' })).toMatchObject({
    status: 'FAILED',
    error: 'InvalidRunInput',
  });
  expect(JSON.parse(sandbox.lastExecution!.input)).toEqual({
    scheduledTime: '2026-11-24T16:00:00Z',
  });
  expect(sandbox.functionUsage().get('ExplainFunction')!.invocations).toBe(1);
});

test("all of it, in the archiver's own stack", async () => {
  const own = archiverTemplate({ plan });
  const foreign = template({});
  const resources = {
    ...foreign.Resources,
    ...Object.fromEntries(Object.values(FOREIGN).map((resource, i) => [`Foreign${i}`, resource])),
    ...own.Resources,
  };
  const sandbox = await sandboxOf([
    { name: 'Stack', template: { ...foreign, Resources: resources } },
  ]);
  expect(await sandbox.run()).toMatchObject({ status: 'FAILED', error: 'InvalidRunInput' });
});

describe('what the archiver itself needs does stop it', () => {
  test.each([
    [
      'its definition',
      (resources: any) => {
        resources.Machine.Properties.DefinitionString['Fn::Sub'] =
          resources.Machine.Properties.DefinitionString['Fn::Sub'].replace('in/', '${Needed}');
      },
      'Stack/Nightly cannot be resolved here: template of Stack: parameter Needed has no default',
    ],
    [
      "a function's environment",
      (resources: any) => {
        resources.BatchFunction.Properties.Environment.Variables.SOURCE_BUCKET = ELSEWHERE;
      },
      'exports elsewhere',
    ],
    [
      "its schedule's input",
      (resources: any) => {
        resources.Schedule.Properties.Target.Input = UNKNOWN;
      },
      'parameter Needed has no default',
    ],
    [
      'the key of a bucket that it uses',
      (resources: any) => {
        resources.Source.Properties.BucketEncryption = ELSEWHERE;
      },
      'exports elsewhere',
    ],
    [
      'an output of a nested stack that is not here',
      (resources: any) => {
        resources.Nested = FOREIGN['a nested stack whose template is elsewhere'];
        resources.BatchFunction.Properties.Environment.Variables.SOURCE_BUCKET = {
          'Fn::GetAtt': ['Nested', 'Outputs.Bucket'],
        };
      },
      'nested stack Nested is not in the assembly, but at https://example.com/t.json, and ' +
        'Nested.Outputs.Bucket is needed',
    ],
    [
      'a name that only CloudFormation can look up',
      (resources: any) => {
        resources.BatchFunction.Properties.Environment.Variables.SOURCE_BUCKET =
          '{{resolve:ssm:/data/bucket}}';
      },
      'its source bucket is called {{resolve:ssm:/data/bucket}}, which only CloudFormation can ' +
        'look up',
    ],
  ])('%s', async (_name, change, message) => {
    const { Resources } = archiverTemplate();
    change(Resources);
    const started = sandboxOf([
      { name: 'Stack', template: { Parameters: { Needed: { Type: 'String' } }, Resources } },
    ]).then((sandbox) => sandbox.run());
    await expect(started).rejects.toThrow(
      expect.objectContaining({ name: 'UsageError', message: expect.stringContaining(message) }),
    );
  });
});

test('an archiver that can be resolved is taken before one that cannot, unless that is asked for', async () => {
  const other = {
    Parameters: { Needed: { Type: 'String' } },
    Resources: { Foreign: FOREIGN['a Distributed Map that refers to a parameter']! },
  };
  const stacks = [
    { name: 'Other', template: other },
    { name: 'Stack', template: archiverTemplate() },
  ];
  expect((await sandboxOf(stacks)).stateMachineArn).toContain(':Machine-');
  await expect(sandboxOf(stacks, 'Other')).rejects.toThrow(
    'cannot be resolved here: template of Other: parameter Needed has no default',
  );
});

test('a topic that a rule names is there though it is imported, and what SNS refuses ends no run', async () => {
  const ops = 'arn:aws:sns:us-east-1:123456789012:ops';
  const own = archiverTemplate({ plan });
  own.Resources.Rule.Properties.Targets.push(
    { Id: 'Ops', Arn: ops, Input: '"it failed"' },
    { Id: 'Empty', Arn: ops, Input: '' },
  );
  const sandbox = await sandboxOf([{ name: 'Stack', template: own }]);
  const { status, alerts } = await sandbox.run();
  expect([status, alerts]).toEqual(['FAILED', [{ subject: null, message: '"it failed"' }]]);
});
