/**
 * Lists what a deployed archiver would list, and says what it would find. It sends ListObjectsV2
 * and nothing else, and keeps no key.
 */
import type { S3Client } from '@aws-sdk/client-s3';
import { Collector } from './collect';
import { countTaken, createTakenFinder } from './destination';
import { findFormats, toAlternatives } from './formats';
import { list } from './list';
import { PageBudget } from './page-budget';
import type { Place } from './place';
import { createReport, type DestinationSeen, type LookReport } from './report';
import type { Clock } from '../../../../src/lambda/s3/retry';
import { toS3Error } from '../../../../src/lambda/s3/s3-error';

export interface LookOptions {
  readonly s3: S3Client;
  readonly clock: Clock;
  readonly source: Place;
  readonly destination: Place;
  /** Requests to send at most. */
  readonly pages: number;
  readonly timeZone: string;
  /** The region whose prices are used. Default: that of the client. */
  readonly region?: string;
  /** Whether the report has keys. */
  readonly keys?: boolean;
  readonly onProgress?: (progress: LookProgress) => void;
}

export interface LookProgress {
  readonly pages: number;
  readonly objects: number;
}

/** `yyyy/MM/dd/` */
const FOLDER_BYTES = 11;

export async function look(options: LookOptions): Promise<LookReport> {
  const { s3, clock, source, destination, pages, timeZone, region, keys = false } = options;
  const began = clock.now();
  const budget = new PageBudget(pages);
  const collector = new Collector({
    prefix: source.prefix,
    timeZone,
    now: began,
    keepsKeys: keys,
    destinationBytes: Buffer.byteLength(destination.prefix) + FOLDER_BYTES,
  });
  const left = await list({ s3, clock, budget, place: source, gap: findGap(options) }, (page) => {
    for (const object of page) {
      collector.add(object);
    }
    options.onProgress?.({ pages: budget.used, objects: collector.objects });
  });
  const used = budget.used;
  const formats = findFormats(collector.frames.groups, collector.objects);
  const alternatives = toAlternatives(formats);
  const dropDateFolders =
    alternatives.length > 0 &&
    alternatives.every(({ dateSource: { kind } }) => kind !== 'objectName') &&
    formats.ambiguous.length === 0 &&
    collector.withDateFolders > 0 &&
    collector.sharedWhenDropped === 0 &&
    !collector.dropped.isFull;
  const seen = await lookAtDestination(options, budget, () =>
    createTakenFinder(
      collector,
      alternatives.map(({ dateSource }) => dateSource),
      dropDateFolders,
    ),
  );
  return createReport({
    source,
    destination,
    timeZone,
    region,
    now: began,
    seconds: (clock.now() - began) / 1_000,
    pages: { budget: pages, used, left, ofDestination: budget.used - used },
    collector,
    formats,
    alternatives,
    dropDateFolders,
    seen,
    keys,
  });
}

/** The archive is not listed if it lies inside of the listing. */
function findGap({ source, destination }: LookOptions): string | undefined {
  const isInside =
    source.bucket === destination.bucket &&
    destination.prefix.length > source.prefix.length &&
    destination.prefix.startsWith(source.prefix);
  return isInside ? destination.prefix : undefined;
}

/** What the budget has left is for the destination. */
async function lookAtDestination(
  { s3, clock, destination }: LookOptions,
  budget: PageBudget,
  createFinder: () => (key: string) => boolean,
): Promise<DestinationSeen> {
  if (budget.isSpent) {
    return { objects: 0, taken: 0, isComplete: false, problem: 'the pages were spent before' };
  }
  const isTaken = createFinder();
  let [objects, taken] = [0, 0];
  try {
    const left = await list({ s3, clock, budget, place: destination }, (page) => {
      objects += page.length;
      taken += countTaken(page, destination.prefix, isTaken);
    });
    return { objects, taken, isComplete: left === 0 };
  } catch (error) {
    const problem = toS3Error(error).message;
    return { objects, taken, isComplete: false, problem };
  }
}
