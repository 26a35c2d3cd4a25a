import { randomUUID } from 'node:crypto';
import type { MessageAttribute } from 'cdk-s3-dated-archiver-engine';
import { SnsError } from '../common/aws-errors';
import { utf8Length } from '../common/json';

export interface Alert {
  readonly topicArn: string;
  readonly subject: string | null;
  readonly message: string;
  /** Message attributes of type String. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** The existing topics, and the messages published to them. */
export class Topics {
  readonly published: Alert[] = [];
  private readonly arns = new Set<string>();

  add(arn: string): void {
    this.arns.add(arn);
  }

  /** Publishes under the rules of the Publish action, API_Publish, and returns the message's id. */
  publish(
    topicArn: string,
    message: string,
    subject: string | null,
    messageAttributes: Readonly<Record<string, MessageAttribute>> = {},
  ): string {
    if (!this.arns.has(topicArn)) {
      throw new SnsError('NotFound', 'Topic does not exist');
    }
    if (message === '') {
      throw new SnsError('InvalidParameter', 'Invalid parameter: Empty message');
    }
    const attributes = toStrings(messageAttributes);
    // "The total size limit for a single SNS message is 256 KB", attributes included:
    // sns-message-attributes.
    if (utf8Length(message) + getSize(messageAttributes) > 256 * 1024) {
      throw new SnsError('InvalidParameter', 'Invalid parameter: Message too long');
    }
    // "ASCII text that begins with a letter, number, or punctuation mark; must not include line
    // breaks or control characters; and must be less than 100 characters long."
    if (subject !== null && !/^[\x21-\x7e][\x20-\x7e]{0,98}$/.test(subject)) {
      throw new SnsError('InvalidParameter', 'Invalid parameter: Subject');
    }
    this.published.push({ topicArn, subject, message, attributes });
    return randomUUID();
  }
}

/** "Amazon SNS message attributes", sns-message-attributes: names, types, and non-empty values. */
function toStrings(given: Readonly<Record<string, MessageAttribute>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(given).map(([name, { DataType, StringValue }]) => {
      if (!/^(?!aws\.|amazon\.)[\w-]+(\.[\w-]+)*$/i.test(name) || name.length > 256) {
        throw new SnsError(
          'InvalidParameter',
          `Invalid parameter: message attribute name '${name}'`,
        );
      }
      if (DataType !== 'String') {
        throw new SnsError(
          'InvalidParameter',
          `Invalid parameter: the sandbox has message attributes of type String, not ${DataType}`,
        );
      }
      if (typeof StringValue !== 'string' || StringValue === '') {
        throw new SnsError(
          'InvalidParameter',
          `Invalid parameter: The message attribute '${name}' must contain a non-empty value`,
        );
      }
      return [name, StringValue];
    }),
  );
}

function getSize(attributes: Readonly<Record<string, MessageAttribute>>): number {
  return Object.entries(attributes).reduce(
    (sum, [name, { DataType, StringValue }]) =>
      sum + utf8Length(`${name}${DataType}${StringValue}`),
    0,
  );
}
