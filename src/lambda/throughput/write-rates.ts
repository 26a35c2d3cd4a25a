import { DeleteObjectsCommand, type DeleteObjectsCommandOutput, type S3Client, type S3ServiceException } from '@aws-sdk/client-s3';
import { type BatchRate, RateController } from './rate-controller';
import { ReasonCode } from '../../contract/reason-codes';
import type { Clock } from '../s3/retry';
import { toS3Error } from '../s3/s3-error';
import { withSend } from '../s3/with-send';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html */
const MAX_KEYS_PER_DELETE = 1_000;
/** Keys. Deletes with fewer would take longer than the rate allows, because each waits for the answer to the one before. */
const MIN_KEYS_PER_DELETE = 50;
/**
 * Seconds. After a refusal, a delete has as many keys as the rate allows in this time, so that it is no burst, or in a
 * little more than the time that S3 needs for a delete, so that one after the other keeps up with the rate.
 */
const SECONDS_OF_A_DELETE = 0.1;
const LATENCIES_OF_A_DELETE = 1.2;
/** Share of a new measurement in the mean, as for the round-trip time of TCP (RFC 6298, section 2). */
const SMOOTHING = 1 / 8;
/** Milliseconds. A delete waits no longer, because a round must end with its sources deleted, however low the rate is. */
const MAX_DELETE_WAIT = 2_000;

/**
 * The rates of a batch's writes: copies to the archive, and deletes at the source. S3 limits each prefix, so each has a
 * controller of its own. S3 counts each key of a delete as one request, and an object is copied and deleted once. So the
 * rate of the deletes never needs to exceed that of the copies.
 */
export class WriteRates {
  readonly copies: RateController;
  readonly deletes: RateController;
  /** Milliseconds of a bulk delete, smoothed. */
  private deleteLatency?: number;

  constructor(readonly clock: Clock) {
    this.copies = new RateController(clock, { interval: 100, minIncrease: 0.03, atEnd: 'reject' });
    // One delete is many requests, so a few of them say less than as many copies.
    this.deletes = new RateController(clock, {
      interval: 200, minIncrease: 0.1, atEnd: 'send', maxWait: MAX_DELETE_WAIT, getCeiling: () => this.copies.current,
    });
  }

  /** Starts a batch, see `RateController.allow`. Copies that wait when its time ends are rejected, deletes are sent. */
  allow(batch: BatchRate, signal?: AbortSignal): void {
    this.copies.allow(batch, signal);
    this.deletes.allow(batch, signal);
  }

  /** Whether S3 has refused requests of this run. */
  get isThrottled(): boolean {
    return this.copies.isThrottled || this.deletes.isThrottled;
  }

  onDeleteLatency(milliseconds: number): void {
    const { deleteLatency = milliseconds } = this;
    this.deleteLatency = deleteLatency + (milliseconds - deleteLatency) * SMOOTHING;
  }

  /** How many keys the next delete may have. */
  get keysPerDelete(): number {
    if (!this.isThrottled) { return MAX_KEYS_PER_DELETE; }
    const seconds = Math.max(SECONDS_OF_A_DELETE, LATENCIES_OF_A_DELETE * (this.deleteLatency ?? 0) / 1_000);
    return Math.min(MAX_KEYS_PER_DELETE, Math.max(MIN_KEYS_PER_DELETE, Math.floor(this.deletes.current * seconds)));
  }
}

/** An error without an answer says nothing about the rate. */
async function reportFailure<T>(rate: RateController, epoch: number, count: number, send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    if (toS3Error(error).code === ReasonCode.SLOW_DOWN) {
      rate.onAnswer(epoch, 0, count);
    } else if ((error as Partial<S3ServiceException>).$metadata?.httpStatusCode) {
      rate.onAnswer(epoch, count, 0);
    }
    throw error;
  }
}

const COPIES = new Set(['CopyObjectCommand', 'UploadPartCopyCommand']);

/**
 * Lets each copy and each bulk delete of the client, including the SDK's own retries, wait for the rate, and reports to it
 * what S3 refused.
 */
export function limitRate(s3: S3Client, rates: WriteRates): void {
  s3.middlewareStack.add((next, context) => async (args) => {
    if (context.commandName === 'DeleteObjectsCommand') { return sendDelete(rates, countKeys(args.input), () => next(args)); }
    if (!COPIES.has(context.commandName ?? '')) { return next(args); }
    const epoch = await rates.copies.acquire();
    const answer = await reportFailure(rates.copies, epoch, 1, () => next(args));
    rates.copies.onSuccess(epoch);
    return answer;
  }, { step: 'finalizeRequest', priority: 'low', name: 'rateController' });
}

/** S3 refuses keys of a bulk delete inside a 200. */
async function sendDelete<T extends { readonly output: object }>(rates: WriteRates, keys: number, send: () => Promise<T>): Promise<T> {
  const { clock, deletes } = rates;
  const epoch = await deletes.acquire(keys);
  const began = clock.now();
  const answer = await reportFailure(deletes, epoch, keys, send);
  rates.onDeleteLatency(clock.now() - began);
  const refused = countSlowDowns(answer.output as DeleteObjectsCommandOutput);
  deletes.onAnswer(epoch, keys - refused, refused);
  return answer;
}

function countKeys(input: object): number {
  return (input as DeleteObjectsCommand['input']).Delete?.Objects?.length ?? 1;
}

function countSlowDowns({ Errors: errors = [] }: DeleteObjectsCommandOutput): number {
  return errors.filter(({ Code }) => toS3Error({ name: Code }).code === ReasonCode.SLOW_DOWN).length;
}

/**
 * Returns the client with bulk deletes that have no more keys than the rates allow at once: a larger one is sent as
 * several, one after the other. If one of them fails, the answer has no result for its keys and those after it.
 */
export function withPacedDeletes(s3: S3Client, rates: Pick<WriteRates, 'keysPerDelete'>): S3Client {
  return withSend(s3, async (command: unknown, options) => {
    const send = (each: DeleteObjectsCommand) => s3.send(each, options);
    return command instanceof DeleteObjectsCommand ? deleteInParts(command, rates, send) : send(command as DeleteObjectsCommand);
  });
}

async function deleteInParts(
  { input }: DeleteObjectsCommand, rates: Pick<WriteRates, 'keysPerDelete'>, send: (command: DeleteObjectsCommand) => Promise<DeleteObjectsCommandOutput>,
): Promise<DeleteObjectsCommandOutput> {
  const objects = input.Delete?.Objects ?? [];
  const answers: DeleteObjectsCommandOutput[] = [];
  for (let start = 0; start === 0 || start < objects.length;) {
    const part = objects.slice(start, start + rates.keysPerDelete);
    start += Math.max(1, part.length);
    try {
      answers.push(await send(new DeleteObjectsCommand({ ...input, Delete: { ...input.Delete, Objects: part } })));
    } catch (error) {
      if (answers.length === 0) { throw error; }
      break;
    }
  }
  const last = answers[answers.length - 1];
  return { ...last, Deleted: answers.flatMap(({ Deleted = [] }) => Deleted), Errors: answers.flatMap(({ Errors = [] }) => Errors) };
}
