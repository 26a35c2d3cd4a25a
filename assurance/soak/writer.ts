import type { BucketState } from './bucket-state';
import { drawAttributes, fingerprint, MAX_KEY_BYTES } from './objects';
import type { Random } from './random';
import type { S3Call, StoredObject } from '../../packages/s3-double/src';

export type WriterAct =
  | 'RewriteSource'
  | 'RewriteOnAnotherDay'
  | 'DeleteSource'
  | 'RecreateSource'
  | 'PreemptDestination'
  | 'WriteDestination';

const WATCHED = new Set([
  'CopyObject',
  'DeleteObjects',
  'DeleteObject',
  'HeadObject',
  'GetObjectTagging',
  'CreateMultipartUpload',
  'UploadPartCopy',
  'CompleteMultipartUpload',
  'GetObject',
  'RestoreObject',
]);

/**
 * This is another writer, who writes to a key just before a call that concerns the key.
 *
 * The writer does not do two things, since S3 offers no protection against them (docs/safety.md,
 * "What it does not cover"). It does not give a source other tags or metadata with the same bytes,
 * which would leave the ETag unchanged. And it does not replace or delete what the archiver may
 * rely on as archived, unless the version stays.
 */
export class Writer {
  constructor(
    private readonly state: BucketState,
    private readonly random: Random,
    private readonly probability: number,
    private readonly onAct: (act: WriterAct) => void,
  ) {}

  before(call: S3Call): void {
    const { random } = this;
    if (!WATCHED.has(call.operation) || !random.chance(this.probability)) {
      return;
    }
    const key = this.sourceKeyOf(call);
    const destination = this.destinationOf(call, key);
    const acts = [
      ...(key === undefined ? [] : this.actsOnSource(key)),
      ...(destination === undefined ? [] : this.actsOnDestination(destination, key)),
    ];
    if (acts.length === 0) {
      return;
    }
    this.state.acts++;
    this.onAct(random.pick(acts)());
  }

  private actsOnSource(key: string): (() => WriterAct)[] {
    return [
      ...(this.state.source(key) ? [() => this.rewrite(key), () => this.remove(key)] : []),
      () => this.recreate(key),
    ];
  }

  private actsOnDestination(destination: string, key: string | undefined): (() => WriterAct)[] {
    const there = this.state.archived(destination);
    if (!there) {
      return [() => this.preempt(destination, key)];
    }
    return this.mayReplace(there)
      ? [() => this.replace(destination, there), () => this.replace(destination, there)]
      : [];
  }

  private rewrite(key: string): WriterAct {
    const { state } = this;
    state.rewritten.add(key);
    if (state.setup.date.kind === 'lastModified' && this.random.chance(0.5)) {
      state.touched.add(key);
      state.putOnAnotherDay(
        state.places.get(key)!,
        `${key} rewritten on another day ${state.nextNumber()}`,
      );
      return 'RewriteOnAnotherDay';
    }
    this.writeAnew(key);
    return 'RewriteSource';
  }

  private remove(key: string): WriterAct {
    const { state } = this;
    state.touched.add(key);
    state.deleteSource(key);
    return 'DeleteSource';
  }

  /** Writes a key again after it was archived, after a user deleted it, or after both. */
  private recreate(key: string): WriterAct {
    const { state } = this;
    const print = state.latest.get(key);
    if (state.source(key)) {
      state.deleteSource(key);
    } else if (print !== undefined) {
      // The archiver has removed the source. So its content must be in the archive, now and later.
      state.archivedForGood.set(print, key);
    }
    this.writeAnew(key);
    return 'RecreateSource';
  }

  private preempt(destination: string, key: string | undefined): WriterAct {
    const { state } = this;
    const source = key === undefined ? undefined : state.source(key);
    if (source && !source.isArchived(state.store.now()) && this.random.chance(0.3)) {
      state.putForeignSame(destination, source);
    } else {
      state.putForeign(
        destination,
        `theirs ${state.nextNumber()}`.padEnd(
          source && source.size < 5000 && this.random.chance(0.3) ? source.size : 0,
          '.',
        ),
      );
    }
    return 'PreemptDestination';
  }

  private replace(destination: string, there: StoredObject): WriterAct {
    const { state } = this;
    state.replaced.add(there);
    if (this.random.chance(0.3)) {
      state.store.delete(state.buckets.destination, destination);
    } else {
      state.putForeign(destination, `others ${state.nextNumber()}`);
    }
    return 'WriteDestination';
  }

  /**
   * The writer may replace an object if its version stays. Otherwise the object must come from
   * another writer, and no source may ever have had its content.
   */
  private mayReplace(there: StoredObject): boolean {
    const { state } = this;
    if (state.store.bucket(state.buckets.destination).versioning === 'Enabled') {
      return true;
    }
    const print = fingerprint(there);
    return (
      state.foreign.has(there) && ![...state.history.values()].some((prints) => prints.has(print))
    );
  }

  private writeAnew(key: string): void {
    const { state } = this;
    const place = state.places.get(key)!;
    state.touched.add(key);
    state.rewritten.add(key);
    const n = state.nextNumber();
    state.putSource(
      place,
      `${key} rewritten ${n}`,
      this.random.chance(0.3) ? drawAttributes(this.random, state.setup, n) : {},
    );
  }

  private sourceKeyOf(call: S3Call): string | undefined {
    const { state } = this;
    const inSource =
      call.bucket === state.buckets.source
        ? (call.keys?.[this.random.integer(call.keys.length)] ?? call.key)
        : undefined;
    const key = call.copySource?.key ?? inSource;
    return key !== undefined && state.places.get(key)?.destination !== undefined ? key : undefined;
  }

  /**
   * Returns the place that the archiver is about to write to. Otherwise it returns the destination
   * of the source.
   */
  private destinationOf(call: S3Call, key: string | undefined): string | undefined {
    const { buckets, places, setup } = this.state;
    if (call.bucket === buckets.destination && call.key?.startsWith(setup.destinationPrefix)) {
      return call.key;
    }
    const destination = key === undefined ? undefined : places.get(key)?.destination;
    return destination !== undefined && Buffer.byteLength(destination) <= MAX_KEY_BYTES
      ? destination
      : undefined;
  }
}
