/**
 * This file models S3 as a pure function: a state and a request give a new state and an answer.
 * States are plain, immutable data. So the explorer can keep thousands of them and recognize equal
 * ones.
 *
 * The answers follow S3's documented behavior for the calls that the move makes (conditional
 * writes, conditional deletes, multipart copies). Every operation is atomic.
 */
import { createHash } from 'node:crypto';
import {
  annotationsOf,
  bodyOf,
  type Content,
  format,
  parse,
  withAnnotation,
  withAttributes,
} from './content';
import { describePack, packOf, toPackContent } from './packs';

export interface Stored {
  readonly content: Content;
  readonly etag: string;
  /**
   * 0 means that the object was written before the run. Otherwise this is the number of this write
   * among the writes of the key. It also determines the LastModified. Tags and annotations that
   * come later change neither this nor the ETag.
   */
  readonly written: number;
  /** Only of an object in GLACIER: whether S3 has been asked to restore it, and has done so. */
  readonly glacier?: Glacier;
  /** The archiver has assembled it from parts. */
  readonly isAssembled?: true;
}

/** A readable copy expires, and then the object is as frozen as before. */
export type Glacier = 'frozen' | 'ongoing' | 'readable';

interface Upload {
  readonly key: string;
  readonly attributes: string;
  readonly parts: Readonly<Record<number, string>>;
}

/** The keys of the records have the form `bucket/key`. */
export interface S3State {
  readonly objects: Readonly<Record<string, Stored>>;
  readonly uploads: Readonly<Record<string, Upload>>;
  readonly writes: Readonly<Record<string, number>>;
  /** The parts of the ledger, by their keys in the report bucket. */
  readonly ledger: Readonly<
    Record<
      string,
      {
        readonly text: string;
        readonly etag: string;
        readonly written: number;
        readonly metadata?: Record<string, string>;
      }
    >
  >;
}

export const EMPTY: S3State = { objects: {}, uploads: {}, writes: {}, ledger: {} };

/** These are the inputs of the SDK's commands, as far as the move uses them. */
export interface Input {
  readonly Bucket: string;
  readonly Key?: string;
  readonly CopySource?: string;
  readonly CopySourceIfMatch?: string;
  readonly CopySourceRange?: string;
  readonly IfMatch?: string;
  readonly IfNoneMatch?: string;
  readonly Delete?: {
    readonly Objects: ReadonlyArray<{ readonly Key: string; readonly ETag?: string }>;
  };
  readonly Prefix?: string;
  readonly Body?: string | Buffer;
  readonly UploadId?: string;
  readonly PartNumber?: number;
  readonly MultipartUpload?: {
    readonly Parts: ReadonlyArray<{ readonly PartNumber: number; readonly ETag: string }>;
  };
  readonly Metadata?: Record<string, string>;
  readonly Tagging?: string;
  readonly ChecksumCRC64NVME?: string;
  /** In Base64. */
  readonly ChecksumSHA256?: string;
  readonly Range?: string;
  readonly MpuObjectSize?: number;
  readonly AnnotationName?: string;
  readonly AnnotationPayload?: Buffer;
  readonly ObjectIfMatch?: string;
  readonly ObjectLockMode?: string;
  readonly ObjectLockRetainUntilDate?: Date;
}

export interface Request {
  readonly operation: string;
  readonly input: Input;
}

/** Answers are plain data. `client.ts` turns them into what the SDK would return or throw. */
export type Answer =
  | { readonly output: Record<string, unknown> }
  | { readonly error: string; readonly status: number };

/**
 * Tells how ETags are made: as the MD5 of the bytes, as an opaque value that differs with each
 * write, or as multipart uploads make them.
 */
export type Flavour = 'plain' | 'kms' | 'multipart';

export interface Model {
  readonly flavour: Flavour;
  /**
   * One character of a body stands for this many bytes. So large objects have small bodies and
   * large sizes.
   */
  readonly bytesPerCharacter: number;
  /**
   * Tells whether S3 answers a missing key with 403. S3 does so if listing is allowed only under a
   * condition.
   */
  readonly missingIsForbidden: boolean;
  /** The archiver may not do this with the second object. */
  readonly denied?: 'copy' | 'delete';
  /** S3 denies to the archiver what belongs to objects whose keys begin with `prefix`. */
  readonly unreadable?: { readonly what: 'tags' | 'annotations'; readonly prefix: string };
}

