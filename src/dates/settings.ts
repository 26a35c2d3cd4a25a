/** The settings about days. The public classes hand them over, so these types need no packages. */

/**
 * The source of an object's date. `lastModified` has no formats, and `keyPrefix` has exactly one.
 */
export interface DateSourceSettings {
  readonly kind: 'objectName' | 'objectKey' | 'keyPrefix' | 'lastModified';
  readonly formats: string[];
}

/**
 * The days that a run archives if its input names none. They are counted from the day of the
 * scheduled instant.
 */
export interface SelectionSettings {
  /**
   * `daysAgo`: the day that is `days` days ago. `lastDays`: that many days until yesterday.
   * `olderThan`: all days before the one `days` days ago.
   */
  readonly kind: 'daysAgo' | 'lastDays' | 'olderThan';
  readonly days: number;
}

/**
 * The folder of a day, as a date format. `flatten`: only base names in it. `dropDateFolders`:
 * without folders that are only the date.
 */
export interface LayoutSettings {
  readonly format: string;
  readonly flatten?: boolean;
  readonly dropDateFolders?: boolean;
}
