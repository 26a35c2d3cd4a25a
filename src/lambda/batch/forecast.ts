import { type BatchFacts, Prediction } from './predict';
import { INITIAL_CONCURRENCY } from '../../contract/batches';
import type { Copied, MoveContext, MoveRequest, MoveResult } from '../move/move-request';
import { Interrupted } from '../move/multipart-copy';
import type { Restoring } from '../move/restore-source';
import { type Requests, toRequestName } from '../pricing/requests';
import type { FoundObject } from '../s3/object-lookup';
import { toS3Error } from '../s3/s3-error';
import { isTooLong } from '../selection/destination-key';

/** If the archive already holds this many objects of a batch, it may hold the others, too. */
export const FOUND_BEFORE_LISTING = 10;
/**
 * Objects that a real run begins while it compares one with its copy: that takes several requests
 * in a row, and a copy only one.
 */
const BEGUN_MEANWHILE = 1.5 * INITIAL_CONCURRENCY;

/** The expected result of a move, and the requests that it would send to S3. */
export type Preview = (MoveResult | Restoring) & {
  readonly requests: Requests;
  /** The object would lie in a pack. */
  readonly isPacked?: true;
};

type Taken = ReadonlyMap<string, FoundObject>;
type Move = (context: MoveContext, object: MoveRequest) => Promise<Copied | MoveResult | Restoring>;

/**
 * Moves the objects of a batch with predicted writes. Missing permissions to write, and throttling,
 * show only in the real run.
 */
export class Forecast {
  private readonly claims = new Map<string, string>();
  /** In the order in which the real run would begin. Each ends, with or without an error. */
  private readonly moves: Promise<unknown>[] = [];
  /** The turns of objects that the archive holds already. */
  private readonly found: number[] = [];
  /** The turns of objects that one request copies. */
  private readonly copied = new Set<number>();

  /** @param listTaken lists which destinations of the batch are taken, once */
  constructor(private readonly listTaken: () => Promise<Taken>) {}

  foresee(context: MoveContext, object: MoveRequest, move: Move): Promise<Preview> {
    const preview = this.predict(this.moves.length, context, object, move);
    this.moves.push(preview.catch(() => undefined));
    return preview;
  }

  private async predict(
    turn: number,
    context: MoveContext,
    listed: MoveRequest,
    move: Move,
  ): Promise<Preview> {
    const { destination } = listed;
    let taken: Taken | undefined;
    try {
      taken = isTooLong(destination) ? undefined : await this.listTaken();
    } catch (error) {
      const { code, kind, message } = toS3Error(error);
      if (context.source.isAborted) {
        throw error;
      }
      if (kind !== 'denied') {
        const copy = toRequestName('CopyObject', context.storageClass);
        return { status: 'failed', destination, code, message, requests: { [copy]: 1 } };
      }
    }
    const isTaken = listed.isTaken || (taken?.has(destination) && (await this.hasListed(turn)));
    const object = { ...listed, isTaken };
    const prediction = new Prediction(this.toFacts(turn, taken), context, object);
    const outcome = await move(prediction.context, object).catch(withoutUpload);
    if ('isFound' in outcome && outcome.isFound) {
      this.found.push(turn);
    }
    return toPreview(outcome, prediction.takeRequests());
  }

  private toFacts(turn: number, taken: Taken | undefined): BatchFacts {
    const { claims, copied, moves } = this;
    return {
      taken,
      claims,
      onCopied: () => copied.add(turn),
      hasCopiedBefore: async () => {
        for (const [earlier, move] of moves.slice(0, turn).entries()) {
          await move;
          if (copied.has(earlier)) {
            return true;
          }
        }
        return false;
      },
    };
  }

  /**
   * Whether the real run has listed the archive before it copies this object. At that time, the
   * outcomes of the last copies are still unknown.
   */
  private async hasListed(turn: number): Promise<boolean> {
    const known = this.moves.slice(0, Math.max(0, turn - BEGUN_MEANWHILE));
    await Promise.all(known);
    return this.found.filter((each) => each < known.length).length >= FOUND_BEFORE_LISTING;
  }
}

/** No later round can continue an upload that is only predicted. */
function withoutUpload(error: unknown): never {
  throw error instanceof Interrupted ? new Error('the round has ended') : error;
}

/**
 * Leaves out what only a copy has, so that no line looks as if it proved one, and what would end a
 * real batch: a dry run says it of each object.
 */
function toPreview(outcome: Copied | MoveResult | Restoring, requests: Requests): Preview {
  switch (outcome.status) {
    // It names its requests itself, as in a real run.
    case 'restoring':
      return outcome;
    case 'copied':
    case 'archived': {
      const { destination, etag, size, rewritten } = outcome;
      return { status: 'archived', destination, etag, size, rewritten, requests };
    }
    case 'failed':
    case 'conflicting': {
      const { status, destination, code, message } = outcome;
      return { status, destination, code, message, requests };
    }
    default:
      return { ...outcome, requests };
  }
}
