import { getClassPrices, type Prices } from './prices';
import { isInGlacier } from './storage-classes';

/** Counts by names such as `CopyObject` or `CopyObject@GLACIER_IR`. */
export type Requests = Record<string, number>;

const STANDARD = 'STANDARD';

/**
 * Uploads to Glacier are billed as STANDARD until they are completed:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
 */
export function toRequestName(operation: string, storageClass: string = STANDARD): string {
  const staged =
    isInGlacier(storageClass) &&
    (operation === 'CreateMultipartUpload' || /^UploadPart/.test(operation));
  return storageClass === STANDARD || staged ? operation : `${operation}@${storageClass}`;
}

export function toOperation(request: string): string {
  return request.split('@')[0];
}

/** @returns the sum, which it changes */
export function addRequests(sum: Requests, more: Requests = {}): Requests {
  for (const [request, count] of Object.entries(more)) {
    sum[request] = (sum[request] ?? 0) + count;
  }
  return sum;
}

export function sumRequests(requests: Requests): number {
  return Object.values(requests).reduce((sum, count) => sum + count, 0);
}

export function groupByOperation(requests: Requests): Requests {
  const counts: Requests = {};
  for (const [request, count] of Object.entries(requests)) {
    addRequests(counts, { [toOperation(request)]: count });
  }
  return counts;
}

/** Deletes are free. Listings always have the price of writes to STANDARD. */
export function getRequestPrice(prices: Prices, request: string): number {
  const [operation, storageClass = STANDARD] = request.split('@');
  if (/^(Delete|Abort)/.test(operation)) {
    return 0;
  }
  const { read, write } = getClassPrices(prices, storageClass);
  return /^(Get|Head)/.test(operation) ? read : write;
}

export function getRequestsUsd(prices: Prices, requests: Requests): number {
  return Object.entries(requests).reduce(
    (sum, [request, count]) => sum + count * getRequestPrice(prices, request),
    0,
  );
}
