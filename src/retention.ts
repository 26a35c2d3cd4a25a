import { Token } from 'aws-cdk-lib';
import { NUMBER, validateOptions } from './construct/props/kinds';
import { checkRetention } from './features/retention/contract/check-retention';

/** How long an archived object is retained: either `years` or `days`. */
export interface RetentionOptions {
  /**
   * Calendar years, a whole number from 1 to 100. A retention that begins on 29 February ends on 28
   * February if the year has no 29 February.
   * @default - the retention is in days
   */
  readonly years?: number;

  /**
   * Days, a whole number from 1 to 36,500.
   * @default - the retention is in years
   */
  readonly days?: number;
}

/**
 * Locks archived objects with S3 Object Lock. The retention is counted from the day of the object,
 * not from the day of its copy, so an object that is archived late is not retained for longer. It
 * is part of the request that copies the object, and costs nothing more.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
 */
export class Retention {
  /**
   * Nobody deletes or overwrites the version of an archived object before the retention ends,
   * except those who may use `s3:BypassGovernanceRetention`.
   *
   * Throws if not exactly one of `years` and `days` is given, or if it is not in its range.
   *
   * @see
   * https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html#object-lock-retention-modes
   */
  public static governance(options: RetentionOptions): Retention {
    return new Retention('GOVERNANCE', options);
  }

  /**
   * Nobody, the owner of the account included, deletes or overwrites the version of an archived
   * object before the retention ends, and nobody shortens it. The only way to be rid of the object
   * is to close the account.
   *
   * Throws if not exactly one of `years` and `days` is given, or if it is not in its range.
   *
   * @see
   * https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html#object-lock-retention-modes
   */
  public static compliance(options: RetentionOptions): Retention {
    return new Retention('COMPLIANCE', options);
  }

  private constructor(
    private readonly retentionMode: 'GOVERNANCE' | 'COMPLIANCE',
    private readonly options: RetentionOptions,
  ) {
    validateOptions(`Retention.${retentionMode.toLowerCase()}()`, options, {
      years: NUMBER,
      days: NUMBER,
    });
    checkRetention(options, (value) => !Token.isUnresolved(value));
  }

  /**
   * The mode as S3 names it, and how long.
   * @internal
   */
  public _settings(): {
    readonly retentionMode: 'GOVERNANCE' | 'COMPLIANCE';
    readonly years?: number;
    readonly days?: number;
  } {
    const { years, days } = this.options;
    return {
      retentionMode: this.retentionMode,
      ...(years !== undefined && { years }),
      ...(days !== undefined && { days }),
    };
  }
}
