import { Meter } from './engine/world';
import { FunctionUsage } from './lambda/host';
import { EXPRESS_GB } from '../src/core/cost';
import { PRICES } from '../src/core/prices';

export interface Usage {
  readonly requests: Record<string, number>;
  readonly meter: Meter;
  readonly express: boolean;
  readonly functions: Iterable<FunctionUsage>;
  readonly published: number;
}

/** What a run would have cost on AWS, at list prices and with the durations measured here. */
export function estimateUsd({ requests, meter, express, functions, published }: Usage): number {
  let usd = published * PRICES.snsPublish + meter.transitions * PRICES.standardTransition;
  for (const [operation, count] of Object.entries(requests)) usd += count * requestPrice(operation);
  if (express) usd += meter.children * PRICES.expressRequest + (meter.expressMilliseconds / 1000) * EXPRESS_GB * PRICES.expressGbSecond;
  for (const { invocations, milliseconds, memoryMb } of functions) {
    usd += invocations * PRICES.lambdaRequest + (milliseconds / 1000) * (memoryMb / 1024) * PRICES.lambdaGbSecond;
  }
  return Number(usd.toFixed(6));
}

export function requestPrice(operation: string): number {
  if (/^(Delete|Abort)/.test(operation)) return 0;
  return /^(Get|Head)/.test(operation) ? PRICES.s3Read : PRICES.s3Write;
}
