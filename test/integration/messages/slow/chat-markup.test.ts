/** Every kind of message whose keys and names are written to be read as markup by a chat. */
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { AlertMode, Listing } from '../../../../src';
import { findMarkup, type OurEnvelope, parseEnvelope } from '../../../helpers/chat-envelope';
import { deadLetter } from '../../../helpers/dead-letters';
import { rehearse, type Rehearsal } from '../../../helpers/run-in-sandbox';

// A run starts the processes of all functions.
jest.setTimeout(180_000);

const DAY = '2026-11-24';
/**
 * Bold, italic, struck-out and code; a link of Slack and one of Teams; mentions; an entity; lines;
 * the end of a block.
 */
const MARKUP = [
  '*b*_i_~s~`c`',
  '<http:x|y>[y](z)',
  '<!here>@channel',
  '&lt;!channel&gt;',
  'line\n```\n# line',
  '(a|b) R&D',
];
const keyOf = (text: string) => `incoming/${text}-${DAY}.csv`;
const archivedAs = (text: string) => `archive/2026/11/24/${text}-${DAY}.csv`;

let rehearsal: Rehearsal;
afterEach(() => rehearsal.close());

async function start(props: object = {}): Promise<void> {
  rehearsal = await rehearse((stack) => ({
    batchSize: 10,
    maxConcurrency: 1,
    allowRestore: true,
    toleratedFailurePercentage: 50,
    chatTopic: new Topic(stack, 'Chat'),
    ...props,
  }));
}

const store = () => rehearsal.sandbox.s3!.store;
const run = (input: object, name: string) => rehearsal.sandbox.run({ input, name });

/** The messages that the chat got since the last call. */
let read = 0;
beforeEach(() => {
  read = 0;
});
function getMessages(): OurEnvelope[] {
  const messages = rehearsal.sandbox.published
    .filter(({ topicArn }) => /Chat/.test(topicArn))
    .slice(read);
  read += messages.length;
  return messages.map(({ message }) => parseEnvelope(message));
}

function expectHarmless(messages: readonly OurEnvelope[], shown: readonly RegExp[]): void {
  expect(messages.flatMap(findMarkup)).toEqual([]);
  // The texts are there, or nothing was tried.
  const all = messages
    .map(({ content }) =>
      [content.title, content.description, ...(content.nextSteps ?? [])].join('\n'),
    )
    .join('\n');
  for (const each of shown) {
    expect(all).toMatch(each);
  }
}

/** The keys as they are shown in code. */
const SHOWN = [
  /\*b\*_i_~s~\\u0060c\\u0060/,
  /\\u003chttp:x\|y\\u003e\[y\]\(z\)/,
  /\\u003c!here\\u003e\\u0040channel/,
  /\\u0026lt;!channel\\u0026gt;/,
  /line(\\u000a|\\n)\\u0060\\u0060\\u0060\1# line/,
  /\(a\|b\) R&D/,
];
const ANY = new RegExp(SHOWN.map(({ source }) => source.replace('\\1', '.*')).join('|'));

test('runs, verifications and restores', async () => {
  await start({ alertMode: AlertMode.PER_BATCH });
  const bucket = rehearsal.sandbox.destinationBucket;
  for (const text of [...MARKUP, 'fine']) {
    rehearsal.put(keyOf(text));
  }
  for (const text of MARKUP) {
    store().put(bucket, archivedAs(text), 'other content');
  }

  await run({ date: DAY, dryRun: true }, 'dry');
  expectHarmless(getMessages(), [/^Dry run/m, ...SHOWN]);
  await run({ date: DAY }, 'nightly');
  const messages = getMessages();
  expect(messages.map(({ metadata }) => metadata.threadId)).toEqual(['nightly', 'nightly']);
  // The message about a batch names three objects.
  expectHarmless(messages.slice(0, 1), [/in a batch of 7 objects/, ANY]);
  expectHarmless(messages.slice(1), [/DESTINATION_EXISTS/, ...SHOWN]);

  for (const text of MARKUP) {
    store().delete(bucket, archivedAs(text));
  }
  await run({ date: DAY }, 'again');
  expect(getMessages()).toEqual([]);
  for (const text of MARKUP) {
    store().put(bucket, archivedAs(text), 'replaced');
  }
  await run({ action: 'verify', date: DAY }, 'check');
  expectHarmless(getMessages(), [/ARCHIVED_COPY_CHANGED/, SHOWN[0]!, SHOWN[3]!]);
  for (const text of MARKUP) {
    rehearsal.put(keyOf(text), 'taken');
  }
  await run({ action: 'restore', run: 'again' }, 'back');
  expectHarmless(getMessages(), [/^Restore/m, ANY]);
});

test('failed runs', async () => {
  await start({
    toleratedFailurePercentage: 0,
    schedule: ScheduleExpression.cron({ hour: '1', minute: '0' }),
    listing: Listing.selective(),
  });
  for (const [at, text] of MARKUP.entries()) {
    await run({ date: text }, `wrong-${at}`);
    expectHarmless(getMessages(), [/InvalidRunInput/, SHOWN[at]]);
    await rehearsal.sandbox.deliver([deadLetter({ ERROR_MESSAGE: text, SCHEDULE_ARN: text })]);
    expectHarmless(getMessages(), [/did not start/]);
  }
  const [text] = MARKUP;
  await run(
    { date: DAY, manifest: `s3://${rehearsal.sandbox.reportBucket}/lists/${text}` },
    'listed',
  );
  expectHarmless(getMessages(), [/manifest/i, SHOWN[0]]);
  rehearsal.put(keyOf(text));
  store().deny({
    operations: ['CopyObject'],
    keyPrefix: 'archive/',
    message: `${MARKUP.join(' ')} is not authorized`,
  });
  await run({ date: DAY }, 'denied');
  expectHarmless(getMessages(), [/is not authorized/, SHOWN[0], SHOWN[2]]);
});
