import { Token } from 'aws-cdk-lib';
import type { SelectionSettings } from './contract/settings';
import { checkSelection } from './dates/date-window';

/**
 * Which days a run archives, unless its input names them.
 *
 * Days are calendar days in the archiver's time zone, and *today* is the day of the instant that
 * the schedule stands for (or of the execution's start), however late the run is.
 *
 * Each factory throws when it is given another number of days than its documentation allows.
 */
export class DateSelection {
  /** The day before today. */
  public static yesterday(): DateSelection {
    return DateSelection.daysAgo(1);
  }

  /**
   * The one day that lies so many days before today.
   *
   * @param days a whole number, 0 to 36,525; 0 is today, 1 is yesterday
   */
  public static daysAgo(days: number): DateSelection {
    return new DateSelection({ kind: 'daysAgo', days });
  }

  /**
   * So many days, the last of them yesterday: a run picks up what the runs before it missed.
   *
   * @param days a whole number, 1 to 36,525
   */
  public static lastDays(days: number): DateSelection {
    return new DateSelection({ kind: 'lastDays', days });
  }

  /**
   * Every day before the one that lies so many days before today.
   *
   * @param days a whole number, 0 to 36,525; 0 selects every past day
   */
  public static olderThan(days: number): DateSelection {
    return new DateSelection({ kind: 'olderThan', days });
  }

  private constructor(private readonly settings: SelectionSettings) {
    if (!Token.isUnresolved(settings.days)) { checkSelection(settings); }
  }

  /** @internal */
  public _settings(): SelectionSettings {
    return this.settings;
  }
}
