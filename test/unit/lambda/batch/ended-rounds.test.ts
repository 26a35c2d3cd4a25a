/**
 * Lambda freezes a function that has answered or failed, and lets what it left behind go on in the
 * middle of the next invocation.
 */
import { CopyObjectCommand, HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { moveBatch } from '../../../../src/lambda/batch/batch-round';
import type { BatchWorker } from '../../../../src/lambda/batch/batch-worker';
import { initialProgress } from '../../../../src/lambda/plan-run/plan-run';
import type { Environment } from '../../../../src/lambda/runtime/environment';
import { withSend } from '../../../../src/lambda/s3/with-send';
import { listSource, testRun, testWorker } from '../../../helpers/batch-fixtures';
import { type Harness, startHarness } from '../../../helpers/harness';

let harness: Harness;
beforeEach(async () => {
  harness = await startHarness({ minPartBytes: 1 });
  harness.store.createBucket('reports');
});
afterEach(() => harness.close());

const run = testRun({ startTime: new Date().toISOString() });

/** A client that holds back its requests of one kind until they are let go. */
function holding(s3: S3Client, isHeld: (command: unknown) => boolean) {
  const sent: string[] = [];
  let thaw = () => undefined as void;
  const thawed = new Promise<void>((resolve) => {
    thaw = resolve;
  });
  const send = async (
    command: { constructor: { name: string } },
    options?: { abortSignal?: AbortSignal },
  ) => {
    const signal = options?.abortSignal;
    signal?.throwIfAborted();
    sent.push(command.constructor.name);
    if (isHeld(command)) {
      const aborted = new Promise<never>((_, reject) =>
        signal?.addEventListener('abort', () =>
          reject(Object.assign(new Error('aborted'), { name: 'AbortError' })),
        ),
      );
      await Promise.race([thawed, aborted]);
    }
    return s3.send(command as never, options);
  };
  return { s3: withSend(s3, send as never), sent, thaw: () => thaw() };
}

test.each<[string, (command: unknown) => boolean, Environment]>([
  ['copies', (command) => command instanceof CopyObjectCommand, {}],
  [
    'copies in parts',
    (command) => command instanceof HeadObjectCommand,
    { MULTIPART_THRESHOLD_BYTES: '5' },
  ],
])(
  'a round that ends by an error leaves no %s behind that go on later',
  async (_, isHeld, environment) => {
    for (let i = 0; i < 40; i++) {
      harness.put(`in/d${String(i).padStart(2, '0')}-2026-11-24.csv`);
    }
    const held = holding(harness.s3, isHeld);
    const worker = testWorker({ s3: held.s3, run, environment });
    const select: BatchWorker['select'] = (item) => {
      if (item.Key.includes('d05')) {
        throw new Error('a defect');
      }
      return worker.select(item);
    };
    const event = { BatchInput: { run, progress: initialProgress() }, Items: listSource(harness) };
    // Longer than a test may take: the round must not wait for its time to end the requests.
    const round = moveBatch({ ...worker, select }, event, 900_000);
    await expect(round).rejects.toThrow('a defect');
    const before = [...held.sent];
    expect(before.length).toBeGreaterThan(0);

    held.thaw();
    for (let turn = 0; turn < 200; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(held.sent).toEqual(before);
    expect(harness.store.keys('archive')).toEqual([]);
  },
);
