/**
 * Runs the S3 double in its own process. Messages from the benchmark create the objects and ask for
 * the results.
 */
import { BUCKET, judge, seed, type Shape } from './dataset';
import { drawLatencies, type Latency, randomFrom } from './latencies';
import { meterMoves } from './metered-moves';
import { type AllowedRate, meteredThrottle, type ThrottleMeter } from './metered-throttle';
import { judgePacks } from './packing/judge-packs';
import { type FaultPlan, startS3 } from '../packages/s3-double/src';

export interface ServerOptions {
  readonly latencyMs: number;
  /** In place of `latencyMs`, if it varies or if the moves are to be timed. */
  readonly latency?: Latency;
  readonly allowed?: AllowedRate;
  readonly faults?: FaultPlan;
}

export type Order = { readonly id: number } & (
  { readonly do: 'seed' | 'judge'; readonly shape: Shape } | { readonly do: 'reset' | 'usage' }
);

/** Counts since the last seed or reset. */
export interface ServerUsage {
  readonly requests: Record<string, number>;
  /** Undefined if the rate is not limited. */
  readonly writes?: ReturnType<ThrottleMeter['writes']>;
  readonly cpuSeconds: number;
  readonly copyingSeconds: number;
  /** From the first copy to the answer to the last delete. Undefined without `latency`. */
  readonly movingSeconds?: number;
}

/** Each server draws the same latencies. */
const SEED = 20_261_201;

async function main({ latencyMs, latency, allowed, faults }: ServerOptions): Promise<void> {
  const meter = allowed && meteredThrottle(allowed);
  const moves =
    latency === undefined
      ? undefined
      : meterMoves(drawLatencies(latency, randomFrom(SEED)), meter?.options.hooks);
  const double = await startS3({
    latencyMs,
    faults,
    ...meter?.options,
    ...(moves && { hooks: moves.hooks }),
  });
  const { store, requests, faultsInjected } = double;
  let cpu = process.cpuUsage();

  const reset = () => {
    for (const counts of [requests, faultsInjected]) {
      Object.keys(counts).forEach((name) => delete counts[name]);
    }
    meter?.reset();
    moves?.reset();
    cpu = process.cpuUsage();
  };
  const begin = (shape: Shape) => {
    seed(store, shape);
    reset();
  };
  const usage = (): ServerUsage => {
    const { user, system } = process.cpuUsage(cpu);
    return {
      requests: { ...requests },
      writes: meter?.writes(),
      cpuSeconds: (user + system) / 1e6,
      copyingSeconds: meter?.copyingSeconds() ?? 0,
      movingSeconds: moves?.movingSeconds(),
    };
  };
  const answer = (order: Order): unknown => {
    switch (order.do) {
      case 'seed':
        return begin(order.shape);
      case 'reset':
        return reset();
      case 'usage':
        return usage();
      case 'judge':
        return order.shape.packed
          ? judgePacks(store, order.shape)
          : judge(store, BUCKET, order.shape);
    }
  };
  process.on('message', (order: Order) => {
    process.send!({ id: order.id, value: answer(order) });
  });
  process.on('disconnect', () => process.exit());
  process.send!({ id: 0, value: double.endpoint });
}

void main(JSON.parse(process.argv[2]) as ServerOptions);
