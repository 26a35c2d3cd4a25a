import type { FunctionUsage, Meter } from 'cdk-s3-dated-archiver-engine';
import type { Bill } from 'cdk-s3-dated-archiver-s3-double';
import { type CostItem, getReportedCost, type Usage } from '../../../../src/lambda/pricing/cost';

export interface Metered {
  readonly bill: Bill;
  readonly meter: Meter;
  readonly functions: readonly FunctionUsage[];
  readonly published: number;
  /** By the name of a bucket. */
  readonly regions: ReadonlyMap<string, string>;
}

/** Estimates the cost of a run on AWS, at list prices and with the durations measured here. */
export function createEstimate(
  { bill, meter, functions, published, regions }: Metered,
  region: string,
): { usd: number; items: CostItem[] } {
  const sum = (of: (usage: FunctionUsage) => number) =>
    functions.reduce((before, usage) => before + of(usage), 0);
  const { total, items } = getReportedCost(
    {
      requests: bill.requests,
      transitions: meter.transitions,
      invocations: sum(({ invocations }) => invocations),
      lambdaGbSeconds: sum(
        ({ milliseconds, memoryMb }) => (milliseconds / 1000) * (memoryMb / 1024),
      ),
      publishes: published,
      logBytes: sum(({ logBytes }) => logBytes),
      retrieved: bill.retrieved,
      earlyByteDays: bill.earlyByteDays,
      transferred: getTransferred(bill, regions),
    },
    region,
  );
  return { usd: total, items };
}

/**
 * The bytes that went from one region to another. Each copy is billed, also one that is made twice.
 */
function getTransferred(
  { copied }: Bill,
  regions: ReadonlyMap<string, string>,
): Usage['transferred'] {
  return Object.entries(copied).flatMap(([buckets, bytes]) => {
    const [from, to] = buckets.split('/').map((name) => regions.get(name));
    return from !== undefined && to !== undefined && from !== to ? [{ from, to, bytes }] : [];
  });
}
