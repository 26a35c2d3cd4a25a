/** Where `S3DatedArchiver.addLedgerTable()` creates the table, and which days it covers. */
export interface LedgerTableOptions {
  /**
   * The name of the AWS Glue database that gets the table.
   *
   * It must exist in the region of the stack. To create it in the same stack, pass the `ref` of a
   * `glue.CfnDatabase`.
   */
  readonly database: string;

  /**
   * The name of the table: lowercase letters, digits and underscores, at most 255 of them. With
   * `packing`, at most 249, because the table of the packs has this name with `_packs` after it.
   *
   * @default - a name that is made from the construct's path
   */
  readonly tableName?: string;

  /**
   * The first day that the table covers, an ISO date such as `2026-01-01`.
   *
   * A query that names no days looks at every day from this one on, so a later day makes it faster.
   * The day of a ledger is the last day of its run. The table of the packs covers all days from
   * 2006 on, or from this day if it is earlier, because its days are those of the objects.
   *
   * @default '2006-01-01'
   * @see https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html
   */
  readonly firstDay?: string;

  /**
   * The Athena workgroup in which the queries are saved.
   *
   * @default 'primary'
   */
  readonly workGroup?: string;
}
