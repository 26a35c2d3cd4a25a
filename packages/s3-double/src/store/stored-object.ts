import { createHash } from 'node:crypto';
import type { Body } from './body';
import { type Checksum, type ChecksumAlgorithm, DEFAULT_CHECKSUM } from '../checksums/checksums';

export type Tags = ReadonlyArray<readonly [key: string, value: string]>;

export interface Encryption {
  readonly algorithm: 'AES256' | 'aws:kms';
  readonly kmsKeyId?: string;
  readonly bucketKey?: boolean;
}

/** One of the two. */
export interface Duration {
  readonly days?: number;
  readonly years?: number;
}

/** For how long S3 retains the object from the moment when a caller releases the hold. */
export type EventHold = Duration;

export interface ObjectLock {
  readonly mode?: string;
  /** Epoch milliseconds. */
  readonly retainUntil?: number;
  readonly legalHold?: boolean;
  readonly eventHold?: EventHold;
}

/** What a bucket gives to new objects whose upload has no setting of Object Lock. */
export interface LockDefaults {
  /** Together with a period. */
  readonly mode?: string;
  readonly period?: Duration;
  readonly eventHold?: EventHold;
}

export interface Annotation {
  readonly payload: Buffer;
  /** Without quotes. */
  readonly etag: string;
  /** Epoch milliseconds. */
  readonly lastModified: number;
}

export function toAnnotation(payload: Buffer, lastModified: number): Annotation {
  return { payload, etag: createHash('md5').update(payload).digest('hex'), lastModified };
}

/**
 * Tiers of INTELLIGENT_TIERING whose objects cannot be read immediately; listings do not show them.
 */
export type ArchiveTier = 'ARCHIVE_ACCESS' | 'DEEP_ARCHIVE_ACCESS';

/** Everything about an object except its content. Immutable, so that copies share it. */
export interface Attributes {
  /** Content-Type, Cache-Control and the like, by their names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Of an attribute that S3 does not have, by their names in lower case. */
  readonly unknownHeaders?: Readonly<Record<string, string>>;
  /** User metadata, without `x-amz-meta-`. */
  readonly metadata?: Readonly<Record<string, string>>;
  readonly tags?: Tags;
  /** By their names. */
  readonly annotations?: ReadonlyMap<string, Annotation>;
  readonly storageClass: string;
  readonly encryption: Encryption;
  readonly checksum: Checksum;
  readonly lock?: ObjectLock;
  /**
   * Of an object in Glacier: when its readable copy is there, and until when. Epoch milliseconds.
   */
  readonly restore?: { readonly readyAt: number; readonly expiresAt: number };
  readonly archiveTier?: ArchiveTier;
  /**
   * Encrypted with a key that only its writer has (SSE-C). The double never has that key, so such
   * an object can be listed and deleted, but not read.
   */
  readonly customerKey?: boolean;
}

export const DEFAULT_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'binary/octet-stream',
};
export const DEFAULT_ENCRYPTION: Encryption = { algorithm: 'AES256' };

export const DEFAULT_ATTRIBUTES: Attributes = {
  headers: DEFAULT_HEADERS,
  storageClass: 'STANDARD',
  encryption: DEFAULT_ENCRYPTION,
  checksum: DEFAULT_CHECKSUM,
};

/**
 * Classes whose objects must be restored before they can be read (page "Working with archived
 * objects").
 */
const ARCHIVED_CLASSES = new Set(['GLACIER', 'DEEP_ARCHIVE']);

export interface StoredObjectInit {
  key: string;
  body: Body;
  attributes: Attributes;
  /** Epoch milliseconds. */
  lastModified: number;
  deleteMarker?: boolean;
  /** The ETag, if it is not the MD5 of the content. */
  opaqueEtag?: string;
  partSizes?: readonly number[];
}

/** A version of an object, or a delete marker. */
export class StoredObject {
  readonly key: string;
  readonly body: Body;
  readonly lastModified: number;
  /** `null` for what was written while versioning was off or suspended. */
  readonly versionId: string;
  readonly deleteMarker: boolean;
  readonly partSizes?: readonly number[];
  attributes: Attributes;
  /** The version that this one hides. */
  older?: StoredObject;
  private readonly opaqueEtag?: string;

  constructor(init: StoredObjectInit, versionId: string) {
    this.key = init.key;
    this.body = init.body;
    this.lastModified = init.lastModified;
    this.versionId = versionId;
    this.deleteMarker = init.deleteMarker ?? false;
    this.partSizes = init.partSizes;
    this.attributes = init.attributes;
    this.opaqueEtag = init.opaqueEtag;
    this.older = undefined;
  }

  /** Without quotes. */
  get etag(): string {
    return this.opaqueEtag ?? this.body.md5();
  }

  get size(): number {
    return this.body.size;
  }

  /** Whether the object cannot be read before a caller restores it. */
  isArchived(now: number): boolean {
    const { storageClass, archiveTier } = this.attributes;
    return (
      (ARCHIVED_CLASSES.has(storageClass) || archiveTier !== undefined) &&
      this.getRestore(now) !== 'restored'
    );
  }

  /** Undefined: there is neither a readable copy nor a restore in progress. */
  getRestore(now: number): 'ongoing' | 'restored' | undefined {
    const { restore } = this.attributes;
    if (!restore || restore.expiresAt <= now) {
      return undefined;
    }
    return restore.readyAt > now ? 'ongoing' : 'restored';
  }

  get checksum(): { algorithm: ChecksumAlgorithm; type: string; value: string } {
    const { algorithm, type, composite } = this.attributes.checksum;
    return { algorithm, type, value: composite ?? this.body.checksum(algorithm) };
  }
}
