import { S3Client } from '@aws-sdk/client-s3';
import type { Random } from './random';
import { startS3 } from '../../packages/s3-double/src';
import type { BatchEvent } from '../../src/contract/payloads/batch-payloads';
import type { LedgerLine } from '../../src/contract/payloads/ledger-line';
import type { Run } from '../../src/contract/payloads/run';
import type { BatchWorker } from '../../src/lambda/batch/batch-worker';
import { moveBatch } from '../../src/lambda/batch/move-batch';
import { initialProgress } from '../../src/lambda/plan-run/plan-run';
import { planWayBack } from '../../src/lambda/restore-batch/way-back';
import { assertHeld, assertNoRestore, type LockPlace, readLock, releaseLock, takeLock } from '../../src/lambda/restore-lock/restore-lock';
import { BucketClient } from '../../src/lambda/s3/bucket-client';
import { withSend } from '../../src/lambda/s3/with-send';
import { AimdConcurrencyController } from '../../src/lambda/throughput/concurrency-controller';
import { CopyThroughput } from '../../src/lambda/throughput/copy-throughput';
import { WriteRates } from '../../src/lambda/throughput/write-rates';

/** Most steps send a request, so that invocations get on. */
export const KINDS_OF_STEPS = [
  ...Array<'send'>(60).fill('send'), ...Array<'archive'>(3).fill('archive'), ...Array<'restore'>(3).fill('restore'), 'take', 'give back', 'time', 'fault',
] as const;
type Step = typeof KINDS_OF_STEPS[number];

const NAMES = ['a', 'b'];
export const CONTENTS = NAMES.map((name) => `content of ${name}`);
const keyOf = (name: string) => `in/${name}-2026-11-24.csv`;
const archivedKeyOf = (name: string) => `archive/2026/11/24/${name}-2026-11-24.csv`;

/** Seconds. */
const TIMEOUT = 300;
const WAIT = TIMEOUT + 60;
const RESTORE = 'arn:restore';

const BOTH = { startTime: '2026-11-25T01:00:00.000Z', from: '2026-11-24', to: '2026-11-24', dryRun: false, objectsPerSecond: 100_000 };

export type World = Awaited<ReturnType<typeof createWorld>>;

