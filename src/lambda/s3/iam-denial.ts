/**
 * Reads what IAM says it denied. Its messages name the caller, then the action, and then the resource, which may be a key that
 * anybody chose. So the action is what follows the first phrase of IAM's, and the resource is what follows the action.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
export interface Denial {
  /** As `s3:GetObject`. */
  readonly action: string;
  /** Only of an action of KMS. */
  readonly kmsKeyArn?: string;
}

const DENIAL = /^(?:(?:User(?:: \S+)? is|You are) )?not authorized to perform: ([\w-]+:\w+)(?=\s|$)/;
const KMS_KEY = /^ on (?:the )?resource: "?(arn:[\w-]+:kms:[\w-]+:\d+:(?:key|alias)\/[\w/-]+)(?=["\s]|$)/;

/** @returns undefined if this is not a message of IAM */
export function readDenial(message: string): Denial | undefined {
  const found = DENIAL.exec(message);
  if (!found) { return undefined; }
  const [phrase, action] = found;
  return { action, kmsKeyArn: action.startsWith('kms:') ? KMS_KEY.exec(message.slice(phrase.length))?.[1] : undefined };
}
