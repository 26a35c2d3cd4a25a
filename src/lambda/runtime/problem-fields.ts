import type { LedgerLine } from '../../contract/payloads';

/** What is logged of an object that was not archived: its name, never its content. */
export function problemFields({ key, status, code, message }: LedgerLine): { [field: string]: string | undefined } {
  return { key, status, code, reason: message };
}
