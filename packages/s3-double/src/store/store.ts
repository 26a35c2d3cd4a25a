import { createHash } from 'node:crypto';
import { Body } from './body';
import { Bucket, type BucketOptions } from './bucket';
import { type DenyRule, Denials } from './denials';
import { multipartEtag } from './multipart-etag';
import {
  type ArchiveTier,
  type Attributes,
  DEFAULT_ATTRIBUTES,
  DEFAULT_ENCRYPTION,
  DEFAULT_HEADERS,
  type Encryption,
  type ObjectLock,
  type StoredObject,
  toAnnotation,
} from './stored-object';
import { createId } from './version-id';
import { type Checksum, DEFAULT_CHECKSUM } from '../checksums/checksums';
import { S3Error } from '../common/errors';
import { BucketPolicy } from '../policy-language/bucket-policy';

/** Properties of a seeded object besides its content. */
export interface PutOptions {
  metadata?: Record<string, string>;
  tags?: Record<string, string>;
  annotations?: Record<string, string>;
  /**
   * Content-Type, Cache-Control, Content-Disposition, Content-Encoding, Content-Language, Expires,
   * `x-amz-website-redirect-location`, which no copy keeps; in lower case.
   */
  headers?: Record<string, string>;
  /**
   * Headers of HEAD and GET for an attribute that S3 may have one day, such as
   * `x-amz-new-attribute`; in lower case. No copy keeps them: that is the case to be safe in.
   */
  unknownHeaders?: Record<string, string>;
  storageClass?: string;
  serverSideEncryption?: Encryption['algorithm'];
  kmsKeyId?: string;
  lastModified?: Date;
  /** Seeds the object as if uploaded in parts of this size: its ETag ends with `-N`. */
  partSize?: number;
  checksum?: Checksum;
  lock?: ObjectLock;
  /** An archived object of which a readable copy exists. */
  restored?: boolean;
  /** An INTELLIGENT_TIERING object that moved to a tier from which it cannot be read. */
  archiveTier?: ArchiveTier;
  /** An object that was encrypted with a customer-provided key (SSE-C). */
  customerKey?: boolean;
}

const PLAIN: PutOptions = {};

/** All buckets, in memory. Requests use it, and so do tests that seed or inspect objects. */
export class ObjectStore {
  readonly buckets = new Map<string, Bucket>();
  readonly denials = new Denials();
  private ids = 0;

  /** @param account the id of the account that owns the buckets */
  constructor(
    private readonly clock: () => Date,
    readonly account: string,
  ) {}

  createBucket(name: string, options: BucketOptions = {}): Bucket {
    const bucket = new Bucket(name, this.now(), () => this.nextId(), options);
    this.buckets.set(name, bucket);
    return bucket;
  }

  bucket(name: string): Bucket {
    const bucket = this.buckets.get(name);
    if (!bucket) {
      throw new S3Error('NoSuchBucket', { fields: { BucketName: name } });
    }
    return bucket;
  }

  /** A body that is given as such is not copied. */
  put(
    bucketName: string,
    key: string,
    content: string | Buffer | Body,
    options: PutOptions = PLAIN,
  ): StoredObject {
    const bucket = this.bucket(bucketName);
    const body = content instanceof Body ? content : Body.of(content);
    const attributes =
      options === PLAIN && !bucket.encryption ? DEFAULT_ATTRIBUTES : toAttributes(options, bucket);
    const parts = options.partSize ? cut(body, options.partSize) : undefined;
    return bucket.put({
      key,
      body,
      attributes,
      lastModified: options.lastModified?.getTime() ?? this.time(),
      partSizes: parts?.map((part) => part.size),
      opaqueEtag: parts ? multipartEtag(parts) : this.opaqueEtag(attributes.encryption),
    });
  }

  /** The current object; none if the newest version is a delete marker. */
  get(bucketName: string, key: string): StoredObject | undefined {
    return this.bucket(bucketName).current(key);
  }

  /** Keys of current objects in UTF-8 byte order. */
  keys(bucketName: string, prefix = ''): string[] {
    const bucket = this.bucket(bucketName);
    const keys: string[] = [];
    for (const key of bucket.keys.from(prefix)) {
      if (!key.startsWith(prefix)) {
        break;
      }
      if (bucket.current(key)) {
        keys.push(key);
      }
    }
    return keys;
  }

  delete(bucketName: string, key: string): void {
    this.bucket(bucketName).delete(key, this.time());
  }

  /** Refuses the requests that the rule describes until the returned function is called. */
  deny(rule: DenyRule): () => void {
    return this.denials.add(rule);
  }

  /** Sets the bucket's policy, as text or as an object; undefined removes it. */
  putPolicy(bucketName: string, policy: string | object | undefined): void {
    const text = typeof policy === 'object' ? JSON.stringify(policy) : policy;
    this.bucket(bucketName).policy = text === undefined ? undefined : BucketPolicy.parse(text);
  }

  /** Now, in epoch milliseconds. */
  now(): number {
    return this.clock().getTime();
  }

  /** Now, as S3 keeps it: whole seconds. */
  time(): number {
    return Math.floor(this.now() / 1000) * 1000;
  }

  /** Identifiers of versions and uploads: opaque, never the same twice. */
  nextId(): string {
    this.ids += 1;
    return createId(this.ids);
  }

  /**
   * An ETag that says nothing about the content, as SSE-KMS gives (page "Checking object integrity
   * in Amazon S3").
   */
  opaqueEtag(encryption: Encryption): string | undefined {
    return encryption.algorithm === 'aws:kms'
      ? createHash('md5').update(this.nextId()).digest('hex')
      : undefined;
  }
}

function toAttributes(options: PutOptions, bucket: Bucket): Attributes {
  return {
    headers: options.headers ? { ...DEFAULT_HEADERS, ...options.headers } : DEFAULT_HEADERS,
    unknownHeaders: options.unknownHeaders,
    metadata: options.metadata,
    tags: options.tags && Object.entries(options.tags),
    annotations:
      options.annotations &&
      new Map(
        Object.entries(options.annotations).map(([name, text]) => [
          name,
          toAnnotation(Buffer.from(text), 0),
        ]),
      ),
    storageClass: options.storageClass ?? 'STANDARD',
    encryption: options.serverSideEncryption
      ? { algorithm: options.serverSideEncryption, kmsKeyId: options.kmsKeyId }
      : (bucket.encryption ?? DEFAULT_ENCRYPTION),
    checksum: options.checksum ?? DEFAULT_CHECKSUM,
    lock: options.lock,
    restore: options.restored ? { readyAt: 0, expiresAt: Date.UTC(2100, 11, 31) } : undefined,
    archiveTier: options.archiveTier,
    customerKey: options.customerKey,
  };
}

function cut(body: Body, partSize: number): Body[] {
  const parts: Body[] = [];
  for (let start = 0; start < body.size || parts.length === 0; start += partSize) {
    parts.push(body.slice(start, Math.min(start + partSize, body.size)));
  }
  return parts;
}
