/** How the functions read, write and compare what belongs to an object besides its bytes. */
import type {
  AnnotationEntry,
  GetObjectCommandOutput,
  HeadObjectCommandOutput,
} from '@aws-sdk/client-s3';
import type { ATTRIBUTES } from '../../contract/object-attributes';
import type { BucketClient } from '../s3/bucket-client';
import { toS3Error } from '../s3/s3-error';

/** An answer of HeadObject or GetObject. */
export type Answer = Omit<Partial<HeadObjectCommandOutput & GetObjectCommandOutput>, '$metadata'>;

/** Pairs of a name and a value, by name. A plain object would not hold the name `__proto__`. */
export type Entries = readonly (readonly [name: string, value: string])[];

/** Retention, legal hold and event hold, as HeadObject and CopyObject name them. */
export type Lock = Pick<Answer, keyof (typeof ATTRIBUTES)['lock']['fields']>;

export interface Checksum {
  readonly algorithm: string;
  readonly type?: string;
  /** In Base64. */
  readonly value: string;
}

/** The value of each attribute, where the object has one. */
export interface Values {
  readonly contentType: string;
  readonly cacheControl: string;
  readonly contentEncoding: string;
  readonly contentDisposition: string;
  readonly contentLanguage: string;
  readonly expires: string;
  readonly metadata: Entries;
  readonly tags: Entries;
  /** By their names. */
  readonly annotations: ReadonlyMap<string, AnnotationEntry>;
  readonly lock: Lock;
  readonly websiteRedirect: string;
  readonly storageClass: string;
  /** The algorithm. */
  readonly encryption: string;
  readonly checksum: Checksum;
}

/**
 * The value of an attribute, or the error of a denied read. A denial never counts as an absent
 * value: the attribute may exist, and the move would lose it.
 */
export type Known<T> =
  | { readonly is: 'known'; readonly value?: T }
  | { readonly is: 'unreadable'; readonly error: Error };

/** An object that is only read. */
export interface ReadOnlyPlace {
  readonly bucket: BucketClient;
  readonly key: string;
}

/** Parameters of CreateMultipartUpload and PutObject, and headers for which the SDK has none. */
export interface WriteInput {
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Attribute<T> {
  /** The value in an answer. `ask`: the answer does not show whether the object has any. */
  of(answer: Answer): Known<T> | 'ask';
  /** Requests the value. It returns a denial, and throws all other errors. */
  ask?(at: ReadOnlyPlace): Promise<Known<T>>;
  /** Returns true if the copy has what the source has. */
  keeps(source: T | undefined, copy: T | undefined, now: number): boolean;
  toInput?(value: T): WriteInput;
  /** The value in the index of a pack. Default: as it is. */
  toJson?(value: T): unknown;
  fromJson?(json: unknown): T;
}

export function known<T>(value?: T): Known<T> {
  return { is: 'known', value };
}

/** Returns the answer to a request. A denial is `unreadable`, not an absent value. */
export async function askUnlessDenied<T>(ask: () => Promise<T | undefined>): Promise<Known<T>> {
  try {
    return known(await ask());
  } catch (error) {
    if (toS3Error(error).kind !== 'denied') {
      throw error;
    }
    return { is: 'unreadable', error: error as Error };
  }
}
