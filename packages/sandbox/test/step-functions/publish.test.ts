import { serviceCalls } from 'cdk-s3-dated-archiver-engine';
import { Topics } from '../../src/sns/topics';

const TOPIC = 'arn:aws:sns:us-east-1:123456789012:alerts';

function publish(parameters: object): Promise<unknown> {
  const topics = new Topics();
  topics.add(TOPIC);
  const call = serviceCalls({
    topics,
    permissions: { demandPublish: () => undefined },
    accessKeyId: 'x',
  } as unknown as Parameters<typeof serviceCalls>[0]);
  return call({
    resource: 'arn:aws:states:::sns:publish',
    input: { TopicArn: TOPIC, ...parameters },
    caller: [],
  } as Parameters<typeof call>[0]);
}

test('a state that publishes a text succeeds', async () => {
  expect(await publish({ Message: 'done' })).toEqual({ MessageId: expect.any(String) });
});

test.each([{}, { Message: '' }])(
  'a state that publishes %j fails, as SNS demands a message',
  async (parameters) => {
    await expect(publish(parameters)).rejects.toThrow('Empty message');
  },
);
