import type { Bill } from 'cdk-s3-dated-archiver-s3-double';
import { type CostItem, getReportedCost } from '../../../../src/lambda/pricing/cost';
import { getPrices } from '../../../../src/lambda/pricing/prices';
import type { FunctionUsage } from '../lambda/host';
import type { Meter } from '../step-functions/world';

export interface Metered {
  readonly bill: Bill;
  readonly meter: Meter;
  readonly express: boolean;
  readonly functions: readonly FunctionUsage[];
  readonly published: number;
}

/** Estimates the cost of a run on AWS, at list prices and with the durations measured here. */
export function createEstimate({ bill, meter, express, functions, published }: Metered, region: string): { usd: number; items: CostItem[] } {
  const sum = (of: (usage: FunctionUsage) => number) => functions.reduce((before, usage) => before + of(usage), 0);
  const { total, items } = getReportedCost({
    requests: bill.requests,
    transitions: meter.transitions,
    ...express && { express: { children: meter.children, seconds: meter.expressMilliseconds / 1000 } },
    invocations: sum(({ invocations }) => invocations),
    lambdaGbSeconds: sum(({ milliseconds, memoryMb }) => (milliseconds / 1000) * (memoryMb / 1024)),
    publishes: published,
    logBytes: sum(({ logBytes }) => logBytes),
    retrieved: bill.retrieved,
    earlyByteDays: bill.earlyByteDays,
  }, getPrices(region));
  return { usd: total, items };
}
