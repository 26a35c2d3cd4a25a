import { type Size, SizeRoundingBehavior, Token } from 'aws-cdk-lib';
import { NUMBER, oneOf, SIZE, STRING, validateOptions } from './construct/props/kinds';
import { getGlacierLimits } from './contract/defaults';
import {
  checkGlacierSources,
  type GlacierSettings,
} from './features/glacier/contract/check-glacier-sources';

/**
 * How fast S3 restores an object, and at what price.
 * @see
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/restoring-objects-retrieval-options.html
 */
export enum RetrievalTier {
  /**
   * Within 1 to 5 minutes, and at the highest price: $10 for 1,000 objects in us-east-1. S3 has it
   * only for objects in GLACIER: those in DEEP_ARCHIVE fail with `ARCHIVED_CLASS`. While S3 has no
   * capacity for it, objects fail with `NO_EXPEDITED_CAPACITY`.
   */
  EXPEDITED = 'Expedited',
  /** Within 3 to 5 hours from GLACIER, and within 12 hours from DEEP_ARCHIVE. */
  STANDARD = 'Standard',
  /**
   * Within 5 to 12 hours from GLACIER, and within 48 hours from DEEP_ARCHIVE, at the lowest price.
   */
  BULK = 'Bulk',
}

/** Options of `GlacierSources.restoreFirst()`. */
export interface RestoreFirstOptions {
  /**
   * The retrieval tier.
   * @default RetrievalTier.STANDARD
   */
  readonly tier?: RetrievalTier;

  /**
   * For how many days S3 keeps the readable copy of an object, from the moment when it is restored:
   * a whole number from 1 to 36,500. A later run has to come within these days. The copy is billed
   * as STANDARD storage.
   */
  readonly days: number;

  /**
   * How many objects one run asks S3 to restore at most: a whole number from 1. Objects that S3
   * restores already, or has restored, do not count. Those beyond the limit stay at the source and
   * count as skipped, and the run sends a message. A later run that selects them asks for them.
   *
   * With the default of `maxSize`, a run costs at most $31 in us-east-1, $6 with Bulk, and $13 with
   * Expedited, and for each day of the readable copies $0.80.
   * @default - 100,000, and 1,000 with RetrievalTier.EXPEDITED
   * @see https://aws.amazon.com/s3/pricing/
   */
  readonly maxObjects?: number;

  /**
   * How much one run asks S3 to restore at most: the sizes of the objects together, in whole bytes.
   * An object that is larger than all of it is never restored.
   * @default - Size.tebibytes(1), and Size.gibibytes(100) with RetrievalTier.EXPEDITED
   * @see https://aws.amazon.com/s3/pricing/
   */
  readonly maxSize?: Size;
}

/**
 * What a run does with selected objects in GLACIER or DEEP_ARCHIVE, which cannot be copied before
 * S3 has restored them.
 */
export class GlacierSources {
  /**
   * The object fails with `ARCHIVED_CLASS`, and stays at the source. Once you have restored it, a
   * run archives it.
   */
  public static report(): GlacierSources {
    return new GlacierSources();
  }

  /**
   * The run asks S3 to restore the object, and counts it as skipped. Its line in the ledger says
   * `restoring`. A later run that selects the object archives it. S3 is not asked again while it
   * restores an object, or while the readable copy is there.
   *
   * One run asks for no more than `maxObjects` and `maxSize`, also if its batches are repeated or
   * the run is redriven. An object that was restored and could not be archived is not restored
   * again for 30 days, unless a run is started for its days: it fails with `RESTORED_IN_VAIN`.
   *
   * The days of the object must be selected again: use `DateSelection.lastDays()` or `olderThan()`.
   * A warning at synthesis says so.
   *
   * Throws if a number or a size is not in its range, or `tier` is no constant of `RetrievalTier`.
   *
   * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_RestoreObject.html
   */
  public static restoreFirst(options: RestoreFirstOptions): GlacierSources {
    validateOptions('GlacierSources.restoreFirst()', options, {
      tier: Token.isUnresolved(options?.tier) ? STRING : oneOf('RetrievalTier', RetrievalTier),
      days: NUMBER,
      maxObjects: NUMBER,
      maxSize: SIZE,
    });
    const settings = toSettings(options);
    const { days, maxObjects, maxBytes } = settings;
    const known = (value: number) => (Token.isUnresolved(value) ? 1 : value);
    checkGlacierSources({
      days: known(days),
      maxObjects: known(maxObjects),
      maxBytes: known(maxBytes),
    });
    return new GlacierSources(settings);
  }

  private constructor(private readonly settings?: GlacierSettings) {}

  /**
   * Undefined if nothing is restored.
   * @internal
   */
  public _restoreFirst(): GlacierSettings | undefined {
    return this.settings;
  }
}

function toSettings({
  tier = RetrievalTier.STANDARD,
  days,
  maxObjects,
  maxSize,
}: RestoreFirstOptions): GlacierSettings {
  // A tier that is known only when the stack is deployed may be the expensive one.
  const limits = getGlacierLimits(Token.isUnresolved(tier) || tier === RetrievalTier.EXPEDITED);
  return {
    tier,
    days,
    maxObjects: maxObjects ?? limits.maxObjects,
    maxBytes: maxSize?.toBytes({ rounding: SizeRoundingBehavior.NONE }) ?? limits.maxBytes,
  };
}
