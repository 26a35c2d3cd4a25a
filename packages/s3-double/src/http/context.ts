import type { IncomingHttpHeaders } from 'node:http';
import type { Target } from './operation';
import type { ObjectStore } from '../store/store';

/** A request, read whole. */
export interface S3Request extends Target {
  readonly operation: string;
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  /** Trailing headers of an aws-chunked body. */
  readonly trailers: Record<string, string>;
  readonly body: Buffer;
}

/** Limits of S3 that tests scale down. */
export interface Limits {
  readonly copyBytes: number;
  readonly minPartBytes: number;
}

/** What an operation works with. */
export interface Context {
  readonly request: S3Request;
  readonly store: ObjectStore;
  readonly limits: Limits;
  readonly secureTransport: boolean;
  readonly guard?: S3Guard;
  /** Keys of DeleteObjects that a fault concerns. */
  readonly keyFaults?: ReadonlyMap<string, KeyFault>;
}

/** What a fault does to one key of a DeleteObjects. */
export interface KeyFault {
  /** The key is refused with this error. Without a code, the answer does not name the key. */
  readonly code?: string;
  readonly executed: boolean;
}

export interface Answer {
  status: number;
  headers?: Record<string, string | number>;
  /** A string is XML. */
  body?: string | readonly Buffer[];
  /** Something between S3 and the client sent it: it has none of S3's headers. */
  foreign?: true;
}

/**
 * What the caller is about to do: the request itself, or a part of it such as reading a copy's
 * source.
 */
export interface Step {
  readonly operation: string;
  readonly bucket: string;
  readonly key?: string;
  readonly versionId?: string;
  /** The ETag that the object must have; a DeleteObjects may give one for each key. */
  readonly etag?: string;
}

/** Decides what callers may do and see. Without one, everything is allowed. */
export interface S3Guard {
  /** Throws if the caller may not do it. */
  authorize(context: Context, step: Step): void;
  /** Wraps the operation; it may refuse after all. */
  serve(context: Context, perform: () => Answer): Answer;
}
