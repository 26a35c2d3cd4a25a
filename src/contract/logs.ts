export enum LogMessage {
  /**
   * One line for each object that a run did not archive, with `key`, `status`, `code` and `reason`.
   */
  NOT_ARCHIVED = 'not archived',
  /**
   * One line for each archived object that a verification did not find as the ledger says, or
   * cannot prove, with the same fields.
   */
  UNACCOUNTED = 'unaccounted',
  /** One line for each run, with `outcome`, `counts` and `bytes`. */
  RUN_REPORTED = 'run reported',
}
