import {
  type CopyObjectCommandInput,
  DeleteObjectsCommand,
  type DeleteObjectsCommandInput,
  type DeleteObjectsCommandOutput,
  type PutObjectCommandInput,
  type S3Client,
  type S3ServiceException,
} from '@aws-sdk/client-s3';
import { type BatchRate, RateController } from './rate-controller';
import { getKeysPerDelete, toKeysPerDelete } from '../../contract/batches';
import { splitInto } from '../../contract/group-by';
import { ReasonCode } from '../../contract/payloads/reason-codes';
import type { Run } from '../../contract/payloads/run';
import type { Clock } from '../s3/retry';
import { toS3Error } from '../s3/s3-error';
import { withSend } from '../s3/with-send';

/** After a refusal, a delete has as many keys as the rate allows in this time, in seconds. */
const SECONDS_OF_A_THROTTLED_DELETE = 0.1;
/**
 * How many times faster than the copies deletes may be. Without that, a delete that comes late
 * never catches up, and each batch waits for its last one. 1,500 copies and 1,650 deletes a second
 * are still below the 3,500 writes that S3 documents for a prefix.
 */
const LEAD_OF_DELETES = 1.1;
/** The same after throttling, when deletes have few keys. */
const LEAD_AFTER_THROTTLING = 1.25;
/**
 * How many milliseconds a delete waits at most. A round must end with its sources deleted, however
 * low the rate is.
 */
const MAX_DELETE_WAIT = 2_000;

/**
 * Requests a second that S3 accepts for a prefix:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html
 */
const READS_PER_WRITE = 5_500 / 3_500;

/**
 * S3 limits each prefix, and counts each key of a delete. After throttling, deletes may exceed the
 * accepted rate of the copies by 25 %. Reads of objects that are packed have a limit of their own.
 */
export class WriteRates {
  readonly copies: RateController;
  readonly deletes: RateController;
  readonly reads: RateController;
  /** A batch reads the objects that it packs. */
  isReading = false;
  private keysOfFirstDelete = toKeysPerDelete(Infinity);

  constructor(clock: Clock) {
    this.copies = new RateController(clock, { atEnd: 'reject' });
    this.reads = new RateController(clock, { atEnd: 'reject' });
    this.deletes = new RateController(clock, {
      atEnd: 'send',
      maxWait: MAX_DELETE_WAIT,
      getCeiling: () => this.getDeleteCeiling(),
      lead: LEAD_OF_DELETES,
    });
  }

  /**
   * Starts a batch, see `RateController.allow`. Copies that wait when its time ends are rejected,
   * deletes are sent.
   */
  allow(batch: BatchRate & Pick<Run, 'maxConcurrency'>, signal?: AbortSignal): void {
    this.keysOfFirstDelete = getKeysPerDelete(batch);
    this.copies.allow(batch, signal);
    this.deletes.allow(batch, signal);
  }

  allowReads({ id, objectsPerSecond }: BatchRate, signal?: AbortSignal): void {
    this.isReading = true;
    this.reads.allow({ id, objectsPerSecond: objectsPerSecond * READS_PER_WRITE }, signal);
  }

  endReads(): void {
    this.isReading = false;
  }

  get isThrottled(): boolean {
    return this.copies.isThrottled || this.deletes.isThrottled;
  }

  get keysPerDelete(): number {
    return this.isThrottled
      ? toKeysPerDelete(this.deletes.current * SECONDS_OF_A_THROTTLED_DELETE)
      : this.keysOfFirstDelete;
  }

  /**
   * Until S3 refuses something, deletes wait for no measurement, because an instance that waits for
   * its deletes copies less.
   */
  private getDeleteCeiling(): number {
    const { current, delivered } = this.isReading ? this.reads : this.copies;
    return this.isThrottled
      ? Math.min(current, delivered * LEAD_AFTER_THROTTLING)
      : current * LEAD_OF_DELETES;
  }
}

const WRITES = new Set(['CopyObjectCommand', 'UploadPartCopyCommand', 'RestoreObjectCommand']);

/** Undefined: the request waits for no rate. */
function findRate(
  rates: WriteRates,
  commandName: string,
  input: object,
): RateController | undefined {
  if (commandName === 'DeleteObjectsCommand') {
    return rates.deletes;
  }
  if (commandName === 'GetObjectCommand') {
    return rates.isReading ? rates.reads : undefined;
  }
  const isWrite =
    WRITES.has(commandName) || isPutOfObject(commandName, input as PutObjectCommandInput);
  return isWrite ? rates.copies : undefined;
}

/**
 * A restored member of a pack is put with its SHA-256. Files that a run writes about itself have
 * none.
 */
function isPutOfObject(commandName: string, { ChecksumSHA256 }: PutObjectCommandInput): boolean {
  return commandName === 'PutObjectCommand' && ChecksumSHA256 !== undefined;
}

/**
 * Lets each copy, each restore from Glacier and each bulk delete, with the SDK's own retries, wait
 * for the rate, and reports to it what S3 refused.
 */
export function limitRate(s3: S3Client, rates: WriteRates): void {
  s3.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const rate = findRate(rates, commandName, args.input);
        if (!rate) {
          return next(args);
        }
        const { Delete: keys, Key: key } = args.input as Partial<
          DeleteObjectsCommandInput & CopyObjectCommandInput
        >;
        const count = keys?.Objects?.length ?? 1;
        const epoch = await rate.acquire(count, key);
        try {
          const answer = await next(args);
          // S3 refuses keys of a bulk delete inside a 200.
          const { Errors: errors = [] } = answer.output as Partial<DeleteObjectsCommandOutput>;
          const refused = errors.filter(
            ({ Code }) => toS3Error({ name: Code }).code === ReasonCode.SLOW_DOWN,
          ).length;
          rate.onAnswer(epoch, count - refused, refused);
          return answer;
        } catch (error) {
          if (key !== undefined) {
            rate.expectRetry(key);
          }
          if (toS3Error(error).code === ReasonCode.SLOW_DOWN) {
            rate.onAnswer(epoch, 0, count);
          } else if ((error as Partial<S3ServiceException>).$metadata?.httpStatusCode) {
            // An error without an answer says nothing about the rate.
            rate.onAnswer(epoch, count, 0);
          }
          throw error;
        }
      },
    { step: 'finalizeRequest', priority: 'low', name: 'rateController' },
  );
}

/**
 * Sends a bulk delete with more keys than the rates allow at once as several. If some fail, the
 * answer has no result for their keys.
 */
export function withPacedDeletes(s3: S3Client, rates: Pick<WriteRates, 'keysPerDelete'>): S3Client {
  return withSend(s3, async (command: unknown, options) => {
    const send = (each: DeleteObjectsCommand) => s3.send(each, options);
    if (!(command instanceof DeleteObjectsCommand)) {
      return send(command as DeleteObjectsCommand);
    }
    const { input } = command;
    const parts = splitInto(input.Delete?.Objects ?? [], rates.keysPerDelete);
    const commands = parts.map(
      (Objects) => new DeleteObjectsCommand({ ...input, Delete: { ...input.Delete, Objects } }),
    );
    const results = await Promise.allSettled(commands.map(send));
    const answers = results.flatMap((result) =>
      result.status === 'fulfilled' ? [result.value] : [],
    );
    if (answers.length === 0) {
      throw (results[0] as PromiseRejectedResult).reason;
    }
    return {
      ...answers[0],
      Deleted: answers.flatMap(({ Deleted = [] }) => Deleted),
      Errors: answers.flatMap(({ Errors = [] }) => Errors),
    };
  });
}