export const SOURCE = 'source';
export const ARCHIVE = 'archive';
export const REPORTS = 'reports';
const SECOND = 'in/b.csv';

const md5 = (text: string) => createHash('md5').update(text).digest('hex');
const fail = (error: string, status: number): Answer => ({ error, status });
const missing = ({ missingIsForbidden }: Model): Answer =>
  missingIsForbidden ? fail('AccessDenied', 403) : fail('NoSuchKey', 404);
const failedCondition = fail('PreconditionFailed', 412);
const denial = fail('AccessDenied', 403);
const frozen = fail('InvalidObjectState', 403);

function isUnreadable({ unreadable }: Model, what: 'tags' | 'annotations', path: string): boolean {
  return (
    unreadable !== undefined &&
    unreadable.what === what &&
    path.startsWith(`${SOURCE}/${unreadable.prefix}`)
  );
}

const isFrozen = ({ glacier }: Stored) => glacier !== undefined && glacier !== 'readable';

const bodies = new Map<string, string>();

/** Remembers which bytes an ETag stands for. No two contents have the same ETag. */
function toEtag(etag: string, content: Content): string {
  bodies.set(etag, bodyOf(content));
  return etag;
}

/** Tells whether an object has the bytes that an ETag stands for, in whichever key. */
export function hasBytesOf(stored: Stored | undefined, etag: string): boolean {
  return stored !== undefined && bodyOf(stored.content) === bodies.get(etag);
}

export function put(
  model: Model,
  state: S3State,
  key: string,
  content: Content,
  etag = etagOf(model, state, key, content),
): S3State {
  const written = (state.writes[key] ?? 0) + 1;
  return {
    ...state,
    objects: { ...state.objects, [key]: { content, etag, written } },
    writes: { ...state.writes, [key]: written },
  };
}

export function remove(state: S3State, key: string): S3State {
  const { [key]: _, ...objects } = state.objects;
  return { ...state, objects };
}

/** Returns the ETag as the listing shows it and as conditions compare it. */
export function etagOf({ flavour }: Model, state: S3State, key: string, content: Content): string {
  if (flavour === 'kms') {
    return toEtag(`"${md5(`${key} ${state.writes[key] ?? 0} ${content}`)}"`, content);
  }
  return toEtag(
    `"${md5(bodyOf(content))}${flavour === 'multipart' && key.startsWith(SOURCE) ? '-2' : ''}"`,
    content,
  );
}

