import { Body } from './body';
import { SortedKeys } from './sorted-keys';
import {
  DEFAULT_ATTRIBUTES,
  type Encryption,
  type LockDefaults,
  StoredObject,
  type StoredObjectInit,
} from './stored-object';
import type { Upload } from './upload';
import { NULL_VERSION } from './version-id';
import { S3Error } from '../common/errors';
import type { BucketPolicy } from '../policy-language/bucket-policy';

export type Versioning = 'Enabled' | 'Suspended';

export interface BucketOptions {
  versioning?: Versioning;
  /**
   * Requests for another region are redirected. Default: us-east-1 is reported, and no request is
   * redirected.
   */
  region?: string;
  /** The id of the account that owns it. Default: that of the store. */
  account?: string;
  /** Object Lock; it requires versioning and therefore enables it. */
  objectLock?: boolean;
  /** For new objects; they require Object Lock and therefore enable it. */
  lockDefaults?: LockDefaults;
  /** Encryption of objects that are written without encryption headers. Default: SSE-S3. */
  encryption?: Encryption;
  /** Callers other than the owner must agree to pay. */
  requesterPays?: boolean;
  /** Access key ids of the owner's callers. Default: none. */
  owners?: readonly string[];
}

export const DEFAULT_REGION = 'us-east-1';

/** The objects of a bucket, newest version first. */
export class Bucket {
  readonly keys = new SortedKeys();
  readonly uploads = new Map<string, Upload>();
  /** Undefined if any region will do. */
  knownRegion?: string;
  account?: string;
  objectLock: boolean;
  lockDefaults?: LockDefaults;
  owners: readonly string[];
  versioning?: Versioning;
  encryption?: Encryption;
  requesterPays: boolean;
  policy?: BucketPolicy;
  private readonly heads = new Map<string, StoredObject>();

  constructor(
    readonly name: string,
    readonly created: number,
    private readonly nextId: () => string,
    options: BucketOptions,
  ) {
    this.knownRegion = options.region;
    this.account = options.account;
    this.lockDefaults = options.lockDefaults;
    this.objectLock = options.objectLock ?? options.lockDefaults !== undefined;
    this.versioning = options.versioning ?? (this.objectLock ? 'Enabled' : undefined);
    this.encryption = options.encryption;
    this.requesterPays = options.requesterPays ?? false;
    this.owners = options.owners ?? [];
  }

  get region(): string {
    return this.knownRegion ?? DEFAULT_REGION;
  }

  get empty(): boolean {
    return this.heads.size === 0;
  }

  /** The newest version, which may be a delete marker. */
  head(key: string): StoredObject | undefined {
    return this.heads.get(key);
  }

  /** The object that a plain request sees. */
  current(key: string): StoredObject | undefined {
    const head = this.heads.get(key);
    return head?.deleteMarker ? undefined : head;
  }

  version(key: string, versionId: string): StoredObject | undefined {
    let version = this.heads.get(key);
    while (version && version.versionId !== versionId) {
      version = version.older;
    }
    return version;
  }

  /** The version that is asked for, else the current object. */
  find(key: string, versionId?: string): StoredObject | undefined {
    return versionId === undefined ? this.current(key) : this.version(key, versionId);
  }

  put(init: StoredObjectInit): StoredObject {
    const versionId = this.versioning === 'Enabled' ? this.nextId() : NULL_VERSION;
    const object = new StoredObject(init, versionId);
    const head = this.heads.get(object.key);
    if (!head) {
      this.keys.add(object.key);
    } else if (this.versioning) {
      // Suspended versioning replaces the null version, wherever in the history it is.
      object.older = versionId === NULL_VERSION ? without(head, NULL_VERSION) : head;
    }
    this.heads.set(object.key, object);
    this.disturbUploads(object.key);
    return object;
  }

  /**
   * A delete without version id. Returns the delete marker where the bucket's versioning leaves
   * one.
   */
  delete(key: string, now: number): StoredObject | undefined {
    if (this.versioning) {
      return this.put({
        key,
        body: EMPTY,
        attributes: DEFAULT_ATTRIBUTES,
        lastModified: now,
        deleteMarker: true,
      });
    }
    if (this.heads.delete(key)) {
      this.keys.delete(key);
      this.disturbUploads(key);
    }
    return undefined;
  }

  private disturbUploads(key: string): void {
    if (this.uploads.size === 0) {
      return;
    }
    for (const upload of this.uploads.values()) {
      upload.disturbed ||= upload.key === key;
    }
  }

  /** Removes one version for good. */
  deleteVersion(key: string, versionId: string): StoredObject | undefined {
    const removed = this.version(key, versionId);
    if (removed) {
      const rest = without(this.heads.get(key), versionId);
      if (rest) {
        this.heads.set(key, rest);
      } else {
        this.heads.delete(key);
        this.keys.delete(key);
      }
    }
    return removed;
  }

  upload(id: string, key: string): Upload {
    const upload = this.uploads.get(id);
    if (!upload || upload.key !== key) {
      throw new S3Error('NoSuchUpload', { fields: { UploadId: id } });
    }
    return upload;
  }
}

const EMPTY = Body.of('');

/** The chain of versions without one of them. */
function without(head: StoredObject | undefined, versionId: string): StoredObject | undefined {
  if (!head || head.versionId === versionId) {
    return head?.older;
  }
  for (let version = head; version.older; version = version.older) {
    if (version.older.versionId === versionId) {
      version.older = version.older.older;
      break;
    }
  }
  return head;
}
