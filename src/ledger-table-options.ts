/** Where `S3DatedArchiver.addLedgerTable()` creates the table, and which days it covers. */
export interface LedgerTableOptions {
  /**
   * The name of the AWS Glue database that gets the table.
   *
   * It must exist in the region of the stack. To create it in the same stack, pass the `ref` of a `glue.CfnDatabase`.
   */
  readonly database: string;

  /**
   * The name of the table: lowercase letters, digits and underscores, at most 255 of them.
   *
   * @default - a name that is made from the construct's path
   */
  readonly tableName?: string;

  /**
   * The first day that the table covers, an ISO date such as `2026-01-01`.
   *
   * A query that names no days looks at every day from this one on, so a later day makes it faster. The day of a ledger
   * is the last day of its run.
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
