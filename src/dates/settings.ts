/** The settings about days. The public classes hand them over, so these types need no packages. */

/** Where the date of an object is read from. `lastModified` has no formats, and `keyPrefix` has exactly one. */
export interface DateSourceSettings {
  readonly kind: 'objectName' | 'objectKey' | 'keyPrefix' | 'lastModified';
  readonly formats: string[];
}

/** The days that a run archives if its input names none. They are counted from the day of the scheduled instant. */
export interface SelectionSettings {
  /**
   * `daysAgo`: the one day that is `days` days before today. `lastDays`: `days` days, of which the last is yesterday.
   * `olderThan`: every day before the day that is `days` days before today.
   */
  readonly kind: 'daysAgo' | 'lastDays' | 'olderThan';
  readonly days: number;
}

/**
 * The folder of a day, as a date format (`yyyy/MM/dd/`). `flatten`: objects keep only their base names in it. `dropDateFolders`: they
 * lose the folders that are nothing but their date.
 */
export interface LayoutSettings {
  readonly format: string;
  readonly flatten?: boolean;
  readonly dropDateFolders?: boolean;
}
