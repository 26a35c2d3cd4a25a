import { Token } from 'aws-cdk-lib';
import { BOOLEAN, STRING, validateKind, validateOptions } from './construct/props/kinds';
import { DEFAULT_LAYOUT, HIVE_LAYOUT } from './contract/defaults';
import { parseLayoutFormat } from './dates/date-format';
import type { LayoutSettings } from './dates/settings';

/** Options of the layouts of `ArchiveLayout`. */
export interface ArchiveLayoutOptions {
  /**
   * Whether to omit the folders between the archiver's `prefix` and the object's name.
   *
   * If true, `incoming/eu/a-2026-11-24.csv` goes to `archive/2026/11/24/a-2026-11-24.csv`, else to
   * `archive/2026/11/24/eu/a-2026-11-24.csv`. Objects with the same name in several folders are
   * then conflicts.
   *
   * @default false
   */
  readonly flatten?: boolean;

  /**
   * Whether to omit the folders of the key that are nothing but the date that `dateSource` finds:
   * `2026/11/24/`, `dt=2026-11-24/`, `year=2026/month=11/day=24/`. The layout names the day
   * already.
   *
   * If true, `incoming/2026/11/24/eu/a.csv` goes to `archive/2026/11/24/eu/a.csv`, else to
   * `archive/2026/11/24/2026/11/24/eu/a.csv`. A date in the object's name stays, and so does a
   * folder that has other text next to its date. Objects whose keys differ only in the folders of
   * their date are then conflicts.
   *
   * @default - false, and a warning if the date that `dateSource` finds is one of folders
   */
  readonly dropDateFolders?: boolean;
}

/** Options of `ArchiveLayout.hive`. */
export interface HiveLayoutOptions extends ArchiveLayoutOptions {
  /**
   * Whether each hour has a partition: `year=2026/month=11/day=24/hour=05/`. Every date format of
   * `dateSource` must then have `HH`, or `dateSource` must be `DateSource.lastModified()`.
   * @default false
   */
  readonly hours?: boolean;
}

/**
 * The folder for the objects of a day or of an hour, below `destinationPrefix`.
 *
 * An hour in a name is taken as it is, like the date. An hour of `DateSource.lastModified()` is one
 * of the archiver's time zone, like the day. Where daylight saving ends, two hours then share a
 * folder, and where it starts, one folder stays empty. In the time zone UTC, every hour has its own
 * folder.
 */
export class ArchiveLayout {
  /**
   * A folder such as `2026/11/24/` for each day.
   *
   * @param options Which folders below the archiver's `prefix` to omit.
   */
  public static daily(options: ArchiveLayoutOptions = {}): ArchiveLayout {
    return ArchiveLayout.of(DEFAULT_LAYOUT, options);
  }

  /**
   * A folder such as `year=2026/month=11/day=24/` for each day, as Athena, Glue, Hive and Spark
   * partition tables.
   *
   * @param options Whether each hour has a partition, and which folders below the archiver's
   * `prefix` to omit.
   * @see https://docs.aws.amazon.com/athena/latest/ug/partitions.html
   */
  public static hive(options: HiveLayoutOptions = {}): ArchiveLayout {
    return ArchiveLayout.of(`${HIVE_LAYOUT}${options?.hours ? "'hour='HH/" : ''}`, options);
  }

  /**
   * A folder with a format of your own.
   *
   * Throws if the format has other tokens, starts with `/` or does not end with `/`, or if it has
   * an hour without a day. With `HH`, the archiver throws unless every date format of `dateSource`
   * has `HH`, or `dateSource` is `DateSource.lastModified()`.
   *
   * @param format The format with the tokens `yyyy yy MM MMM MMMM dd DDD HH`, other letters in
   * single quotes, and a `/` at the end: `yyyy/MM/`, `'dt='yyyy-MM-dd/`, `yyyy/MM/dd/HH/`. `MMM`
   * is `Jan` and `MMMM` is `January`, which do not sort by time.
   * @param options Which folders below the archiver's `prefix` to omit.
   */
  public static of(format: string, options: ArchiveLayoutOptions = {}): ArchiveLayout {
    validateKind('ArchiveLayout.of(): the format', format, STRING);
    validateOptions<HiveLayoutOptions>('ArchiveLayout', options, {
      flatten: BOOLEAN,
      dropDateFolders: BOOLEAN,
      hours: BOOLEAN,
    });
    if (!Token.isUnresolved(format)) {
      parseLayoutFormat(format);
    }
    return new ArchiveLayout({
      format,
      flatten: options.flatten ?? false,
      dropDateFolders: options.dropDateFolders,
    });
  }

  private constructor(private readonly settings: LayoutSettings) {}

  /** @internal */
  public _settings(): LayoutSettings {
    return this.settings;
  }
}
