import type { S3Client } from '@aws-sdk/client-s3';
import { withSend } from '../../src/lambda/s3/with-send';

/**
 * This is the life of an invocation. After a number of calls, nothing that it sends reaches S3, and
 * no caller gets an answer from it.
 */
export class Life {
  private readonly underWay = new Set<Promise<unknown>>();

  /** @param isLastExecuted S3 executes the call at which the invocation dies */
  constructor(
    private calls: number,
    private readonly isLastExecuted = false,
  ) {}

  get over(): boolean {
    return this.calls < 0;
  }

  demand(): void {
    if (this.over) {
      throw Object.assign(new Error('Runtime exited with error: signal: killed'), {
        name: 'Runtime.ExitError',
      });
    }
  }

  /** Calls that were sent before the end reach S3 before any caller notices the end. */
  async quiet(): Promise<void> {
    while (this.underWay.size > 0) {
      await Promise.all(this.underWay);
    }
  }

  of(s3: S3Client): S3Client {
    return withSend(s3, async (command, options) => {
      this.calls--;
      if (!this.isLastExecuted || this.calls < -1) {
        this.demand();
      }
      const answer: Promise<unknown> = s3.send(command, options);
      const ended = answer.catch(() => undefined).finally(() => this.underWay.delete(ended));
      this.underWay.add(ended);
      if (this.over) {
        await ended;
      }
      this.demand();
      return answer;
    });
  }
}
