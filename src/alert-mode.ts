/** When a message goes to the alert topic. A run that fails, times out or is aborted always sends one. */
export enum AlertMode {
  /** One message for a run with conflicts or with failures within the tolerance; none for a clean run. */
  PROBLEMS = 'PROBLEMS',

  /** One message for every run, clean ones included. */
  EVERY_RUN = 'EVERY_RUN',

  /**
   * As `PROBLEMS`, and besides one message for every batch with failures or conflicts, while the run
   * goes on. A run that goes wrong everywhere sends as many messages as it has batches: a thousand for a million objects.
   */
  PER_BATCH = 'PER_BATCH',
}
