import { queueReader } from './messages';

const NEVER = new AbortController().signal;
const PATIENT = { most: 30_000, quiet: 1_500 };
const QUICK = { most: 100, quiet: 50 };

/** Returns a queue that returns these subjects, one list for each receive. */
function queue(...receipts: string[][]) {
  const deleted: string[] = [];
  const send = async (command: { input: { Entries?: { ReceiptHandle: string }[] } }) => {
    if (command.input.Entries) {
      deleted.push(...command.input.Entries.map(({ ReceiptHandle }) => ReceiptHandle));
      return {};
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
    return {
      Messages: receipts.shift()?.map((Subject) => ({
        ReceiptHandle: Subject,
        Body: JSON.stringify({ Subject, Message: 'text' }),
      })),
    };
  };
  return { sqs: { send } as never, deleted };
}

test('waits for those that are expected, and for one too many', async () => {
  const { sqs, deleted } = queue([], [], [], [], [], ['b'], [], ['a']);
  expect(await queueReader(sqs, 'url', NEVER, PATIENT)(1)).toEqual(['a', 'b']);
  expect(deleted).toEqual(['b', 'a']);
});

test('does not wait for ever', async () => {
  expect(await queueReader(queue().sqs, 'url', NEVER, QUICK)(1)).toEqual([]);
});

test('an interruption ends it', async () => {
  await expect(
    queueReader(queue().sqs, 'url', AbortSignal.abort(new Error('interrupted')), QUICK)(1),
  ).rejects.toThrow('interrupted');
});
