import type { Answer, Fleet, FunctionError, FunctionHost } from 'cdk-s3-dated-archiver-engine';
import { DEFAULT_BATCH_TIMEOUT } from '../../../../src/contract/defaults';
import { ReasonCode } from '../../../../src/contract/payloads/reason-codes';
import { type CredentialProvider, demandCredentials, isExpired } from '../processes/credentials';

/** Besides the time of an invocation: a request that was sent at its end is answered later. */
const RESERVE_MILLISECONDS = 60_000;

/**
 * Hands work to the functions as long as the credentials last for it. Work that is handed out ends
 * with a ledger; work that is not has changed nothing.
 */
export class Gate implements Pick<Fleet, 'host' | 'invoke'> {
  /** Called once, when no more work is handed out. */
  onClosed?: (error: Error) => void;
  private closed?: Error;

  constructor(
    private readonly fleet: Fleet,
    private readonly credentials: CredentialProvider,
    private readonly now: () => number,
  ) {}

  host(nameOrArn: string): FunctionHost | undefined {
    return this.fleet.host(nameOrArn);
  }

  async invoke(host: FunctionHost, event: string): Promise<Answer> {
    const seconds = Math.min(host.spec.timeoutSeconds, DEFAULT_BATCH_TIMEOUT);
    try {
      await demandCredentials(this.credentials, seconds * 1_000 + RESERVE_MILLISECONDS, this.now);
    } catch (error) {
      return this.close(error as Error);
    }
    const answer = await this.fleet.invoke(host, event);
    return 'error' in answer && isExpiry(answer.error)
      ? this.close(namedError(answer.error.errorMessage))
      : answer;
  }

  /** The execution ends by the callback, and not by what a state makes of an error. */
  private close(error: Error): Answer {
    if (!this.closed) {
      this.closed = error;
      this.onClosed?.(error);
    }
    return { error: { errorType: error.name, errorMessage: error.message } };
  }
}

/** A batch names the reason, and other functions end with the error of S3. */
function isExpiry({ errorType, errorMessage }: FunctionError): boolean {
  return isExpired(errorType) || errorMessage.includes(ReasonCode.EXPIRED_CREDENTIALS);
}

function namedError(message: string): Error {
  return Object.assign(new Error(message), { name: 'ExpiredToken' });
}
