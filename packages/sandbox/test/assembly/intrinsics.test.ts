import { readAssembly } from '../../src/assembly/read';
import { App } from '../../src/assembly/scope';
import { cleanUp, type FixtureStack, writeAssembly } from '../fixtures/assembly';

afterAll(cleanUp);

const app = (stacks: FixtureStack[]) => new App(readAssembly(writeAssembly(stacks)));

/** Resolves the value in a stack with a few resources, parameters, mappings and conditions. */
function resolved(value: unknown): unknown {
  const template = {
    Parameters: {
      Size: { Type: 'Number', Default: 5 },
      List: { Type: 'CommaDelimitedList', Default: 'a,b' },
      Subnets: { Type: 'List<AWS::EC2::Subnet::Id>', Default: 'a,b' },
      Needed: { Type: 'String' },
    },
    Mappings: { Map: { one: { two: 'three' } } },
    Conditions: { Yes: { 'Fn::Equals': ['a', 'a'] }, No: { 'Fn::Not': [{ Condition: 'Yes' }] } },
    Resources: {
      Bucket: { Type: 'AWS::S3::Bucket' },
      Named: {
        Type: 'AWS::S3::Bucket',
        Properties: { BucketName: { 'Fn::Sub': 'named-${AWS::Region}' } },
      },
      Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'alerts' } },
      Function: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'work' } },
      Machine: {
        Type: 'AWS::StepFunctions::StateMachine',
        Properties: { StateMachineName: 'machine' },
      },
      Key: { Type: 'AWS::KMS::Key' },
    },
  };
  return app([{ name: 'Test', template }]).scopes[0]!.resolve(value);
}

test.each([
  ['a pseudo-parameter', { Ref: 'AWS::AccountId' }, '123456789012'],
  ["a parameter's default", { Ref: 'Size' }, 5],
  ['a list parameter', { 'Fn::Select': [1, { Ref: 'List' }] }, 'b'],
  ['a list parameter of another type', { 'Fn::Join': ['-', { Ref: 'Subnets' }] }, 'a-b'],
  ['Ref of a topic', { Ref: 'Topic' }, 'arn:aws:sns:us-east-1:123456789012:alerts'],
  ['Ref of a function', { Ref: 'Function' }, 'work'],
  [
    'Ref of a state machine',
    { Ref: 'Machine' },
    'arn:aws:states:us-east-1:123456789012:stateMachine:machine',
  ],
  [
    'GetAtt as a list',
    { 'Fn::GetAtt': ['Function', 'Arn'] },
    'arn:aws:lambda:us-east-1:123456789012:function:work',
  ],
  ['GetAtt as text', { 'Fn::GetAtt': 'Topic.TopicName' }, 'alerts'],
  ['a name with a function in it', { Ref: 'Named' }, 'named-us-east-1'],
  ['Join', { 'Fn::Join': ['-', ['a', { Ref: 'Size' }, 'b']] }, 'a-5-b'],
  [
    'Sub',
    { 'Fn::Sub': '${AWS::Partition}:${Topic.TopicName}:${!Literal}' },
    'aws:alerts:${Literal}',
  ],
  ['Sub with variables', { 'Fn::Sub': ['${x}/${Size}', { x: { Ref: 'Function' } }] }, 'work/5'],
  ['Split and Select', { 'Fn::Select': ['5', { 'Fn::Split': [':', { Ref: 'Topic' }] }] }, 'alerts'],
  ['If', { 'Fn::If': ['No', 'yes', { 'Fn::If': ['Yes', 'inner', 'other'] }] }, 'inner'],
  [
    'And, Or, Equals',
    {
      'Fn::And': [
        { Condition: 'Yes' },
        { 'Fn::Or': [{ Condition: 'No' }, { 'Fn::Equals': [1, '1'] }] },
      ],
    },
    true,
  ],
  ['FindInMap', { 'Fn::FindInMap': ['Map', 'one', { 'Fn::Join': ['', ['t', 'wo']] }] }, 'three'],
  ['ToJsonString', { 'Fn::ToJsonString': { a: { Ref: 'Size' } } }, '{"a":5}'],
  ['NoValue in an object', { a: { Ref: 'AWS::NoValue' }, b: 1 }, { b: 1 }],
  ['NoValue in a list', [1, { 'Fn::If': ['No', 2, { Ref: 'AWS::NoValue' }] }], [1]],
])('%s', (_name, value, expected) => {
  expect(resolved(value)).toEqual(expected);
});

test('what has no name gets one as CloudFormation makes it, the same every time', () => {
  const name = resolved({ Ref: 'Bucket' });
  expect(name).toMatch(/^test-bucket-[0-9a-f]{12}$/);
  expect(resolved({ Ref: 'Bucket' })).toBe(name);
  expect(resolved({ 'Fn::GetAtt': ['Bucket', 'Arn'] })).toBe(`arn:aws:s3:::${name}`);
});

test.each([
  [{ Ref: 'Nothing' }, 'nothing is called Nothing'],
  [{ Ref: 'Needed' }, 'parameter Needed has no default'],
  [{ 'Fn::ImportValue': 'absent' }, 'exports absent'],
  [{ 'Fn::Join': ['-', { 'Fn::GetAtt': ['Topic', 'Unknown'] }] }, 'a function wants a list'],
  [{ 'Fn::Transform': {} }, 'does not evaluate Fn::Transform'],
])('%j is an error that says what is missing', (value, message) => {
  expect(() => resolved(value)).toThrow(message);
});

test('a stack uses what another one exports', () => {
  const { scopes } = app([
    {
      name: 'Data',
      template: {
        Resources: { B: { Type: 'AWS::S3::Bucket' } },
        Outputs: {
          Out: { Value: { Ref: 'B' }, Export: { Name: { 'Fn::Sub': '${AWS::StackName}:B' } } },
        },
      },
    },
    { name: 'User', template: {} },
  ]);
  expect(scopes[1]!.resolve({ 'Fn::ImportValue': 'Data:B' })).toBe(scopes[0]!.physicalName('B'));
});

test('an export whose name cannot be resolved is not the one', () => {
  const Outputs = {
    Odd: { Value: 'x', Export: { Name: { Ref: 'Needed' } } },
    Out: { Value: 'y', Export: { Name: 'wanted' } },
  };
  expect(
    app([{ name: 'Data', template: { Parameters: { Needed: {} }, Outputs } }]).scopes[0]!.resolve({
      'Fn::ImportValue': 'wanted',
    }),
  ).toBe('y');
});

test('a stack with an environment of its own is resolved for it', () => {
  const [scope] = app([
    {
      name: 'There',
      environment: 'aws://111122223333/cn-north-1',
      template: { Resources: { T: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 't' } } } },
    },
  ]).scopes;
  expect(scope!.resolve({ Ref: 'T' })).toBe('arn:aws-cn:sns:cn-north-1:111122223333:t');
});

test('names of buckets may be given', () => {
  const stacks = readAssembly(
    writeAssembly([
      {
        name: 'Test',
        template: {
          Resources: { B: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'template' } } },
        },
      },
    ]),
  );
  expect(new App(stacks, { B: 'given' }).scopes[0]!.resolve({ Ref: 'B' })).toBe('given');
});
