import type { LedgerLine } from '../../contract/payloads';

/** The part of a logger that `logErrors` uses. */
export interface ErrorLog {
  error(message: string, error: Error): void;
}

/** Logs the error that a handler throws. Lambda's own log line about the error does not have the run's id. */
export async function logErrors<T>(log: ErrorLog, work: () => Promise<T> | T): Promise<T> {
  try {
    return await work();
  } catch (error) {
    log.error('failed', error as Error);
    throw error;
  }
}

/** The fields to log for an object that was not archived: its key and the reason, never its content. */
export function toLogFields({ key, status, code, message }: LedgerLine): { [field: string]: string | undefined } {
  return { key, status, code, reason: message };
}
