/**
 * The cost of a run at list prices. It does not include storage, KMS, metrics, traces, free tiers,
 * and transfer between regions that are not known to differ. Deletes are free.
 */
import { getPrices, getTransferPrice, type Prices, PRICES_AS_OF } from './prices';
import { getRequestsUsd, type Requests, sumRequests, toOperation } from './requests';
import { getEarlyDeletionUsd, GB, getRetrievalUsd } from './storage-classes';
import type { TransferSettings } from '../../contract/payloads/settings';

export interface Usage {
  readonly requests: Requests;
  readonly transitions: number;
  readonly invocations: number;
  readonly lambdaGbSeconds: number;
  readonly publishes: number;
  readonly logBytes: number;
  /** By storage class of the sources: the bytes that were copied. */
  readonly retrieved?: Readonly<Record<string, number>>;
  /**
   * By storage class of the sources: the bytes deleted before the minimum duration, times the days
   * that were left.
   */
  readonly earlyByteDays?: Readonly<Record<string, number>>;
  readonly transferred?: readonly (TransferSettings & { readonly bytes: number })[];
}

export interface CostItem {
  readonly what: string;
  readonly count: number;
  readonly usd: number;
}

export const LOG_BYTES = 'CloudWatch: bytes of logs';

const KINDS: readonly (readonly [what: string, operations: RegExp])[] = [
  ['S3: lists', /^List/],
  ['S3: copies', /^(Copy|UploadPart|CreateMultipart|CompleteMultipart)/],
  ['S3: reads', /^(Get|Head)/],
  ['S3: other writes', /^(Put|Restore)/],
];

export function getCost(usage: Usage, prices: Prices): CostItem[] {
  const { transitions, invocations, lambdaGbSeconds, publishes, logBytes } = usage;
  const { retrieved = {}, earlyByteDays = {}, transferred = [] } = usage;
  const items = [
    ...KINDS.map(([what, operations]) => {
      const requests = Object.fromEntries(
        Object.entries(usage.requests).filter(([request]) => operations.test(toOperation(request))),
      );
      return { what, count: sumRequests(requests), usd: getRequestsUsd(prices, requests) };
    }),
    ...Object.entries(retrieved).map(([name, bytes]) => ({
      what: `S3: GB retrieved from ${name}`,
      count: Math.ceil(bytes / GB),
      usd: getRetrievalUsd(prices, name, bytes),
    })),
    ...Object.entries(earlyByteDays).map(([name, byteDays]) => ({
      what: `S3: GB-days before their time in ${name}`,
      count: Math.ceil(byteDays / GB),
      usd: getEarlyDeletionUsd(prices, name, byteDays),
    })),
    ...transferred.map(({ from, to, bytes }) => ({
      what: `S3: GB transferred from ${from} to ${to}`,
      count: Math.ceil(bytes / GB),
      usd: (bytes / GB) * getTransferPrice({ from, to }),
    })),
    {
      what: 'Step Functions: transitions',
      count: transitions,
      usd: transitions * prices.transition,
    },
    {
      what: 'Lambda',
      count: invocations,
      usd: invocations * prices.lambdaRequest + lambdaGbSeconds * prices.lambdaGbSecond,
    },
    { what: 'SNS: messages', count: publishes, usd: publishes * prices.snsPublish },
    { what: LOG_BYTES, count: Math.round(logBytes), usd: (logBytes / GB) * prices.logsGb },
  ];
  return items.filter(({ count }) => count > 0);
}

/** A cost as reports have it, rounded. */
export interface ReportedCost {
  /** The region whose prices these are, and the day of the price list. */
  readonly prices: { readonly region: string; readonly asOf: string };
  readonly total: number;
  readonly items: CostItem[];
}

export function getReportedCost(usage: Usage, region: string | undefined): ReportedCost {
  const prices = getPrices(region);
  const items = getCost(usage, prices);
  return {
    prices: { region: prices.region, asOf: PRICES_AS_OF },
    total: roundUsd(getTotal(items)),
    items: items.map((item) => ({ ...item, usd: roundUsd(item.usd) })),
  };
}

export function getTotal(items: readonly CostItem[]): number {
  return items.reduce((sum, { usd }) => sum + usd, 0);
}

/** Rounds dollars to millionths: prices per request are smaller than a cent. */
export function roundUsd(usd: number): number {
  return Number(usd.toFixed(6));
}
