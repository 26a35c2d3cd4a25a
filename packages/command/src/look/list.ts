import type { _Object, S3Client } from '@aws-sdk/client-s3';
import { BudgetSpent, type PageBudget } from './page-budget';
import type { Place } from './place';
import { rangesAround } from '../../../../src/features/selective/lambda/key-range';
import { ShardedListing } from '../../../../src/features/selective/lambda/sharded-listing';
import { BucketClient } from '../../../../src/lambda/s3/bucket-client';
import type { Clock } from '../../../../src/lambda/s3/retry';

/** As many as `Listing.selective()` sends at the same time. */
const CONCURRENCY = 32;

export interface ListOptions {
  readonly s3: S3Client;
  readonly clock: Clock;
  readonly budget: PageBudget;
  readonly place: Place;
  /** Keys that begin with it are left out. */
  readonly gap?: string;
}

/**
 * Lists within the budget, as the function does that lists for a run.
 * @param take gets the objects of each page, in no order
 * @returns how many ranges of keys are left, each of which has at least one page
 */
export async function list(
  { s3, clock, budget, place, gap }: ListOptions,
  take: (objects: _Object[]) => void,
): Promise<number> {
  const source = new BucketClient({
    s3: budget.limit(s3),
    bucket: place.bucket,
    budget: { clock, deadline: Infinity },
  });
  const listing = new ShardedListing(
    { source, prefix: place.prefix, gap, concurrency: CONCURRENCY },
    rangesAround(gap),
  );
  try {
    for await (const page of listing.list(() => budget.isSpent)) {
      take(page);
    }
  } catch (error) {
    if (!(error instanceof BudgetSpent)) {
      throw error;
    }
  }
  return listing.ranges.length;
}
