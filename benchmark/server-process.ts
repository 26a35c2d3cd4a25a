/**
 * Runs the S3 double in its own process. Messages from the benchmark create the objects and ask for
 * the results.
 */
import { BUCKET, judge, seed, type Shape } from './dataset';
import { type AllowedRate, meteredThrottle, type ThrottleMeter } from './metered-throttle';
import { judgePacks } from './packing/judge-packs';
import { type FaultPlan, startS3 } from '../packages/s3-double/src';

export interface ServerOptions {
  readonly latencyMs: number;
  readonly allowed?: AllowedRate;
  readonly faults?: FaultPlan;
}

export type Order = { readonly id: number } & (
  { readonly do: 'seed' | 'judge'; readonly shape: Shape } | { readonly do: 'usage' }
);

/** Counts since the last seed. */
export interface ServerUsage {
  readonly requests: Record<string, number>;
  /** Undefined if the rate is not limited. */
  readonly writes?: ReturnType<ThrottleMeter['writes']>;
  readonly cpuSeconds: number;
  readonly copyingSeconds: number;
}

async function main({ latencyMs, allowed, faults }: ServerOptions): Promise<void> {
  const meter = allowed && meteredThrottle(allowed);
  const double = await startS3({ latencyMs, faults, ...meter?.options });
  const { store, requests, faultsInjected } = double;
  let cpu = process.cpuUsage();

  const begin = (shape: Shape) => {
    seed(store, shape);
    for (const counts of [requests, faultsInjected]) {
      Object.keys(counts).forEach((name) => delete counts[name]);
    }
    meter?.reset();
    cpu = process.cpuUsage();
  };
  const usage = (): ServerUsage => {
    const { user, system } = process.cpuUsage(cpu);
    return {
      requests: { ...requests },
      writes: meter?.writes(),
      cpuSeconds: (user + system) / 1e6,
      copyingSeconds: meter?.copyingSeconds() ?? 0,
    };
  };
  process.on('message', (order: Order) => {
    const value =
      order.do === 'usage'
        ? usage()
        : order.do === 'seed'
          ? begin(order.shape)
          : order.shape.packed
            ? judgePacks(store, order.shape)
            : judge(store, BUCKET, order.shape);
    process.send!({ id: order.id, value });
  });
  process.on('disconnect', () => process.exit());
  process.send!({ id: 0, value: double.endpoint });
}

void main(JSON.parse(process.argv[2]) as ServerOptions);
