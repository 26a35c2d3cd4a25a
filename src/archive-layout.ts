import { Token } from 'aws-cdk-lib';
import type { LayoutSettings } from './contract/settings';
import { parseLayoutFormat } from './dates/date-format';

/** Options of every `ArchiveLayout`. */
export interface ArchiveLayoutOptions {
  /**
   * Keep only base names: `incoming/eu/a-2026-11-24.csv` goes to `archive/2026/11/24/a-2026-11-24.csv`, not to
   * `archive/2026/11/24/eu/a-2026-11-24.csv`. Objects of the same name from several folders are then conflicts.
   *
   * @default false
   */
  readonly flatten?: boolean;
}

/** The folder that a day's objects go to, below `destinationPrefix`. */
export class ArchiveLayout {
  /**
   * `2026/11/24/`
   *
   * @param options whether the folders below the archiver's `prefix` are kept
   */
  public static daily(options: ArchiveLayoutOptions = {}): ArchiveLayout {
    return ArchiveLayout.of('yyyy/MM/dd/', options);
  }

  /**
   * `year=2026/month=11/day=24/`, as Athena, Glue, Hive and Spark partition tables.
   *
   * @param options whether the folders below the archiver's `prefix` are kept
   * @see https://docs.aws.amazon.com/athena/latest/ug/partitions.html
   */
  public static hive(options: ArchiveLayoutOptions = {}): ArchiveLayout {
    return ArchiveLayout.of("'year='yyyy/'month='MM/'day='dd/", options);
  }

  /**
   * A folder of your own. Throws when the format has other tokens, does not end with `/`, or begins with one.
   *
   * @param format written with the tokens `yyyy yy MM dd DDD`, other letters in quotes, and a `/` at the end: `yyyy/MM/`, `'dt='yyyy-MM-dd/`
   * @param options whether the folders below the archiver's `prefix` are kept
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
