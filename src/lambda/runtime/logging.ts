import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import type { LedgerLine, VerifiedLine } from '../../contract/payloads/ledger-line';
import { escapeUnprintableInJson } from '../text/escape';

/** Creates a logger whose lines are safe to print on a terminal: it escapes all keys and errors. */
export function createLogger(serviceName: string): Logger {
  return new Logger({
    serviceName,
    jsonReplacerFn: (_, value) =>
      typeof value === 'string' ? escapeUnprintableInJson(value) : (value as unknown),
  });
}

/**
 * Does the work of a handler, and logs the error that it throws. Lambda's own log line about the
 * error does not have the run's id.
 */
export async function logRun<T>(
  logger: Logger,
  context: Context,
  runId: string | undefined,
  work: () => Promise<T> | T,
): Promise<T> {
  logger.addContext(context);
  logger.appendKeys({ run_id: runId });
  try {
    return await work();
  } catch (error) {
    logger.error('failed', error as Error);
    throw error;
  }
}

export function toLogFields({ key, status, code, message }: LedgerLine | VerifiedLine): {
  [field: string]: string | undefined;
} {
  return { key, status, code, reason: message };
}
