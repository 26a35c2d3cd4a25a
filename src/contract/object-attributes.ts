/**
 * The attributes that an object has besides its key and its bytes, and how S3 shows, keeps and
 * protects them. All code that concerns all attributes walks this table. It decides what a copy in
 * parts or a restore writes, what the index of a pack holds, what is compared before a source is
 * deleted, and the permissions of the functions. It is plain data, because the construct loads it.
 *
 * src/lambda/attributes has the code for each row, and the compiler compares the fields with those
 * of the SDK. docs/safety.md has the same table for readers.
 */

export interface AttributeFacts {
  /**
   * The fields of HeadObject, and the header that each of them comes from. A header that ends with
   * `-` is the beginning of several.
   */
  readonly fields: Readonly<Record<string, string>>;
  /**
   * `answer`: HeadObject and GetObject return it. `count`: they return only the number, and only to
   * callers that may read the values. `ask`: only a separate request returns it.
   */
  readonly shown: 'answer' | 'count' | 'ask';
  /** CopyObject gives it to the copy by itself. Other requests have to state it. */
  readonly isCopied: boolean;
  /** The IAM actions that reading it needs, besides `s3:GetObject`. */
  readonly read: readonly string[];
  /** The IAM actions that writing it needs, besides `s3:PutObject`. */
  readonly write: readonly string[];
  /** `refused`: an object that has it is moved instead of packed. `dropped`: a pack loses it. */
  readonly inPack: 'kept' | 'refused' | 'dropped';
  /**
   * Whether an object at the destination can be the copy. `equal`: it has the same. `includes`: it
   * has all that the source has. `as strict`: it is protected for at least as long. `ignored`: it
   * does not matter.
   */
  readonly found: 'equal' | 'includes' | 'as strict' | 'ignored';
}

/** A header that every way keeps or writes. */
const HEADER = {
  shown: 'answer',
  isCopied: true,
  read: [],
  write: [],
  inPack: 'kept',
  found: 'equal',
} as const satisfies Omit<AttributeFacts, 'fields'>;

/** The archive decides it, and not the source. */
const OF_DESTINATION = {
  shown: 'answer',
  isCopied: false,
  read: [],
  write: [],
  inPack: 'kept',
  found: 'ignored',
} as const satisfies Omit<AttributeFacts, 'fields'>;

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html */
export const ATTRIBUTES = {
  contentType: { ...HEADER, fields: { ContentType: 'content-type' } },
  cacheControl: { ...HEADER, fields: { CacheControl: 'cache-control' } },
  contentEncoding: { ...HEADER, fields: { ContentEncoding: 'content-encoding' } },
  contentDisposition: { ...HEADER, fields: { ContentDisposition: 'content-disposition' } },
  contentLanguage: { ...HEADER, fields: { ContentLanguage: 'content-language' } },
  /** Any text, such as `0` or `never`, so the SDK's date is not used. */
  expires: { ...HEADER, fields: { ExpiresString: 'expires' } },
  /** `MissingMeta` counts the entries that S3 cannot return over HTTP. */
  metadata: { ...HEADER, fields: { Metadata: 'x-amz-meta-', MissingMeta: 'x-amz-missing-meta' } },
  /** https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html */
  tags: {
    fields: { TagCount: 'x-amz-tagging-count' },
    shown: 'count',
    isCopied: true,
    read: ['s3:GetObjectTagging'],
    write: ['s3:PutObjectTagging'],
    inPack: 'kept',
    found: 'equal',
  },
  /**
   * Asking for those of each packed object would cost as much as reading it, or more
   * (docs/costs.md).
   * https://docs.aws.amazon.com/AmazonS3/latest/userguide/annotations-overview.html
   */
  annotations: {
    fields: {},
    shown: 'ask',
    isCopied: true,
    read: ['s3:GetObjectAnnotation', 's3:ListObjectAnnotations'],
    write: ['s3:PutObjectAnnotation'],
    inPack: 'dropped',
    found: 'includes',
  },
  /**
   * Retention, legal hold and event hold.
   * https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
   */
  lock: {
    fields: {
      ObjectLockMode: 'x-amz-object-lock-mode',
      ObjectLockRetainUntilDate: 'x-amz-object-lock-retain-until-date',
      ObjectLockLegalHoldStatus: 'x-amz-object-lock-legal-hold',
      ObjectLockEventHold: 'x-amz-object-lock-event-hold',
      ObjectLockEventHoldDurationDays: 'x-amz-object-lock-event-hold-duration-days',
      ObjectLockEventHoldDurationYears: 'x-amz-object-lock-event-hold-duration-years',
    },
    shown: 'answer',
    isCopied: false,
    read: ['s3:GetObjectRetention', 's3:GetObjectLegalHold'],
    write: ['s3:PutObjectRetention', 's3:PutObjectLegalHold'],
    inPack: 'refused',
    found: 'as strict',
  },
  /** Knowing it would cost a HeadObject for each copy, 8 % of its price. */
  websiteRedirect: {
    ...OF_DESTINATION,
    fields: { WebsiteRedirectLocation: 'x-amz-website-redirect-location' },
    inPack: 'dropped',
  },
  storageClass: { ...OF_DESTINATION, fields: { StorageClass: 'x-amz-storage-class' } },
  encryption: {
    ...OF_DESTINATION,
    inPack: 'dropped',
    fields: {
      ServerSideEncryption: 'x-amz-server-side-encryption',
      SSEKMSKeyId: 'x-amz-server-side-encryption-aws-kms-key-id',
      BucketKeyEnabled: 'x-amz-server-side-encryption-bucket-key-enabled',
      SSECustomerAlgorithm: 'x-amz-server-side-encryption-customer-algorithm',
      SSECustomerKeyMD5: 'x-amz-server-side-encryption-customer-key-md5',
    },
  },
  /** It describes the bytes, so `decide` compares it. */
  checksum: {
    ...OF_DESTINATION,
    fields: {
      ChecksumCRC32: 'x-amz-checksum-crc32',
      ChecksumCRC32C: 'x-amz-checksum-crc32c',
      ChecksumCRC64NVME: 'x-amz-checksum-crc64nvme',
      ChecksumSHA1: 'x-amz-checksum-sha1',
      ChecksumSHA256: 'x-amz-checksum-sha256',
      ChecksumSHA512: 'x-amz-checksum-sha512',
      ChecksumMD5: 'x-amz-checksum-md5',
      ChecksumXXHASH64: 'x-amz-checksum-xxhash64',
      ChecksumXXHASH3: 'x-amz-checksum-xxhash3',
      ChecksumXXHASH128: 'x-amz-checksum-xxhash128',
      ChecksumType: 'x-amz-checksum-type',
    },
  },
} as const satisfies Readonly<Record<string, AttributeFacts>>;

