/** Every kind of message, as a chat gets it. */
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { AlertMode } from '../../../src';
import { parseEnvelope } from '../../helpers/chat-envelope';
import { deadLetter } from '../../helpers/dead-letters';
import { rehearse, type Rehearsal } from '../../helpers/run-in-sandbox';

let rehearsal: Rehearsal;
afterEach(() => rehearsal.close());

async function start(props: object = {}) {
  rehearsal = await rehearse((stack) => ({
    alertMode: AlertMode.EVERY_RUN,
    batchSize: 10,
    maxConcurrency: 1,
    allowRestore: true,
    chatTopic: new Topic(stack, 'Chat'),
    ...props,
  }));
  for (let i = 0; i < 20; i++) {
    rehearsal.put(`incoming/${String(i).padStart(2, '0')}-2026-11-24.csv`);
  }
}

const run = (input: object = { date: '2026-11-24' }, name = 'nightly') =>
  rehearsal.sandbox.run({ input, name });

/** The messages in pairs: each to the alert topic, and then to the chat. */
function pairs() {
  const { published } = rehearsal.sandbox;
  expect(published.length % 2).toBe(0);
  return Array.from({ length: published.length / 2 }, (_, i) => {
    const [alert, chat] = published.slice(2 * i, 2 * i + 2);
    expect(chat.topicArn).toMatch(/Chat/);
    expect(alert.topicArn).not.toBe(chat.topicArn);
    expect(chat.attributes).toEqual(alert.attributes);
    return { alert, chat: parseEnvelope(chat.message) };
  });
}

test('a clean run, a verification and a restore', async () => {
  await start();
  await run();
  await run({ action: 'verify', run: 'nightly' }, 'check');
  await run({ action: 'restore', run: 'nightly' }, 'back');
  expect(
    pairs().map(({ alert, chat }) => [
      chat.metadata.threadId,
      chat.metadata.eventType,
      chat.content.title === alert.subject,
    ]),
  ).toEqual([
    ['nightly', 'CLEAN', true],
    ['check', 'CLEAN', true],
    ['back', 'CLEAN', true],
  ]);
});

test('a dry run', async () => {
  await start({ alertMode: AlertMode.PROBLEMS });
  await run({ date: '2026-11-24', dryRun: true });
  const [{ chat }, ...more] = pairs();
  expect(more).toEqual([]);
  expect(chat.content.title).toMatch(/^Dry run/);
});

test('a batch with problems and its run are in one thread', async () => {
  await start({ alertMode: AlertMode.PER_BATCH, toleratedFailurePercentage: 50 });
  rehearsal.sandbox.s3!.store.deny({
    operations: ['CopyObject'],
    keyPrefix: 'archive/2026/11/24/08',
  });
  await run();
  const [batch, whole, ...more] = pairs();
  expect(more).toEqual([]);
  expect([batch, whole].map(({ chat }) => chat.metadata.threadId)).toEqual(['nightly', 'nightly']);
  expect(batch.chat.content.description).toContain('08-2026-11-24.csv');
  expect(whole.chat.content.nextSteps!.join('\n')).toContain('aws stepfunctions start-execution');
});

test('a run that failed, and one whose input was wrong', async () => {
  await start();
  rehearsal.sandbox.s3!.store.deny({ operations: ['CopyObject'], keyPrefix: 'archive/' });
  await run();
  await run({ data: '2026-11-24' }, 'wrong');
  expect(
    pairs().map(({ chat }) => [
      chat.metadata.threadId,
      chat.metadata.eventType,
      chat.content.nextSteps!.length > 1,
    ]),
  ).toEqual([
    ['nightly', 'FAILED', true],
    ['wrong', 'FAILED', true],
  ]);
});

test('a run that did not start', async () => {
  await start({ schedule: ScheduleExpression.cron({ hour: '1', minute: '0' }) });
  await rehearsal.sandbox.deliver([
    deadLetter({ ERROR_MESSAGE: 'not authorized to perform: states:StartExecution' }),
  ]);
  const [{ chat }, ...more] = pairs();
  expect(more).toEqual([]);
  expect(chat.metadata.eventType).toBe('NOT_STARTED');
});
