import { readAssembly } from '../../src/assembly/read';
import { App } from '../../src/assembly/scope';
import { matchingTargets } from '../../src/eventbridge/rules';
import { cleanUp, writeAssembly } from '../fixtures/assembly';

afterAll(cleanUp);

const event = { source: 'aws.states', detail: { status: 'FAILED', name: 'run "1"', startDate: 5 } };

function targets(target: object, rule: object = {}): string[] {
  const properties = {
    EventPattern: { source: ['aws.states'] },
    Targets: [{ Id: 'T', Arn: 'arn:target', ...target }],
    ...rule,
  };
  const app = new App(
    readAssembly(
      writeAssembly([
        {
          name: 'Stack',
          template: { Resources: { Rule: { Type: 'AWS::Events::Rule', Properties: properties } } },
        },
      ]),
    ),
  );
  return matchingTargets(app, event).map(({ input }) => input);
}

test('a target gets the event', () => {
  expect(JSON.parse(targets({})[0]!)).toEqual(event);
});

test.each([
  [{ Input: '"fixed"' }, '"fixed"'],
  [{ InputPath: '$.detail.status' }, '"FAILED"'],
  [
    {
      InputTransformer: {
        InputPathsMap: { s: '$.detail.status', n: '$.detail.name', d: '$.detail.startDate' },
        InputTemplate: '{"status":<s>,"text":"of <n> at <d>","at":<d>}',
      },
    },
    '{"status":"FAILED","text":"of run \\"1\\" at 5","at":5}',
  ],
  [
    { InputTransformer: { InputPathsMap: { s: '$.detail.status' }, InputTemplate: '"<s>"' } },
    '"FAILED"',
  ],
])('%j', (target, expected) => {
  expect(targets(target)).toEqual([expected]);
});

test.each([
  [{ State: 'DISABLED' }],
  [{ EventPattern: { source: ['aws.states'], detail: { status: ['SUCCEEDED'] } } }],
  [{ EventPattern: { source: ['aws.s3'] } }],
])('%j: no target', (rule) => {
  expect(targets({}, rule)).toEqual([]);
});

test('what cannot be resolved of a target is left out with it, and nothing else', () => {
  const elsewhere = { 'Fn::ImportValue': 'elsewhere' };
  const Targets = [
    { Id: 'A', Arn: elsewhere },
    { Id: 'B', Arn: 'arn:b', Input: elsewhere },
    { Id: 'C', Arn: 'arn:c', Input: '"c"', RoleArn: elsewhere },
  ];
  expect(targets({}, { Targets })).toEqual(['"c"']);
});

test('a pattern that does not match is enough: its targets are not looked at', () => {
  expect(
    targets(
      {},
      { EventPattern: { source: ['aws.s3'] }, Targets: { 'Fn::ImportValue': 'elsewhere' } },
    ),
  ).toEqual([]);
});
