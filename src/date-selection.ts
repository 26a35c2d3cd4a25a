import { Token } from 'aws-cdk-lib';
import { checkSelection } from './dates/date-window';
import type { SelectionSettings } from './dates/settings';

/**
 * The days that a run archives, unless its input has days.
 *
 * Days are calendar days in the archiver's time zone. *Today* is the day of the scheduled time,
 * even if the run starts late. For a run that is started on demand, it is the day on which the
 * execution starts.
 *
 * Each factory throws if the number of days is not in the range that its documentation allows.
 */
export class DateSelection {
  /** The day before today, which is the same as `daysAgo(1)`. */
  public static yesterday(): DateSelection {
    return DateSelection.daysAgo(1);
  }

  /**
   * The single day that is the given number of days before today.
   *
   * @param days A whole number from 0 to 36,525, where 0 is today and 1 is yesterday.
   */
  public static daysAgo(days: number): DateSelection {
    return new DateSelection({ kind: 'daysAgo', days });
  }

  /**
   * The given number of days that end with yesterday.
   *
   * With more than one day, a run also archives what the runs before it missed.
   *
   * @param days A whole number from 1 to 36,525.
   */
  public static lastDays(days: number): DateSelection {
    return new DateSelection({ kind: 'lastDays', days });
  }

  /**
   * Every day that is more than the given number of days before today.
   *
   * @param days A whole number from 0 to 36,525, where 0 selects every past day.
   */
  public static olderThan(days: number): DateSelection {
    return new DateSelection({ kind: 'olderThan', days });
  }

  private constructor(private readonly settings: SelectionSettings) {
    if (!Token.isUnresolved(settings.days)) {
      checkSelection(settings);
    }
  }

  /** @internal */
  public _settings(): SelectionSettings {
    return this.settings;
  }
}
