import { Token } from 'aws-cdk-lib';
import type { LayoutSettings } from './contract/settings';
import { parseLayoutFormat } from './dates/date-format';

/** Options of the layouts of `ArchiveLayout`. */
export interface ArchiveLayoutOptions {
  /**
   * Whether to omit the folders between the archiver's `prefix` and the object's name.
   *
   * If true, `incoming/eu/a-2026-11-24.csv` goes to `archive/2026/11/24/a-2026-11-24.csv`, else to
   * `archive/2026/11/24/eu/a-2026-11-24.csv`. Objects with the same name in several folders are then conflicts.
   *
   * @default false
   */
  readonly flatten?: boolean;
}

/** The folder for the objects of a day, below `destinationPrefix`. */
export class ArchiveLayout {
  /**
   * A folder such as `2026/11/24/` for each day.
   *
   * @param options Whether to omit the folders below the archiver's `prefix`.
   */
  public static daily(options: ArchiveLayoutOptions = {}): ArchiveLayout {
    return ArchiveLayout.of('yyyy/MM/dd/', options);
  }

  /**
   * A folder such as `year=2026/month=11/day=24/` for each day, as Athena, Glue, Hive and Spark partition tables.
   *
   * @param options Whether to omit the folders below the archiver's `prefix`.
   * @see https://docs.aws.amazon.com/athena/latest/ug/partitions.html
   */
  public static hive(options: ArchiveLayoutOptions = {}): ArchiveLayout {
    return ArchiveLayout.of("'year='yyyy/'month='MM/'day='dd/", options);
  }

  /**
   * A folder with a format of your own.
   *
   * Throws if the format has other tokens, starts with `/` or does not end with `/`.
   *
   * @param format The format with the tokens `yyyy yy MM dd DDD`, other letters in single quotes, and a `/` at the end:
   * `yyyy/MM/`, `'dt='yyyy-MM-dd/`.
   * @param options Whether to omit the folders below the archiver's `prefix`.
   */
  public static of(format: string, options: ArchiveLayoutOptions = {}): ArchiveLayout {
    if (!Token.isUnresolved(format)) { parseLayoutFormat(format); }
    return new ArchiveLayout({ format, flatten: options.flatten ?? false });
  }

  private constructor(private readonly settings: LayoutSettings) {
  }

  /** @internal */
  public _settings(): LayoutSettings {
    return this.settings;
  }
}
