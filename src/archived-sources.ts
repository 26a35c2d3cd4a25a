import { Token } from 'aws-cdk-lib';
import { NUMBER, oneOf, STRING, validateOptions } from './construct/props/kinds';
import { checkArchivedSources } from './contract/checks/check-archived-sources';

/**
 * How fast S3 restores an object, and at what price.
 * @see
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/restoring-objects-retrieval-options.html
 */
export enum RetrievalTier {
  /**
   * Within 1 to 5 minutes, and at the highest price. S3 has it only for objects in GLACIER: those
   * in DEEP_ARCHIVE fail with `ARCHIVED_CLASS`.
   */
  EXPEDITED = 'Expedited',
  /** Within 3 to 5 hours from GLACIER, and within 12 hours from DEEP_ARCHIVE. */
  STANDARD = 'Standard',
  /**
   * Within 5 to 12 hours from GLACIER, and within 48 hours from DEEP_ARCHIVE, at the lowest price.
   */
  BULK = 'Bulk',
}

/** How S3 restores sources. */
export interface RestoreSourcesOptions {
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
}

/**
 * What a run does with selected objects in GLACIER or DEEP_ARCHIVE, which cannot be copied before
 * S3 has restored them.
 */
export class ArchivedSources {
  /**
   * Such an object fails with `ARCHIVED_CLASS`, and stays at the source. Once somebody has restored
   * it, a run archives it.
   */
  public static report(): ArchivedSources {
    return new ArchivedSources();
  }

  /**
   * The run has S3 restore such an object, and counts it as skipped. Its line in the ledger says
   * `restoring`. A later run that selects the object archives it. S3 is not asked again while it
   * restores an object, or while the readable copy is there.
   *
   * The days of the object must be selected again: use `DateSelection.lastDays()` or `olderThan()`.
   * A warning at synthesis says so.
   *
   * Throws if `days` is not in its range, or `tier` is no constant of `RetrievalTier`.
   *
   * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_RestoreObject.html
   */
  public static restore(options: RestoreSourcesOptions): ArchivedSources {
    validateOptions('ArchivedSources.restore()', options, {
      tier: Token.isUnresolved(options?.tier) ? STRING : oneOf('RetrievalTier', RetrievalTier),
      days: NUMBER,
    });
    if (!Token.isUnresolved(options.days)) {
      checkArchivedSources(options);
    }
    return new ArchivedSources(options);
  }

  private constructor(private readonly options?: RestoreSourcesOptions) {}

  /**
   * Undefined if nothing is restored.
   * @internal
   */
  public _restore():
    { readonly tier: 'Expedited' | 'Standard' | 'Bulk'; readonly days: number } | undefined {
    return (
      this.options && { tier: this.options.tier ?? RetrievalTier.STANDARD, days: this.options.days }
    );
  }
}
