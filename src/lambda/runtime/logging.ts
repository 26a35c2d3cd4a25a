/** What a logger does with an error. */
export interface ErrorLog {
  error(message: string, error: Error): void;
}

/** Logs what a handler throws: in Lambda's own line about it, the run's id is missing. */
export async function logged<T>(log: ErrorLog, work: () => Promise<T> | T): Promise<T> {
  try {
    return await work();
  } catch (error) {
    log.error('failed', error as Error);
    throw error;
  }
}
