/** A message as it is published: to the alert topic, and to that of a chat. */
import type { AlertAttributes } from '../../contract/payloads/outcomes';
import type { Alert } from '../alerts/alert';
import { toChatMessage } from '../alerts/chat-message';
import { toTextMessage } from '../alerts/text-message';

export interface Message {
  readonly subject: string;
  readonly message: string;
  readonly chat: string;
  readonly attributes: AlertAttributes;
}

/** Far below the 256 KiB of SNS. It quotes the message of a run, which may be half of it. */
export const MAX_BYTES = 32 * 1024;

export function toMessage(alert: Alert): Message {
  const { subject, attributes } = alert;
  return { subject, message: toTextMessage(alert, MAX_BYTES), chat: toChatMessage(alert), attributes };
}