/** The same of an object that was uploaded in parts. */
export function assembledEtagOf(
  model: Model,
  state: S3State,
  key: string,
  content: Content,
): string {
  const whole =
    model.flavour === 'kms' ? etagOf(model, state, key, content) : `"${md5(bodyOf(content))}"`;
  return toEtag(whole.replace(/(-2)?"$/, '-2"'), content);
}

/** Changes only whether S3 restores the object. */
export function withGlacier(state: S3State, path: string, glacier: Glacier): S3State {
  const stored = { ...state.objects[path], glacier };
  return { ...state, objects: { ...state.objects, [path]: stored } };
}

export function sizeOf(model: Model, content: Content): number {
  return packOf(content)?.size ?? bodyOf(content).length * model.bytesPerCharacter;
}

/** What S3 answers to GET and HEAD. It does not count the tags for those who may not read them. */
function sight(
  model: Model,
  path: string,
  { content, etag, written, glacier }: Stored,
): Record<string, unknown> {
  const { metadata, tags, lock, redirect } = parse(content);
  const [mode, until] = lock.split('@');
  return {
    ETag: etag,
    ContentLength: sizeOf(model, content),
    ContentType: 'text/csv',
    Metadata: metadata === '' ? {} : { owner: metadata },
    LastModified: written,
    ...(tags !== '' && !isUnreadable(model, 'tags', path) && { TagCount: 1 }),
    ...(lock !== '' && { ObjectLockMode: mode, ObjectLockRetainUntilDate: until }),
    ...(redirect !== '' && { WebsiteRedirectLocation: redirect }),
    ...(glacier && { StorageClass: 'GLACIER' }),
    ...(glacier === 'ongoing' && { Restore: 'ongoing-request="true"' }),
    ...(glacier === 'readable' && {
      Restore: 'ongoing-request="false", expiry-date="Thu, 31 Dec 2026 00:00:00 GMT"',
    }),
    ...(model.flavour === 'kms' && { ServerSideEncryption: 'aws:kms' }),
    ...describePack(content),
    ...(model.flavour === 'multipart' && {
      ChecksumCRC64NVME: md5(bodyOf(content)),
      ChecksumType: 'FULL_OBJECT',
    }),
  };
}

/** What a write gives to an object besides its bytes. A copy gets no lock but this one. */
function toContent(body: string, input: Input): Content {
  return format({
    body,
    metadata: input.Metadata?.owner ?? '',
    tags: (input.Tagging ?? '').replace('team=', ''),
    annotations: '',
    lock: toLock(input),
    redirect: '',
  });
}

function toLock({ ObjectLockMode: mode, ObjectLockRetainUntilDate: until }: Input): string {
  return mode && until ? `${mode}@${until.toISOString()}` : '';
}

/** The ETag of an annotation. With a key of KMS it says nothing about the payload. */
function annotationEtag({ flavour }: Model, path: string, name: string, payload: string): string {
  return `"${md5(flavour === 'kms' ? `${path} ${name} ${payload}` : payload)}"`;
}

/** Returns the bytes that a range names. They must be whole characters of the body. */
function range(model: Model, content: Content, header: string): string {
  const [first, last] = header.replace('bytes=', '').split('-').map(Number);
  return bodyOf(content).slice(
    first / model.bytesPerCharacter,
    (last + 1) / model.bytesPerCharacter,
  );
}

/** What S3 answers with a part. `-n` stands for the last n bytes, and `n-` for those from n on. */
function cut(bytes: Buffer, header: string): Record<string, unknown> {
  const [first, last] = header.replace('bytes=', '').split('-');
  const part =
    first === ''
      ? bytes.subarray(-Number(last))
      : bytes.subarray(Number(first), last === '' ? undefined : Number(last) + 1);
  return { Part: part.toString('base64'), ContentLength: part.length };
}

type Operation = (model: Model, state: S3State, input: Input) => [S3State, Answer];

/** An operation that reads tags or annotations, which S3 may deny for some keys. */
function reads(
  what: 'tags' | 'annotations',
  answer: (
    model: Model,
    object: { readonly path: string; readonly stored: Stored },
    input: Input,
  ) => Answer,
): Operation {
  return (model, state, input) => {
    const path = `${input.Bucket}/${input.Key}`;
    const stored = state.objects[path];
    if (!stored) {
      return [state, missing(model)];
    }
    if (isUnreadable(model, what, path)) {
      return [state, denial];
    }
    return [state, answer(model, { path, stored }, input)];
  };
}

const OPERATIONS: Record<string, Operation> = {
  CopyObject(model, state, input) {
    const path = decodeURIComponent(input.CopySource!);
    const source = state.objects[path];
    const key = `${input.Bucket}/${input.Key}`;
    if (model.denied === 'copy' && path.endsWith(SECOND)) {
      return [state, denial];
    }
    if (!source) {
      return [state, missing(model)];
    }
    // S3 never copies an object without its tags ("Copying objects", permissions).
    if (isUnreadable(model, 'tags', path) && parse(source.content).tags !== '') {
      return [state, denial];
    }
    if (isFrozen(source)) {
      return [state, frozen];
    }
    if (input.CopySourceIfMatch && input.CopySourceIfMatch !== source.etag) {
      return [state, failedCondition];
    }
    if (input.IfNoneMatch && state.objects[key]) {
      return [state, failedCondition];
    }
    // It keeps metadata, tags and annotations, and neither the lock nor the website redirect.
    const content = withAttributes(source.content, { lock: toLock(input), redirect: '' });
    const after = put(model, state, key, content);
    return [after, { output: { CopyObjectResult: { ETag: after.objects[key].etag } } }];
  },

  HeadObject(model, state, { Bucket, Key }) {
    if (Bucket === REPORTS) {
      const file = state.ledger[Key!];
      return [
        state,
        file ? { output: { ETag: file.etag, Metadata: file.metadata } } : fail('NotFound', 404),
      ];
    }
    const stored = state.objects[`${Bucket}/${Key}`];
    if (stored) {
      return [state, { output: sight(model, `${Bucket}/${Key}`, stored) }];
    }
    // The answer to a HEAD has no body, and so it has no error code (HeadObject API reference).
    return [state, model.missingIsForbidden ? fail('Unknown', 403) : fail('NotFound', 404)];
  },

  GetObject(model, state, { Bucket, Key, IfMatch, Range }) {
    if (Bucket === REPORTS) {
      const part = state.ledger[Key!];
      if (!part) {
        return [state, fail('NoSuchKey', 404)];
      }
      if (IfMatch && IfMatch !== part.etag) {
        return [state, failedCondition];
      }
      return [state, { output: { Body: part.text, ETag: part.etag, LastModified: part.written } }];
    }
    const stored = state.objects[`${Bucket}/${Key}`];
    if (!stored) {
      return [state, missing(model)];
    }
    if (IfMatch && IfMatch !== stored.etag) {
      return [state, failedCondition];
    }
    if (isFrozen(stored)) {
      return [state, frozen];
    }
    const bytes = packOf(stored.content)?.bytes ?? Buffer.from(bodyOf(stored.content));
    return [
      state,
      {
        output: {
          ...sight(model, `${Bucket}/${Key}`, stored),
          ...(Range ? cut(bytes, Range) : { Bytes: bytes.toString('base64') }),
        },
      },
    ];
  },

  GetObjectTagging: reads('tags', (_, { stored }) => {
    const { tags } = parse(stored.content);
    return { output: { TagSet: tags === '' ? [] : [{ Key: 'team', Value: tags }] } };
  }),

  ListObjectAnnotations: reads('annotations', (model, { path, stored }) => {
    const Annotations = [...annotationsOf(stored.content)].map(([AnnotationName, payload]) => ({
      AnnotationName,
      ETag: annotationEtag(model, path, AnnotationName, payload),
      Size: payload.length,
    }));
    return { output: { Annotations } };
  }),

  GetObjectAnnotation: reads('annotations', (_, { stored }, { AnnotationName }) => {
    const Payload = annotationsOf(stored.content).get(AnnotationName!);
    return Payload === undefined ? fail('NoSuchAnnotation', 404) : { output: { Payload } };
  }),

  /** The object keeps its ETag and its time. The only condition is that on the object. */
  PutObjectAnnotation(
    model,
    state,
    { Bucket, Key, AnnotationName, AnnotationPayload, ObjectIfMatch },
  ) {
    const path = `${Bucket}/${Key}`;
    const stored = state.objects[path];
    if (!stored) {
      return [state, missing(model)];
    }
    if (ObjectIfMatch && ObjectIfMatch !== stored.etag) {
      return [state, failedCondition];
    }
    const payload = AnnotationPayload!.toString();
    const content = withAnnotation(stored.content, AnnotationName!, payload);
    return [
      { ...state, objects: { ...state.objects, [path]: { ...stored, content } } },
      { output: { ETag: annotationEtag(model, path, AnnotationName!, payload) } },
    ];
  },

  RestoreObject(model, state, { Bucket, Key }) {
    const path = `${Bucket}/${Key}`;
    const stored = state.objects[path];
    if (!stored) {
      return [state, missing(model)];
    }
    if (!stored.glacier) {
      return [state, frozen];
    }
    if (stored.glacier === 'ongoing') {
      return [state, fail('RestoreAlreadyInProgress', 409)];
    }
    // Of a readable copy, it moves the end.
    return [
      stored.glacier === 'readable' ? state : withGlacier(state, path, 'ongoing'),
      { output: {} },
    ];
  },

  ListObjectsV2(model, state, { Bucket, Prefix }) {
    if (Bucket === REPORTS) {
      const parts = Object.entries(state.ledger)
        .filter(([key]) => key.startsWith(Prefix ?? ''))
        .sort(([a], [b]) => (a < b ? -1 : 1));
      const Contents = parts.map(([Key, { text, etag, written }]) => ({
        Key,
        ETag: etag,
        Size: text.length,
        LastModified: written,
      }));
      return [state, { output: { Contents } }];
    }
    const Contents = Object.entries(state.objects)
      .filter(([key]) => key.startsWith(`${Bucket}/${Prefix}`))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, { etag, content, written }]) => {
        return {
          Key: key.slice(Bucket.length + 1),
          ETag: etag,
          Size: sizeOf(model, content),
          LastModified: written,
        };
      });
    return [state, { output: { Contents } }];
  },

  DeleteObjects(model, state, { Bucket, Delete }) {
    const Deleted: { Key: string }[] = [];
    const Errors: { Key: string; Code: string; Message: string }[] = [];
    for (const { Key, ETag } of Delete!.Objects) {
      const stored = state.objects[`${Bucket}/${Key}`];
      if (model.denied === 'delete' && Key === SECOND) {
        Errors.push({ Key, Code: 'AccessDenied', Message: 'denied' });
        continue;
      }
      // S3 answers a condition on a missing key with Not Found (user guide, conditional deletes).
      if (!stored && ETag) {
        Errors.push({ Key, Code: 'NoSuchKey', Message: 'missing' });
      } else if (stored && ETag && ETag !== stored.etag) {
        Errors.push({ Key, Code: 'PreconditionFailed', Message: 'changed' });
      } else {
        state = remove(state, `${Bucket}/${Key}`);
        Deleted.push({ Key });
      }
    }
    return [state, { output: { Deleted, Errors } }];
  },

  DeleteObject(model, state, { Bucket, Key, IfMatch }) {
    const stored = state.objects[`${Bucket}/${Key}`];
    if (!stored && IfMatch) {
      return [state, missing(model)];
    }
    if (stored && IfMatch && IfMatch !== stored.etag) {
      return [state, failedCondition];
    }
    return [remove(state, `${Bucket}/${Key}`), { output: {} }];
  },

  /**
   * Parts of the ledger are written with this operation, packs, and what is restored from packs.
   */
  PutObject(model, state, input) {
    const { Bucket, Key, Body, IfMatch, IfNoneMatch, Metadata, ChecksumSHA256 } = input;
    if (Bucket === ARCHIVE || Bucket === SOURCE) {
      const key = `${Bucket}/${Key}`;
      const digest = createHash('sha256').update(Body!).digest('base64');
      if (ChecksumSHA256 && ChecksumSHA256 !== digest) {
        return [state, fail('BadDigest', 400)];
      }
      if (IfNoneMatch && state.objects[key]) {
        return [state, failedCondition];
      }
      const content =
        Bucket === ARCHIVE
          ? toPackContent(Body as Buffer)
          : toContent((Body as Buffer).toString(), input);
      const after = put(model, state, key, content);
      return [after, { output: { ETag: after.objects[key].etag, ChecksumSHA256: digest } }];
    }
    const part = state.ledger[Key!];
    if (IfNoneMatch && part) {
      return [state, failedCondition];
    }
    if (IfMatch && !part) {
      return [state, fail('NoSuchKey', 404)];
    }
    if (IfMatch && part.etag !== IfMatch) {
      return [state, failedCondition];
    }
    const text = Body as string;
    const etag = `"${md5(text)}"`;
    const written = Math.max(0, ...Object.values(state.ledger).map((each) => each.written)) + 1;
    const ledger = { ...state.ledger, [Key!]: { text, etag, written, metadata: Metadata } };
    return [{ ...state, ledger }, { output: { ETag: etag } }];
  },

  CreateMultipartUpload(_, state, input) {
    const { Bucket, Key } = input;
    const key = `${Bucket}/${Key}`;
    const count = (state.writes[`upload of ${key}`] ?? 0) + 1;
    const UploadId = `${Key}#${count}`;
    const attributes = toContent('', input);
    return [
      {
        ...state,
        uploads: { ...state.uploads, [UploadId]: { key, attributes, parts: {} } },
        writes: { ...state.writes, [`upload of ${key}`]: count },
      },
      { output: { UploadId } },
    ];
  },

  UploadPartCopy(model, state, input) {
    const upload = state.uploads[input.UploadId!];
    const source = state.objects[decodeURIComponent(input.CopySource!)];
    if (!upload) {
      return [state, fail('NoSuchUpload', 404)];
    }
    if (!source) {
      return [state, missing(model)];
    }
    if (input.CopySourceIfMatch && input.CopySourceIfMatch !== source.etag) {
      return [state, failedCondition];
    }
    if (isFrozen(source)) {
      return [state, frozen];
    }
    const part = range(model, source.content, input.CopySourceRange!);
    const parts = { ...upload.parts, [input.PartNumber!]: part };
    const uploads = { ...state.uploads, [input.UploadId!]: { ...upload, parts } };
    return [{ ...state, uploads }, { output: { CopyPartResult: { ETag: md5(part) } } }];
  },

  ListMultipartUploads(_, state, { Bucket, Prefix }) {
    const Uploads = Object.entries(state.uploads)
      .filter(([, { key }]) => key.startsWith(`${Bucket}/${Prefix}`))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([UploadId, { key }]) => ({
        Key: key.slice(Bucket.length + 1),
        UploadId,
        Initiator: { ID: 'archiver' },
      }));
    return [state, { output: { Uploads } }];
  },

  ListParts(model, state, { UploadId }) {
    const upload = state.uploads[UploadId!];
    if (!upload) {
      return [state, fail('NoSuchUpload', 404)];
    }
    const Parts = Object.entries(upload.parts).map(([number, part]) => ({
      PartNumber: Number(number),
      ETag: md5(part),
      Size: part.length * model.bytesPerCharacter,
    }));
    return [state, { output: { Parts } }];
  },

  CompleteMultipartUpload(model, state, input) {
    const upload = state.uploads[input.UploadId!];
    if (!upload) {
      return [state, fail('NoSuchUpload', 404)];
    }
    if (input.IfNoneMatch && state.objects[upload.key]) {
      return [state, failedCondition];
    }
    const parts = input.MultipartUpload!.Parts.map(({ PartNumber, ETag }) =>
      md5(upload.parts[PartNumber] ?? '') === ETag ? upload.parts[PartNumber] : undefined,
    );
    if (parts.includes(undefined)) {
      return [state, fail('InvalidPart', 400)];
    }
    const content = parts.join('') + upload.attributes;
    if (input.MpuObjectSize !== undefined && input.MpuObjectSize !== sizeOf(model, content)) {
      return [state, fail('InvalidRequest', 400)];
    }
    if (input.ChecksumCRC64NVME && input.ChecksumCRC64NVME !== md5(bodyOf(content))) {
      return [state, fail('BadDigest', 400)];
    }
    const { [input.UploadId!]: _, ...uploads } = state.uploads;
    const etag = assembledEtagOf(model, state, upload.key, content);
    const after = put(model, state, upload.key, content, etag);
    const stored: Stored = { ...after.objects[upload.key], isAssembled: true };
    return [
      { ...after, uploads, objects: { ...after.objects, [upload.key]: stored } },
      { output: { ETag: etag } },
    ];
  },

  AbortMultipartUpload(_, state, { UploadId }) {
    const { [UploadId!]: upload, ...uploads } = state.uploads;
    return upload ? [{ ...state, uploads }, { output: {} }] : [state, fail('NoSuchUpload', 404)];
  },
};

export function execute(
  model: Model,
  state: S3State,
  { operation, input }: Request,
): [S3State, Answer] {
  const perform = OPERATIONS[operation];
  if (!perform) {
    throw new Error(`the model has no ${operation}`);
  }
  return perform(model, state, input);
}

/**
 * Tells whether an operation changes nothing. Then it does not matter whether S3 executes the
 * operation after its caller is gone.
 */
export function isRead(operation: string): boolean {
  return (
    operation.startsWith('Head') || operation.startsWith('Get') || operation.startsWith('List')
  );
}
