/**
 * Checks that the messages of whole runs show keys and names of strangers, with any characters,
 * and never print them raw.
 */
import { AlertMode } from '../../../../src';
import type { AlertDetails } from '../../../../src/contract/alert-details';
import { formatKey } from '../../../../src/lambda/text/format';
import { rehearse, type Rehearsal } from '../../../helpers/run-in-sandbox';

/**
 * What a stranger may write into a key: a line of our own message, a terminal sequence, reversed
 * text, what SQS refuses.
 */
const HOSTILE = [
  '\nFailed: 0',
  '\u009b31m',
  '\u202egpj',
  '\u061c',
  '\ufffe',
  '"}]\\',
  'naïve 日本 😀',
];
const keys = HOSTILE.map((text, i) => `incoming/${i}${text}-2026-11-24.csv`);
const LONG = `incoming/7${'\u{1f600}'.repeat(200)}-2026-11-24.csv`;
const NAME = 'nightly\u202e\u061c';
/**
 * SNS and SQS accept these characters:
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
const PRINTABLE =
  /^[\n\x20-\x7e\u00a1-\u00ac\u00ae-\u0600\u3000-\u30ff\u4e00-\u9fff\u{1f300}-\u{1f6ff}]*$/u;

let rehearsal: Rehearsal;
afterEach(() => rehearsal.close());

async function run(alertMode: AlertMode, ownKeys: readonly string[]) {
  rehearsal = await rehearse({
    alertMode,
    batchSize: 10,
    maxConcurrency: 1,
    toleratedFailurePercentage: 50,
  });
  for (const key of ownKeys) {
    rehearsal.put(key);
    rehearsal.putArchived(key.replace('incoming/', 'archive/2026/11/24/'), 'other content');
  }
  rehearsal.put('incoming/fine-2026-11-24.csv');
  await rehearsal.sandbox.run({ input: { date: '2026-11-24' }, name: NAME });
  return rehearsal.sandbox.published.map((alert) => ({
    ...alert,
    details: JSON.parse(alert.attributes.details) as AlertDetails,
  }));
}

const GROUPS = [keys.slice(0, 3), keys.slice(3, 6), [keys[6], LONG]];

test.each(
  [AlertMode.PROBLEMS, AlertMode.PER_BATCH].flatMap((mode) =>
    GROUPS.map((group, index) => ({ mode, group, index })),
  ),
)(
  '$mode, keys of group $index: each message is printable, its details are ASCII, and its keys ' +
    'exist',
  async ({ mode, group }) => {
    const alerts = await run(mode, group);
    expect(alerts).toHaveLength(mode === AlertMode.PER_BATCH ? 2 : 1);
    for (const { subject, message, attributes, details } of alerts) {
      for (const text of [subject, message, attributes.runId, attributes.archiver]) {
        expect(text).toMatch(PRINTABLE);
      }
      expect(attributes.runId).toBe('nightly\\u202e\\u061c');
      expect(message).not.toMatch(/^Failed: 0/m);
      expect(attributes.details).toMatch(/^[\x20-\x7e]*$/);
      // The message about a batch is made of its progress, which has no room for keys of any
      // length.
      expect(details.problems.map(({ key }) => key)).toEqual(
        details.batchArn ? group.map((key) => formatKey(key, 300)) : group,
      );
    }
  },
);
