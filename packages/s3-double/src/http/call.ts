import type { CopySource } from './copy-source';

/** A request as hooks and fault plans see it. */
export interface S3Call {
  operation: string;
  bucket: string;
  key?: string;
  /** DeleteObjects. */
  keys?: string[];
  /** CopyObject and UploadPartCopy. */
  copySource?: CopySource;
  /** With a condition on the object that it writes or deletes. */
  conditional?: true;
  /** An earlier request of the same connection was answered. */
  follows?: true;
  accessKeyId?: string;
  /** How many requests came up to this one, itself counted. */
  n: number;
}

export interface Hooks<F> {
  /** Before the operation; it may look, change the store, wait, or return a fault. */
  before?: (call: S3Call) => F | undefined | Promise<F | undefined>;
  /** After the operation and before its answer is sent. */
  after?: (call: S3Call) => void | Promise<void>;
}