export type AttributeName = keyof typeof ATTRIBUTES;

/** Fields of an answer that are not attributes of the object, with the reason. */
export const IGNORED = {
  ETag: { header: 'etag', why: 'it identifies the content, and `decide` compares it' },
  ContentLength: { header: 'content-length', why: 'it is the size, which `decide` compares' },
  LastModified: { header: 'last-modified', why: 'a copy has its own time' },
  VersionId: { header: 'x-amz-version-id', why: 'a copy is another version' },
  DeleteMarker: { header: 'x-amz-delete-marker', why: 'a delete marker is no object' },
  Expires: { header: 'expires', why: '`ExpiresString` has the same as it was written' },
  Expiration: { header: 'x-amz-expiration', why: 'a rule of the bucket sets it' },
  Restore: {
    header: 'x-amz-restore',
    why: 'it describes the copy that S3 has restored for a time',
  },
  ArchiveStatus: { header: 'x-amz-archive-status', why: 'it describes the access tier' },
  ReplicationStatus: { header: 'x-amz-replication-status', why: 'rules of the bucket set it' },
  PartsCount: { header: 'x-amz-mp-parts-count', why: 'it describes the upload, as the ETag does' },
  RequestCharged: { header: 'x-amz-request-charged', why: 'it describes the request' },
  AcceptRanges: { header: 'accept-ranges', why: 'it describes the server' },
  ContentRange: { header: 'content-range', why: 'it describes the request' },
  Bucket: { header: '', why: 'it describes the request' },
  Body: { header: '', why: 'it has the bytes, which are hashed' },
} as const satisfies Readonly<Record<string, { readonly header: string; readonly why: string }>>;

/** Headers of every answer, which are no fields of the SDK's. */
const OF_EVERY_ANSWER: readonly string[] = [
  'x-amz-request-id',
  'x-amz-id-2',
  'x-amz-bucket-region',
  'x-amz-cf-id',
  'x-amz-cf-pop',
  // Some servers repeat these of the upload. The checksum itself is a row.
  'x-amz-sdk-checksum-algorithm',
  'x-amz-checksum-algorithm',
  'x-amz-content-',
];

const HEADERS: readonly string[] = [
  ...Object.values<AttributeFacts>(ATTRIBUTES).flatMap(({ fields }) => Object.values(fields)),
  ...Object.values(IGNORED).map(({ header }) => header),
  ...OF_EVERY_ANSWER,
];
const NAMED: ReadonlySet<string> = new Set(HEADERS.filter((header) => !header.endsWith('-')));
const PREFIXES: readonly string[] = HEADERS.filter((header) => header.endsWith('-'));

/**
 * Whether a header is an attribute that no row names: a pack or a copy in parts would lose it, and
 * a comparison would miss it.
 * @param header in lower case
 */
export function isUnlisted(header: string): boolean {
  return (
    header.startsWith('x-amz-') &&
    !NAMED.has(header) &&
    !PREFIXES.some((prefix) => header.startsWith(prefix))
  );
}
