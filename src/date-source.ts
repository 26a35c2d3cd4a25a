import { Token } from 'aws-cdk-lib';
import { STRING, validateKind } from './construct/props/kinds';
import { parseDateFormat } from './dates/date-format';
import type { DateSourceSettings } from './dates/settings';

/**
 * Where the date of an object comes from.
 *
 * Formats have the tokens `yyyy yy MM MMM MMMM dd DDD HH mm ss`, where `MMM` is the month as in
 * `Jan` and `MMMM` as in `January`, in English and in any case, and `DDD` is the day of the year.
 * Other letters must be in single quotes: `'day='yyyy-MM-dd`. A format must determine a day.
 *
 * Two words are complete formats: `epochSeconds` reads the ten digits of a number of seconds since
 * 1970, and `epochMilliseconds` the thirteen digits of milliseconds. They are instants, whose day
 * and hour are those of the archiver's time zone. Other years than 2000 to 2099 are no dates.
 *
 * A date counts only if it exists in the calendar and its digits are not part of a longer sequence
 * of digits. If a name has several dates, the first one that is among the days of the run decides.
 * A time in a name is one of the archiver's time zone, like the date, and runs select by day.
 *
 * Weeks, quarters, eras and digits other than 0 to 9 cannot be read. The ways out are
 * `DateSource.lastModified()`, and a manifest with a `date` column, which needs
 * `Listing.selective()`.
 *
 * Each factory throws if a format has other tokens or does not determine a day.
 */
export class DateSource {
  /**
   * A date anywhere in the object's name, which is the part of the key after the last `/`.
   *
   * @param formats One or more formats, such as `yyyy-MM-dd`, `dd-MMM-yyyy` or `epochSeconds`,
   * without a `/`.
   */
  public static objectName(...formats: string[]): DateSource {
    const folder = formats.find(
      (format) => !Token.isUnresolved(format) && typeof format === 'string' && format.includes('/'),
    );
    if (folder !== undefined) {
      throw new Error(
        `DateSource.objectName cannot match "${folder}", since the name of an object has no ` +
          '"/": use DateSource.objectKey or DateSource.keyPrefix',
      );
    }
    return new DateSource('objectName', formats);
  }

  /**
   * A date anywhere in the key after the archiver's `prefix`, including folders.
   *
   * @param formats One or more formats, such as `yyyy/MM/dd`.
   */
  public static objectKey(...formats: string[]): DateSource {
    return new DateSource('objectKey', formats);
  }

  /**
   * A date immediately after the archiver's `prefix`, such as `yyyy/MM/dd` in
   * `incoming/2026/11/24/orders.csv`.
   *
   * With this date source, a run lists only the keys of its days, so its cost depends on the number
   * of objects of those days. With any other date source, a run lists the whole prefix. The name
   * of a month can be in any case, so the listing is narrowed only by what comes before it:
   * `yyyy/MMM/dd` lists a year. `epochSeconds` lists about two weeks, or more.
   *
   * @param format The format, such as `yyyy/MM/dd` or `'dt='yyyy-MM-dd`.
   * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
   */
  public static keyPrefix(format: string): DateSource {
    return new DateSource('keyPrefix', [format]);
  }

  /**
   * The day on which an object was last modified, and its hour if the layout has it, in the
   * archiver's time zone.
   *
   * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html
   */
  public static lastModified(): DateSource {
    return new DateSource('lastModified', []);
  }

  private constructor(
    private readonly kind: DateSourceSettings['kind'],
    private readonly formats: string[],
  ) {
    if (kind !== 'lastModified' && formats.length === 0) {
      throw new Error(
        `DateSource.${kind} needs at least one date format, for example ` +
          `DateSource.${kind}('yyyy-MM-dd')`,
      );
    }
    if (Token.isUnresolved(formats)) {
      return;
    }
    for (const format of formats) {
      validateKind(`DateSource.${kind}(): the format`, format, STRING);
      if (!Token.isUnresolved(format)) {
        parseDateFormat(format);
      }
    }
  }

  /** @internal */
  public _settings(): DateSourceSettings {
    return { kind: this.kind, formats: this.formats };
  }
}
