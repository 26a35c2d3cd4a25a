import { randomUUID } from 'crypto';
import { utf8Length } from '../json';

export interface Alert {
  readonly topicArn: string;
  readonly subject: string | null;
  readonly message: string;
}

/** Errors of Publish, with their statuses: API_Publish. */
const STATUS = { NotFound: 404, InvalidParameter: 400, AuthorizationError: 403, KMSAccessDenied: 400 };

/** An error of SNS, by its name in the query protocol. */
export class SnsError extends Error {
  readonly status: number;

  constructor(readonly code: keyof typeof STATUS, message: string) {
    super(message);
    this.name = code;
    this.status = STATUS[code];
  }
}

/** The topics that exist, and what was published to them. */
export class Topics {
  readonly published: Alert[] = [];
  private readonly arns = new Set<string>();

  add(arn: string): void {
    this.arns.add(arn);
  }

  /** Publishes under the rules of the Publish action, API_Publish, and returns the message's id. */
  publish(topicArn: string, message: string, subject: string | null): string {
    if (!this.arns.has(topicArn)) throw new SnsError('NotFound', 'Topic does not exist');
    if (message === '') throw new SnsError('InvalidParameter', 'Invalid parameter: Empty message');
    if (utf8Length(message) > 256 * 1024) throw new SnsError('InvalidParameter', 'Invalid parameter: Message too long');
    // "ASCII text that begins with a letter, number, or punctuation mark; must not include line breaks or control characters; and must be less than 100 characters long."
    if (subject !== null && !/^[\x21-\x7e][\x20-\x7e]{0,98}$/.test(subject)) throw new SnsError('InvalidParameter', 'Invalid parameter: Subject');
    this.published.push({ topicArn, subject, message });
    return randomUUID();
  }
}
