import { Token } from 'aws-cdk-lib';
import type { DateSourceSettings } from './contract/settings';
import { parseDateFormat } from './dates/date-format';

/**
 * Where an object's date comes from.
 *
 * Formats are written with the tokens `yyyy yy MM dd DDD HH mm ss` (`DDD` is the day of the year); anything else
 * that is a letter goes in quotes: `'day='yyyy-MM-dd`. A format has to determine a day. A date counts only if it
 * is a real one and its digits are not part of a longer run of digits. With several dates in a name, the first that
 * lies in the run's window decides.
 *
 * Each factory throws when a format has other tokens, or determines no day.
 */
export class DateSource {
  /**
   * A date anywhere in the base name, which is what follows the key's last `/`.
   *
   * @param formats one or more, such as `yyyy-MM-dd` or `yyyyMMdd`
   */
  public static objectName(...formats: string[]): DateSource {
    const source = new DateSource('objectName', formats);
    const folder = formats.find((format) => !Token.isUnresolved(format) && format.includes('/'));
    if (folder !== undefined) {
      throw new Error(`DateSource.objectName cannot find "${folder}": the name of an object has no "/"; use DateSource.objectKey or DateSource.keyPrefix`);
    }
    return source;
  }

  /**
   * A date anywhere in the key after the archiver's `prefix`, folders included.
   *
   * @param formats one or more, such as `yyyy/MM/dd`
   */
  public static objectKey(...formats: string[]): DateSource {
    return new DateSource('objectKey', formats);
  }

  /**
   * A date right after the archiver's `prefix`: `incoming/2026/11/24/...` has `yyyy/MM/dd` after `incoming/`.
   *
   * Only this source lets a run list just the keys of its days, so that it costs what those days hold
   * and not what the prefix holds.
   *
   * @param format such as `yyyy/MM/dd` or `'dt='yyyy-MM-dd`
   */
  public static keyPrefix(format: string): DateSource {
    return new DateSource('keyPrefix', [format]);
  }

  /** The day on which the object was last modified, in the archiver's time zone. */
  public static lastModified(): DateSource {
    return new DateSource('lastModified', []);
  }

  private constructor(private readonly kind: DateSourceSettings['kind'], private readonly formats: string[]) {
    if (kind !== 'lastModified' && formats.length === 0) {
      throw new Error(`DateSource.${kind} needs at least one date format, for example DateSource.${kind}('yyyy-MM-dd')`);
    }
    if (Token.isUnresolved(formats)) { return; }
    for (const format of formats) {
      if (!Token.isUnresolved(format)) { parseDateFormat(format); }
    }
  }

  /** @internal */
  public _settings(): DateSourceSettings {
    return { kind: this.kind, formats: this.formats };
  }
}
