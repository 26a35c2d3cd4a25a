import {
  AbortMultipartUploadCommand,
  type AnnotationEntry,
  CompleteMultipartUploadCommand,
  type CompleteMultipartUploadCommandInput,
  CopyObjectCommand,
  type CopyObjectCommandInput,
  CreateMultipartUploadCommand,
  GetObjectAnnotationCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  ListMultipartUploadsCommand,
  ListObjectAnnotationsCommand,
  type ListObjectsV2Command,
  PutObjectAnnotationCommand,
  RestoreObjectCommand,
  type S3Client,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import type { MoveContext, MoveRequest } from '../move/move-request';
import type { Requests } from '../pricing/requests';
import { isInGlacier } from '../pricing/storage-classes';
import { withAllHeaders } from '../s3/all-headers';
import type { BucketClient } from '../s3/bucket-client';
import type { FoundObject } from '../s3/object-lookup';
import { onlyReads, type Read } from '../s3/only-reads';
import { toS3Error } from '../s3/s3-error';
import { withSend } from '../s3/with-send';
import { type Fields, RequestCounter } from '../throughput/request-counter';

/** What the prediction of a move knows of the others of its batch. */
export interface BatchFacts {
  /** The destinations of the batch that are taken. Undefined: they may not be listed. */
  readonly taken?: ReadonlyMap<string, FoundObject>;
  /** The keys of the sources whose copies would lie at these destinations. */
  readonly claims: Map<string, string>;
  /** Called when the first request has copied the object. */
  readonly onCopied: () => void;
  /** Whether that was called for an object that begins before this one. */
  readonly hasCopiedBefore: () => Promise<boolean>;
}

interface Command {
  readonly input: Fields;
  /** Describes the operation. Its name is third, and no bundler shortens it as that of a class. */
  readonly schema?: readonly [number, string, string, ...unknown[]];
}

interface Options {
  readonly abortSignal?: AbortSignal;
}

interface Place {
  readonly Bucket?: string;
  readonly Key?: string;
}

interface Look {
  readonly answer: Promise<HeadObjectCommandOutput>;
  readonly hasChecksums: boolean;
}

type Annotation = Pick<AnnotationEntry, 'AnnotationName' | 'Size'>;

interface Annotations {
  readonly entries: readonly Annotation[];
  /** No page is left. */
  readonly isWhole: boolean;
}

const DONE = { $metadata: { httpStatusCode: 200 } };

/**
 * Predicts the move of one object. The mover sends its requests to `context`, which sends nothing
 * but reads. Writes are answered from what the listing of the destinations and the other copies of
 * the batch say. Reads that the listing answers are not sent, unless the destination is taken.
 */
export class Prediction {
  readonly context: MoveContext;
  private readonly counter = new RequestCounter();
  private readonly reads: S3Client;
  /** Looks at the destination before the mover does. */
  private readonly destination: BucketClient;
  /** The destination is taken, or S3 refused the source: what the listing says is not enough. */
  private isInspecting: boolean;
  /** By place. A refusal is followed by new looks. */
  private readonly looks = new Map<string, Look>();
  private readonly annotations = new Map<string, Annotations>();

  constructor(
    private readonly batch: BatchFacts,
    private readonly real: MoveContext,
    private readonly object: MoveRequest,
  ) {
    const { source, destination } = real;
    this.isInspecting = object.isTaken === true;
    this.reads = onlyReads(source.s3);
    this.destination = destination.with({
      s3: withSend(source.s3, async (command: object, options) =>
        command instanceof HeadObjectCommand
          ? this.look(command, options)
          : this.reads.send(command as ListObjectsV2Command, options),
      ),
      // The mover repeats the request that is answered.
      budget: { ...destination.budget, deadline: 0 },
    });
    const s3 = withSend(source.s3, (command: Command, options) => this.answer(command, options));
    this.context = {
      ...real,
      source: source.with({ s3 }),
      destination: destination.with({ s3 }),
      // The answers come at once, and say nothing about S3.
      onCopyTime: undefined,
      // Which lock a copy gets changes no request.
      getDefaultLock: undefined,
    };
  }

  /** What the real move would send, counted as it would be. */
  takeRequests(): Requests {
    return this.counter.take();
  }

  private async answer(command: Command, options?: Options): Promise<object> {
    const name = getName(command);
    const { input } = command;
    try {
      const answer = await (this.answerWrite(command, options) ??
        this.answerRead(command, options));
      this.counter.countAnswer(name, input, { ...DONE, ...answer });
      return answer;
    } catch (error) {
      this.counter.countAnswer(name, input, error as object);
      throw error;
    }
  }

  private answerWrite(command: Command, options?: Options): Promise<object> | undefined {
    if (command instanceof CopyObjectCommand) {
      return this.copyObject(command.input, options);
    }
    if (command instanceof CreateMultipartUploadCommand) {
      return Promise.resolve({ UploadId: 'predicted' });
    }
    if (command instanceof UploadPartCopyCommand) {
      return this.copyPart(command.input.CopySourceIfMatch, options);
    }
    if (command instanceof CompleteMultipartUploadCommand) {
      return this.complete(command.input);
    }
    if (command instanceof PutObjectAnnotationCommand) {
      const { AnnotationName, AnnotationPayload } = command.input;
      const { length: Size } = AnnotationPayload as Uint8Array;
      this.addAnnotation(command.input, { AnnotationName, Size });
      return Promise.resolve({});
    }
    const isDone =
      command instanceof ListMultipartUploadsCommand ||
      command instanceof AbortMultipartUploadCommand ||
      command instanceof RestoreObjectCommand;
    return isDone ? Promise.resolve({}) : undefined;
  }

  private async answerRead(command: Command, options?: Options): Promise<object> {
    if (command instanceof HeadObjectCommand) {
      return this.head(command, options);
    }
    if (command instanceof ListObjectAnnotationsCommand) {
      return this.listAnnotations(command, options);
    }
    if (command instanceof GetObjectAnnotationCommand) {
      return this.getAnnotation(command, options);
    }
    if (command instanceof GetObjectTaggingCommand) {
      return this.isListed(command.input) ? { TagSet: [] } : this.send(command, options);
    }
    if (command instanceof GetObjectCommand) {
      return this.withClass(command.input, await this.send(command, options));
    }
    return this.reads.send(command as ListObjectsV2Command, options);
  }

  private async copyObject(
    { Key = '', CopySourceIfMatch: etag = '', StorageClass }: CopyObjectCommandInput,
    options?: Options,
  ): Promise<object> {
    const refusal =
      (await this.refuseSource(etag, options)) ??
      (await this.refuseDestination(Key)) ??
      this.claim(Key);
    if (refusal) {
      // Once a copy has succeeded, the fast path sends it before the SDK does.
      if (await this.batch.hasCopiedBefore()) {
        this.counter.count('CopyObjectCommand', 412, StorageClass);
      }
      throw this.inspect(refusal);
    }
    if (Key === this.object.destination) {
      this.batch.onCopied();
    }
    // With the ETag of its source, the mover need not look whether the answer is that to its copy.
    return { ...DONE, CopyObjectResult: { ETag: etag } };
  }

  private async copyPart(etag = '', options?: Options): Promise<object> {
    const refusal = await this.refuseSource(etag, options);
    if (refusal) {
      throw this.inspect(refusal);
    }
    return { CopyPartResult: { ETag: etag } };
  }

  private async complete({
    Bucket,
    Key = '',
  }: CompleteMultipartUploadCommandInput): Promise<object> {
    const refusal = (await this.refuseDestination(Key)) ?? this.claim(Key);
    if (refusal) {
      throw this.inspect(refusal);
    }
    this.annotations.set(toId({ Bucket, Key }), { entries: [], isWhole: true });
    return { ETag: '"predicted-1"' };
  }

  /** Only of these sources it is not certain that S3 copies what was listed. */
  private get mayBeRefused(): boolean {
    const { glacierSources, isRecorded } = this.real;
    const { sourceClass } = this.object;
    // The mover has looked whether those in Glacier can be read.
    const isKnown = glacierSources !== undefined && isInGlacier(sourceClass);
    return isRecorded === true || (mayBeArchived(sourceClass) && !isKnown);
  }

  private async refuseSource(etag: string, options?: Options): Promise<Error | undefined> {
    if (!this.mayBeRefused) {
      return undefined;
    }
    const { source } = this.real;
    const look = this.look(
      createHead({ Bucket: source.name, Key: this.object.key }),
      options,
      true,
    );
    const head = await look.catch(toRefusal);
    if (head instanceof Error) {
      return head;
    }
    if (head.ETag !== etag) {
      return createRefusal('PreconditionFailed', 'the source has another ETag');
    }
    return mayBeArchived(head.StorageClass) && !canBeCopied(head)
      ? createRefusal(
          'InvalidObjectState',
          `the object is in ${head.StorageClass} and has to be restored first`,
        )
      : undefined;
  }

  private async refuseDestination(key: string): Promise<Error | undefined> {
    if (this.isInspecting) {
      this.looks.clear();
      this.annotations.clear();
    }
    const isFree =
      !this.batch.claims.has(key) && (this.isListedFree(key) || !(await this.isThere(key)));
    return isFree ? undefined : createRefusal('PreconditionFailed', 'the destination is taken');
  }

  private isListedFree(key: string): boolean {
    const { taken } = this.batch;
    return taken !== undefined && key === this.object.destination && !taken.has(key);
  }

  /** After a denial, the mover finds out what it may. */
  private async isThere(key: string): Promise<boolean> {
    try {
      return (await this.destination.head(key)) !== undefined;
    } catch (error) {
      if (toS3Error(error).kind === 'denied') {
        return true;
      }
      throw error;
    }
  }

  /** Takes the destination, unless another copy has taken it meanwhile. */
  private claim(key: string): Error | undefined {
    if (this.batch.claims.has(key)) {
      return createRefusal('PreconditionFailed', 'another copy takes the destination');
    }
    this.batch.claims.set(key, this.object.key);
    return undefined;
  }

  private inspect(refusal: Error): Error {
    this.isInspecting = true;
    return refusal;
  }

  private async head(
    command: HeadObjectCommand,
    options?: Options,
  ): Promise<HeadObjectCommandOutput> {
    const { input } = command;
    const isListed = this.isListed(input) && !this.mayBeRefused;
    return isListed
      ? toHead(this.object)
      : this.withClass(input, await this.look(command, options));
  }

  /** A copy of this batch, which is read at its source, would have the class of the archive. */
  private withClass<A extends object>(place: Place, answer: A): A {
    if (this.locate(place).Key === place.Key) {
      return answer;
    }
    const { storageClass = this.real.storageClass } = this.object;
    return { ...answer, StorageClass: storageClass };
  }

  /** Looks once at each place. @param isAnyEnough a look without checksums will do */
  private look(
    command: HeadObjectCommand,
    options?: Options,
    isAnyEnough = false,
  ): Promise<HeadObjectCommandOutput> {
    const { Key = '', ChecksumMode } = command.input;
    const place = this.locate(command.input);
    const known = this.looks.get(toId(place));
    if (known && (isAnyEnough || known.hasChecksums || !ChecksumMode)) {
      return known.answer;
    }
    const answer = this.send(command, options) as Promise<HeadObjectCommandOutput>;
    this.looks.set(toId(place), { answer, hasChecksums: ChecksumMode !== undefined });
    answer.catch((error: unknown) => {
      const { kind } = toS3Error(error);
      if (kind !== 'missing' && kind !== 'denied') {
        this.looks.delete(toId(place));
      }
      if (kind === 'missing' && place.Key !== Key) {
        this.batch.claims.delete(Key);
      }
    });
    return answer;
  }

  private async listAnnotations(
    command: ListObjectAnnotationsCommand,
    options?: Options,
  ): Promise<object> {
    const id = toId(command.input);
    const known = this.annotations.get(id);
    if (known?.isWhole) {
      return { Annotations: known.entries };
    }
    const page = (await this.send(command, options)) as {
      readonly Annotations?: AnnotationEntry[];
      readonly NextContinuationToken?: string;
    };
    const before = command.input.ContinuationToken ? (known?.entries ?? []) : [];
    this.annotations.set(id, {
      entries: [...before, ...(page.Annotations ?? [])],
      isWhole: page.NextContinuationToken === undefined,
    });
    return page;
  }

  private addAnnotation(place: Place, annotation: Annotation): void {
    const { entries = [] } = this.annotations.get(toId(place)) ?? {};
    this.annotations.set(toId(place), { entries: [...entries, annotation], isWhole: true });
  }

  /** One that only the source has is read to be written. Its length is known. */
  private async getAnnotation(
    command: GetObjectAnnotationCommand,
    options?: Options,
  ): Promise<object> {
    const { AnnotationName: name } = command.input;
    const found = [...this.annotations.values()].flatMap(({ entries }) =>
      entries.filter(({ AnnotationName }) => AnnotationName === name),
    );
    return found.length === 1
      ? { AnnotationPayload: { transformToByteArray: async () => new Uint8Array(found[0].Size!) } }
      : this.send(command, options);
  }

  private isListed({ Bucket, Key }: Place): boolean {
    return !this.isInspecting && Bucket === this.real.source.name && Key === this.object.key;
  }

  /** A place that a copy of this batch would take is read at the source of that copy. */
  private locate({ Bucket, Key = '' }: Place): Place {
    const { source, destination } = this.real;
    const claim = Bucket === destination.name ? this.batch.claims.get(Key) : undefined;
    return claim === undefined ? { Bucket, Key } : { Bucket: source.name, Key: claim };
  }

  private send(command: Read, options?: Options): Promise<object> {
    const input = { ...command.input, ...this.locate(command.input) };
    return this.reads.send(withInput(command as GetObjectCommand, input), options);
  }
}

/**
 * Whether an object of this class may have to be restored first. For INTELLIGENT_TIERING, a listing
 * does not show the tier, but HEAD does.
 */
function mayBeArchived(storageClass: string | undefined): boolean {
  return isInGlacier(storageClass) || storageClass === 'INTELLIGENT_TIERING';
}

/**
 * A restored object can be copied:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/restoring-objects.html
 */
function canBeCopied({ Restore, StorageClass, ArchiveStatus }: HeadObjectCommandOutput): boolean {
  return (
    Restore?.includes('ongoing-request="false"') ||
    (StorageClass === 'INTELLIGENT_TIERING' && !ArchiveStatus)
  );
}

/** Returns the same command, with its own middleware, with another input. */
function withInput<C extends object>(command: C, input: Place): C {
  return Object.create(command, { input: { value: input, enumerable: true } }) as C;
}

function getName({ schema }: Command): string {
  const [, , name] = schema!;
  return `${name}Command`;
}

function toId({ Bucket, Key }: Place): string {
  return JSON.stringify([Bucket, Key]);
}

function createHead(place: { readonly Bucket: string; readonly Key: string }): HeadObjectCommand {
  return withAllHeaders(new HeadObjectCommand({ ...place, ChecksumMode: 'ENABLED' }));
}

/** What a listing says of the source. */
function toHead({
  etag,
  size,
  lastModified = 0,
  sourceClass,
}: MoveRequest): HeadObjectCommandOutput {
  return {
    ...DONE,
    ETag: etag,
    ContentLength: size,
    LastModified: new Date(lastModified * 1000),
    StorageClass: sourceClass as HeadObjectCommandOutput['StorageClass'],
  };
}

function createRefusal(name: string, message: string): Error {
  const httpStatusCode = name === 'PreconditionFailed' ? 412 : 403;
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode } });
}

/** A copy of a source that is missing, or may not be read, is refused, too. */
function toRefusal(error: Error): Error {
  const { kind } = toS3Error(error);
  if (kind === 'missing' || kind === 'denied') {
    return error;
  }
  throw error;
}
