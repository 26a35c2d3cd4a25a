import { openSandbox, type Sandbox } from '../../src/internal';
import { archiverTemplate, cleanUp, writeAssembly } from '../fixtures/assembly';

const open: Sandbox[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((sandbox) => sandbox.close()));
  cleanUp();
});

const arnOf = (logicalId: string) => ({ 'Fn::GetAtt': [logicalId, 'Arn'] });
const ECHO =
  'exports.handler = async ({ Records }) => Records.map(({ body, eventSource, eventSourceARN }) ' +
  '=> [body, eventSource, eventSourceARN.split(":").at(-1)])';
const LETTERS = ['a', 'b', 'c'].map((body) => ({
  body,
  eventSourceARN: 'arn:aws:sqs:eu-west-1:999999999999:Other',
}));

/** Returns what the explainer answers to each event that it gets. */
async function deliver(
  mapping: object,
  target: object = { DeadLetterConfig: { Arn: arnOf('DeadLetters') } },
): Promise<unknown[]> {
  const template = archiverTemplate({ explain: ECHO });
  const queue = (name: string) => ({ Type: 'AWS::SQS::Queue', Properties: { QueueName: name } });
  Object.assign(template.Resources, {
    DeadLetters: queue('dead-letters'),
    Others: queue('others'),
    Mapping: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: {
        FunctionName: { Ref: 'ExplainFunction' },
        EventSourceArn: arnOf('DeadLetters'),
        ...mapping,
      },
    },
  });
  Object.assign(template.Resources.Schedule.Properties.Target, target);
  const sandbox = await openSandbox({
    app: writeAssembly([{ name: 'Stack', template }]),
    retryScale: 0,
  });
  open.push(sandbox);
  const answers = await sandbox.deliver(LETTERS);
  return answers.map((answer) =>
    'payload' in answer ? (JSON.parse(answer.payload) as unknown) : answer,
  );
}

const received = (...bodies: string[]) => bodies.map((body) => [body, 'aws:sqs', 'dead-letters']);

test('messages of the queue come in batches of the size that the mapping has, 10 if it has none', async () => {
  expect(await deliver({ BatchSize: 1 })).toEqual([received('a'), received('b'), received('c')]);
  expect(await deliver({ BatchSize: 2, Enabled: true, Tags: [] })).toEqual([
    received('a', 'b'),
    received('c'),
  ]);
  expect(await deliver({})).toEqual([received('a', 'b', 'c')]);
});

test.each<[string, object, RegExp]>([
  [
    'another queue',
    { EventSourceArn: arnOf('Others') },
    /no function reads the queue \S+:dead-letters: Mapping reads \S+:others$/,
  ],
  [
    'nothing',
    { Enabled: false },
    /no function reads the queue \S+:dead-letters: Mapping reads nothing$/,
  ],
  [
    'some of the messages',
    { FilterCriteria: { Filters: [] } },
    /event source mapping Mapping has FilterCriteria; the sandbox has FunctionName, EventSourceArn, BatchSize/,
  ],
  [
    'no messages at a time',
    { BatchSize: 0 },
    /Mapping has the BatchSize 0; without a batching window, Lambda takes 1 to 10/,
  ],
  [
    'more messages than Lambda takes',
    { BatchSize: 11 },
    /Mapping has the BatchSize 11; without a batching window, Lambda takes 1 to 10/,
  ],
  [
    'with a function that is not there',
    { FunctionName: 'gone' },
    /the function gone, which reads the queue \S+:dead-letters, is not in the assembly/,
  ],
])('fails if the mapping reads %s', async (_what, mapping, message) => {
  await expect(deliver(mapping)).rejects.toThrow(message);
});

test('fails if the schedule has no dead-letter queue', async () => {
  await expect(deliver({}, { DeadLetterConfig: undefined })).rejects.toThrow(
    'no schedule of the state machine has a dead-letter queue',
  );
});
