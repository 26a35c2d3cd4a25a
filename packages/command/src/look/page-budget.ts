import type { S3Client } from '@aws-sdk/client-s3';
import { withSend } from '../../../../src/lambda/s3/with-send';

/** Pages that may be listed, and what they cost. Nothing else is ever sent. */
export class PageBudget {
  used = 0;

  constructor(readonly pages: number) {}

  get isSpent(): boolean {
    return this.used >= this.pages;
  }

  /** Returns a client whose requests are counted. One too many is not sent. */
  limit(s3: S3Client): S3Client {
    return withSend(s3, (command, options) => {
      if (this.isSpent) {
        return Promise.reject(new BudgetSpent(this.pages));
      }
      this.used += 1;
      return s3.send(command, options);
    });
  }
}

/** A page may take many requests: S3 answers with empty pages where many delete markers lie. */
export class BudgetSpent extends Error {
  constructor(pages: number) {
    super(`the budget of ${pages} pages is spent`);
    this.name = 'BudgetSpent';
  }
}
