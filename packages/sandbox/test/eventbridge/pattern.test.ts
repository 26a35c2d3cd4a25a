import { matchesPattern } from '../../src/eventbridge/pattern';

const event = {
  source: 'aws.states',
  detail: { status: 'FAILED', stateMachineArn: 'arn:a:1', error: null, tags: ['x', 'y'], count: 3 },
};

test.each([
  [{ source: ['aws.states'] }, true],
  [{ source: ['aws.s3'] }, false],
  [{ source: ['aws.s3', 'aws.states'], detail: { status: ['FAILED', 'TIMED_OUT'] } }, true],
  [{ detail: { status: ['SUCCEEDED'] } }, false],
  [{ detail: { stateMachineArn: [{ prefix: 'arn:a' }] } }, true],
  [{ detail: { stateMachineArn: [{ prefix: 'arn:b' }] } }, false],
  [{ detail: { stateMachineArn: [{ suffix: ':1' }] } }, true],
  [{ detail: { status: [{ 'anything-but': 'SUCCEEDED' }] } }, true],
  [{ detail: { status: [{ 'anything-but': ['FAILED', 'ABORTED'] }] } }, false],
  [{ detail: { stateMachineArn: [{ 'anything-but': { prefix: 'arn:a' } }] } }, false],
  [{ detail: { missing: [{ exists: false }] } }, true],
  [{ detail: { status: [{ exists: false }] } }, false],
  [{ detail: { status: [{ exists: true }] } }, true],
  [{ detail: { status: [{ 'equals-ignore-case': 'failed' }] } }, true],
  [{ detail: { count: [{ numeric: ['>', 2] }] } }, true],
  [{ detail: { count: [{ numeric: ['>', 3] }] } }, false],
  [{ detail: { count: [{ numeric: ['>=', 3, '<', 4] }] } }, true],
  [{ detail: { count: [{ numeric: ['>=', 3, '<', 3] }] } }, false],
  [{ detail: { count: [{ numeric: ['=', 3] }] } }, true],
  [{ detail: { count: [{ numeric: ['<=', 2] }] } }, false],
  [{ detail: { status: [{ numeric: ['>', 0] }] } }, false],
  [{ detail: { error: [null] } }, true],
  [{ detail: { tags: ['y'] } }, true],
  [{ nowhere: { deep: ['x'] } }, false],
])('%j: %s', (pattern, expected) => {
  expect(matchesPattern(pattern, event)).toBe(expected);
});

test('an operator that is not known is an error, not a mismatch', () => {
  expect(() => matchesPattern({ source: [{ cidr: '10.0.0.0/8' }] }, event)).toThrow('cidr');
});
