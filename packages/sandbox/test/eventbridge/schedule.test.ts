import { readAssembly } from '../../src/assembly/read';
import { App } from '../../src/assembly/scope';
import { scheduledStart } from '../../src/eventbridge/schedule';
import { cleanUp, writeAssembly } from '../fixtures/assembly';

afterAll(cleanUp);

const MACHINE = 'arn:aws:states:us-east-1:123456789012:stateMachine:M';
const AT = new Date('2026-11-24T16:00:00.123Z');

function start(target: object) {
  const template = {
    Resources: {
      S: { Type: 'AWS::Scheduler::Schedule', Properties: { Name: 's', Target: target } },
    },
  };
  return scheduledStart(
    new App(readAssembly(writeAssembly([{ name: 'Stack', template }]))),
    MACHINE,
    AT,
  );
}

test('the input has the scheduled instant, to the second and in UTC', () => {
  expect(
    start({ Arn: MACHINE, Input: '{"scheduledTime":"<aws.scheduler.scheduled-time>"}' }),
  ).toEqual({ input: '{"scheduledTime":"2026-11-24T16:00:00Z"}' });
});

test('the other context attributes are there, too', () => {
  expect(
    start({ Arn: MACHINE, Input: '"<aws.scheduler.attempt-number> <aws.scheduler.schedule-arn>"' })!
      .input,
  ).toBe('"1 arn:aws:scheduler:us-east-1:123456789012:schedule/default/s"');
});

test('a universal target names the execution', () => {
  const Input = JSON.stringify({ StateMachineArn: MACHINE, Name: 'nightly', Input: '{"a":1}' });
  expect(start({ Arn: 'arn:aws:scheduler:::aws-sdk:sfn:startExecution', Input })).toEqual({
    input: '{"a":1}',
    name: 'nightly',
  });
});

test('a schedule that verifies starts a run only if it is named', () => {
  const schedule = (action: object) => ({
    Type: 'AWS::Scheduler::Schedule',
    Properties: { Target: { Arn: MACHINE, Input: JSON.stringify(action) } },
  });
  const template = {
    Resources: { Weekly1: schedule({ action: 'verify' }), Nightly2: schedule({}) },
  };
  const app = new App(readAssembly(writeAssembly([{ name: 'Stack', template }])));
  expect(scheduledStart(app, MACHINE, AT)).toEqual({ input: '{}' });
  expect(scheduledStart(app, MACHINE, AT, 'Weekly')).toEqual({ input: '{"action":"verify"}' });
  expect(() => scheduledStart(app, MACHINE, AT, 'Monthly')).toThrow(
    'no schedule of the state machine has a logical id that begins with Monthly',
  );
});

test('a schedule of something else is none', () => {
  expect(start({ Arn: `${MACHINE}2`, Input: '{}' })).toBeUndefined();
});
