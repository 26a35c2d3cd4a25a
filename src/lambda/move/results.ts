/** Results that each way of moving an object may have: a copy, a dry run, and a restore. */
import type { MoveResult } from './move-request';
import { ReasonCode } from '../../contract/payloads/reason-codes';

export function failKeyTooLong(destination: string): MoveResult {
  const message = 'the destination key would be longer than 1,024 bytes';
  return { status: 'failed', destination, code: ReasonCode.KEY_TOO_LONG, message };
}

export function conflictWithOther(destination: string): MoveResult {
  const message = 'the destination holds other content';
  return { status: 'conflicting', destination, code: ReasonCode.DESTINATION_EXISTS, message };
}
