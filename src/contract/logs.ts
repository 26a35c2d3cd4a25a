/** Messages of the log lines that saved queries look for. */
export enum LogMessage {
  /** Of an object that a run did not archive, once: `key`, `status`, `code`, `reason`. */
  NOT_ARCHIVED = 'not archived',
  /** Of a run: `outcome`, `counts`, `bytes`. */
  RUN_REPORTED = 'run reported',
}