export async function createWorld(random: Random) {
  let now = Date.parse(BOTH.startTime);
  let fails = 0;
  let inFlight = 0;
  let runs = 0;
  const waiting: { readonly began: number; readonly go: () => void }[] = [];
  const moved = { archive: 0, restore: 0 };
  const world = { random, moved, refused: 0, sent: 0, take, holds, close };
  const double = await startS3({ now: () => new Date(now) });
  const real = new S3Client({ endpoint: double.endpoint, region: 'us-east-1', forcePathStyle: true, credentials: { accessKeyId: 'a', secretAccessKey: 'b' }, maxAttempts: 1 });
  for (const bucket of ['source', 'archive', 'reports']) { double.store.createBucket(bucket); }
  const etags = new Map(NAMES.map((name, index) => [name, `"${double.store.put('source', keyOf(name), CONTENTS[index]).etag.replaceAll('"', '')}"`]));
  const clock = { now: () => now, sleep: async () => undefined };

  /** A client whose requests wait until they are chosen. After the timeout of its invocation, none is sent. */
  function clientOf(began: number): S3Client {
    return withSend(real, async (command: { constructor: { name: string } }) => {
      await new Promise<void>((go) => waiting.push({ began, go }));
      inFlight += 1;
      world.sent += 1;
      try {
        const isLost = fails > 0 && /^(Copy|Put|Delete)/.test(command.constructor.name);
        const answer = await real.send(command as never);
        if (!isLost) { return answer; }
        fails -= 1;
        throw Object.assign(new Error('lost'), { code: 'ECONNRESET' });
      } finally {
        inFlight -= 1;
      }
    });
  }

  function lockOf(s3: S3Client): LockPlace {
    return { reports: new BucketClient({ s3, bucket: 'reports', budget: { clock, deadline: now + TIMEOUT * 1_000 } }), key: 'runs/restore-lock.json' };
  }

  function begin(kind: 'archive' | 'restore'): void {
    const run: Run = { ...BOTH, id: `run-${++runs}`, reportPrefix: `runs/2026-11-25/run-${runs}/`, ledgerPrefix: `runs/ledger/day=2026-11-24/run=run-${runs}/` };
    const s3 = clientOf(now);
    const isRestore = kind === 'restore';
    const lines = NAMES.map((name, index): LedgerLine => ({
      v: 2, key: keyOf(name), destination: archivedKeyOf(name), status: 'archived', etag: etags.get(name)!, archivedEtag: etags.get(name)!, size: CONTENTS[index].length, day: '2026-11-24', at: 0,
    }));
    const { items, ...back } = planWayBack(lines, 'runs/ledger/day=2026-11-24/run=nightly/batch-', undefined, undefined);
    const listed: BatchEvent['Items'] = lines.map(({ key, etag, size }) => ({ Key: key, Etag: etag, Size: size, LastModified: 0 }));
    const ways = {
      archive: {
        buckets: { sourceBucket: 'source', destinationBucket: 'archive' },
        Items: listed,
        more: {
          select: ({ Key }: { Key: string }) => ({ selected: true, date: '2026-11-24', destinationKey: Key.replace('in/', 'archive/2026/11/24/') }) as const,
          checkTurn: () => assertNoRestore(lockOf(s3)),
        },
      },
      restore: { buckets: { sourceBucket: 'archive', destinationBucket: 'source' }, Items: items, more: { ...back, checkTurn: () => assertHeld(lockOf(s3), RESTORE) } },
    };
    const { buckets, Items, more } = ways[isRestore ? 'restore' : 'archive'];
    const worker: BatchWorker = {
      s3,
      rate: new WriteRates(clock),
      concurrency: new AimdConcurrencyController(),
      copyThroughput: new CopyThroughput(),
      clock,
      settings: { ...buckets, layout: { flatten: false }, reportBucket: 'reports', conflictPolicy: 'REPORT', maxRounds: 10, multipartThresholdBytes: 5 * 1024 ** 3 } as BatchWorker['settings'],
      sourceLocks: false,
      promptDeletes: -1,
      onProblem: () => undefined,
      ...more,
    };
    moveBatch(worker, { BatchInput: { run, progress: initialProgress() }, Items }, TIMEOUT * 1_000).then(
      ({ counts }) => { moved[kind] += counts.archived; },
      (error: Error) => { if (error.name.startsWith('Restore')) { world.refused += 1; } },
    );
  }

  /** Waits until nothing moves but what waits to be chosen. */
  async function settle(): Promise<void> {
    do { await new Promise((resolve) => setTimeout(resolve, 0)); } while (inFlight > 0);
    await new Promise((resolve) => setImmediate(resolve));
  }

  async function take(step: Step): Promise<void> {
    const place = lockOf(real);
    switch (step) {
      case 'archive': case 'restore': begin(step); break;
      case 'fault': fails += 1; break;
      case 'time': now += random.pick([30, WAIT + 1, WAIT + 1]) * 1_000; break;
      case 'take': await takeLock(place, await readLock(place), { executionArn: RESTORE, runId: 'undo', startTime: BOTH.startTime, latestEnd: BOTH.startTime }, WAIT); break;
      case 'give back': await releaseLock(place, await readLock(place)); break;
      case 'send': {
        // Lambda has ended these. Whatever they had sent was executed before the time jumped.
        const alive = waiting.filter(({ began }) => now - began < TIMEOUT * 1_000);
        if (alive.length > 0) { waiting.splice(waiting.indexOf(random.pick(alive)), 1)[0].go(); }
      }
    }
    await settle();
  }

  function holds(content: string): boolean {
    return ['source', 'archive'].some((bucket) => double.store.keys(bucket).some((key) => double.store.get(bucket, key)!.body.bytes().toString() === content));
  }

  async function close(): Promise<void> {
    real.destroy();
    await double.close();
  }

  return world;
}
