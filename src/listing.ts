import type * as s3 from 'aws-cdk-lib/aws-s3';
import { BUCKET, listOf, numberOf, validateOptions } from './construct/props/kinds';
import { isWhole } from './contract/checks/is-whole';
import { DEFAULT_LISTING_CONCURRENCY } from './contract/defaults';

/** Options of `Listing.selective()`. */
export interface SelectiveListingOptions {
  /**
   * The number of requests that list at the same time, 1 to 64. S3 answers about ten requests a
   * second one after the other, with 1,000 keys each. A listing is divided only as it turns out to
   * be long, so a higher number costs nothing where the listing is short.
   * @default 32
   */
  readonly concurrency?: number;

  /**
   * Buckets that manifests may be in, with any key. A manifest is a list of the objects that a run
   * archives, which the input of the run names: `{"manifest": "s3://bucket/key"}`. The files of an
   * S3 Inventory are in the inventory's destination bucket.
   *
   * The archiver may then read every object of these buckets, no matter who starts the run. It is
   * granted the use of a bucket's `encryptionKey`, too.
   * @default - manifests are in the report bucket (below `reportPrefix` if the bucket is your own),
   * or below `prefix` of the source
   * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory.html
   */
  readonly manifestBuckets?: s3.IBucket[];
}

/** How a run lists the objects of its source. Both ways archive the same objects. */
export class Listing {
  /**
   * The Distributed Map lists, and its children select. This is the simpler way, and it costs about
   * the same as the other where a run archives most of what it lists.
   *
   * Each child gets up to 1,000 listed objects, or as many as fit into 224 KiB, so a run that
   * archives few of many starts many children that have nothing to do. The map lists at most 100
   * million objects.
   *
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html
   */
  public static distributedMap(): Listing {
    return new Listing();
  }

  /**
   * A function lists, selects, and writes the selected objects to files, one for each child of the
   * Distributed Map. A file has up to 10,000 objects, and fewer where `maxObjectsPerSecond` is so
   * low that one invocation could not archive them. So a run has a tenth of the state transitions.
   *
   * It also reads a manifest, a list of objects in place of the source: JSON Lines, CSV, or the
   * `manifest.json` of an S3 Inventory. The input of a run names it: `{"manifest":
   * "s3://bucket/key"}`.
   *
   * It is cheaper where a run archives few of the objects that it lists, or where keys are long,
   * and it has no limit of objects. It never lists what lies under a `destinationPrefix` inside
   * `prefix`. Archiving begins when the whole source is listed. A redrive archives what was listed,
   * and lists nothing. The source may be in another account or region.
   *
   * Throws if `concurrency` is not in its range.
   *
   * @param options Default: the defaults of all options.
   */
  public static selective(options: SelectiveListingOptions = {}): Listing {
    const { concurrency = DEFAULT_LISTING_CONCURRENCY, manifestBuckets = [] } = options;
    validateOptions('Listing.selective()', options, {
      concurrency: numberOf(
        `a whole number from 1 to ${MAX_CONCURRENCY}: leave it out for ${DEFAULT_LISTING_CONCURRENCY}`,
        isWhole(1, MAX_CONCURRENCY),
      ),
      manifestBuckets: listOf(BUCKET, () => 'put it in brackets'),
    });
    return new Listing(concurrency, manifestBuckets);
  }

  private constructor(
    private readonly concurrency?: number,
    private readonly manifestBuckets: readonly s3.IBucket[] = [],
  ) {}

  /**
   * How many requests list at the same time, or undefined if the map lists. The buckets are those
   * besides source and reports.
   * @internal
   */
  public _settings(): {
    readonly listingConcurrency?: number;
    readonly manifestBuckets: readonly s3.IBucket[];
  } {
    return { listingConcurrency: this.concurrency, manifestBuckets: this.manifestBuckets };
  }
}

const MAX_CONCURRENCY = 64;
