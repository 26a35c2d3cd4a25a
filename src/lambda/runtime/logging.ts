import { Logger } from '@aws-lambda-powertools/logger';
import type { LedgerLine, VerifiedLine } from '../../contract/payloads/ledger-line';
import { escapeUnprintableInJson } from '../text/escape';

/** Creates a logger whose lines can be printed on a terminal, whatever keys and errors they contain. */
export function createLogger(serviceName: string): Logger {
  return new Logger({ serviceName, jsonReplacerFn: (_, value) => (typeof value === 'string' ? escapeUnprintableInJson(value) : value as unknown) });
}

/** Logs the error that a handler throws. Lambda's own log line about the error does not have the run's id. */
export async function logErrors<T>(log: Pick<Logger, 'error'>, work: () => Promise<T> | T): Promise<T> {
  try {
    return await work();
  } catch (error) {
    log.error('failed', error as Error);
    throw error;
  }
}

export function toLogFields({ key, status, code, message }: LedgerLine | VerifiedLine): { [field: string]: string | undefined } {
  return { key, status, code, reason: message };
}
