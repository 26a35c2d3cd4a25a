/** The embedded S3 in a process of its own, told by messages of the bench what to hold and to tell. */
import { performance } from 'perf_hooks';
import { BUCKET, judge, seed, type Shape } from './dataset';
import { startS3, type S3DoubleOptions } from '../../sandbox/s3';

export interface ServerOptions {
  readonly latencyMs: number;
  readonly throttling?: { readonly writesPerSecond: number; readonly burst: number; readonly halving?: { everySeconds: number; forSeconds: number } };
}

export type Order = { readonly id: number } & ({ readonly do: 'seed' | 'judge'; readonly shape: Shape } | { readonly do: 'usage' });

/** Since the last seed. */
export interface ServerUsage {
  readonly requests: Record<string, number>;
  /** Writes that were refused with SlowDown. */
  readonly refused: number;
  readonly cpuSeconds: number;
  /** From the first write to the last that was let through. */
  readonly writingSeconds: number;
  readonly peakMiB: number;
}

const options = JSON.parse(process.argv[2]) as ServerOptions;
let cpu = process.cpuUsage();
let firstWrite: number | undefined;
let lastWrite = 0;

const isWrite = (operation: string) => operation === 'CopyObject' || operation.startsWith('Delete');
/** The throttle's clock begins with the first write: a rate that changes midway changes midway for every contender. */
const sinceFirstWrite = () => (firstWrite === undefined ? 0 : (performance.now() - firstWrite) / 1000);

const doubleOptions: S3DoubleOptions = {
  latencyMs: options.latencyMs,
  ...options.throttling && {
    throttling: { ...options.throttling, seconds: sinceFirstWrite },
    hooks: {
      before: ({ operation }) => {
        if (isWrite(operation)) firstWrite ??= performance.now();
        return undefined;
      },
      after: ({ operation }) => {
        if (isWrite(operation)) lastWrite = performance.now();
      },
    },
  },
};

async function main(): Promise<void> {
  const double = await startS3(doubleOptions);
  const refused = () => (double.faultsInjected.SlowDown ?? 0) + (double.faultsInjected.KeySlowDown ?? 0);
  let refusedBefore = 0;
  const answer = (order: Order): unknown => {
    if (order.do === 'judge') return judge(double.store, BUCKET, order.shape);
    if (order.do === 'seed') {
      seed(double.store, order.shape);
      double.resetRequests();
      refusedBefore = refused();
      cpu = process.cpuUsage();
      firstWrite = undefined;
      return undefined;
    }
    const { user, system } = process.cpuUsage(cpu);
    return {
      requests: { ...double.requests },
      refused: refused() - refusedBefore,
      cpuSeconds: (user + system) / 1e6,
      writingSeconds: firstWrite === undefined ? 0 : (lastWrite - firstWrite) / 1000,
      peakMiB: process.resourceUsage().maxRSS / 1024,
    } satisfies ServerUsage;
  };
  process.on('message', (order: Order) => process.send!({ id: order.id, value: answer(order) }));
  process.on('disconnect', () => process.exit());
  process.send!({ id: 0, value: double.endpoint });
}

void main();
