/**
 * When an alert is published. A run that fails, times out or is aborted always causes one. So do a
 * dry run and a restore, because the user who started them waits for the result.
 */
export enum AlertMode {
  /**
   * One message for each run with conflicts, or with failures within the tolerance. No message for
   * a clean run.
   */
  PROBLEMS = 'PROBLEMS',

  /** One message for each run, including clean runs. */
  EVERY_RUN = 'EVERY_RUN',

  /**
   * Like PROBLEMS, plus one message for each batch with failures or conflicts while the run is in
   * progress.
   *
   * A run in which every batch has problems sends as many messages as it has batches: a thousand
   * for a million objects.
   */
  PER_BATCH = 'PER_BATCH',
}
