import { toRequestName, type Requests } from '../../../../src/lambda/pricing/requests';
import { getEarlyByteDays, getTerms } from '../../../../src/lambda/pricing/storage-classes';
import type { Answer, S3Request } from '../http/context';
import { parseCopySource } from '../http/copy-source';
import { deletionKeys } from '../operations/delete';
import type { ObjectStore } from '../store/store';
import type { StoredObject } from '../store/stored-object';

/** What S3 would charge for. */
export interface Bill {
  /** By operation and by the storage class that sets the price. */
  readonly requests: Requests;
  /** Bytes read or copied, by class. */
  readonly retrieved: Record<string, number>;
  /**
   * Bytes deleted before their minimum storage duration, multiplied by the remaining days, by
   * class.
   */
  readonly earlyByteDays: Record<string, number>;
  /** Bytes copied to another bucket, by the names of both buckets: `from/to`. */
  readonly copied: Record<string, number>;
}

export function newBill(): Bill {
  return { requests: {}, retrieved: {}, earlyByteDays: {}, copied: {} };
}

export function resetBill(bill: Bill): void {
  for (const amounts of Object.values(bill) as Record<string, number>[]) {
    for (const name of Object.keys(amounts)) {
      delete amounts[name];
    }
  }
}

/**
 * Adds a request to the bill. The request is billed whether or not it succeeds; the bytes that it
 * moves only if it does.
 */
export function billed(
  bill: Bill,
  request: S3Request,
  store: ObjectStore,
  perform: () => Answer,
): Answer {
  const { operation } = request;
  const source = findSourceObject(request, store);
  const written = writtenClass(request, store);
  const before = /^Delete/.test(operation) ? shortLived(request, store) : [];
  const restored = operation === 'RestoreObject' ? findRestored(request, store) : undefined;
  add(
    bill.requests,
    toRequestName(
      operation,
      restored?.name ??
        written ??
        (/^(Get|Head)Object$/.test(operation) ? source?.object.attributes.storageClass : undefined),
    ),
    1,
  );
  const answer = perform();
  if (answer.status >= 300) {
    return answer;
  }
  if (restored) {
    add(bill.retrieved, restored.name, restored.size);
  }
  if (source && operation !== 'HeadObject') {
    const {
      bucket,
      object: { attributes, size },
    } = source;
    const bytes = operation === 'UploadPartCopy' ? rangeBytes(request, size) : size;
    if (isBilledForRetrieval(source.object)) {
      add(bill.retrieved, attributes.storageClass, bytes);
    }
    if (bucket !== request.bucket) {
      add(bill.copied, `${bucket}/${request.bucket}`, bytes);
    }
  }
  for (const object of before) {
    if (store.bucket(request.bucket).current(object.key) === object) {
      continue;
    }
    const { storageClass } = object.attributes;
    add(
      bill.earlyByteDays,
      storageClass,
      getEarlyByteDays(storageClass, object.size, (store.time() - object.lastModified) / 1000),
    );
  }
  return answer;
}

/** The object that is read, where there is one, and its bucket. */
function findSourceObject(
  { operation, bucket, key, headers }: S3Request,
  store: ObjectStore,
): { bucket: string; object: StoredObject } | undefined {
  const copySource = headers['x-amz-copy-source'];
  if (copySource === undefined && !/^(Get|Head)Object$/.test(operation)) {
    return undefined;
  }
  const read = copySource === undefined ? { bucket, key } : parseCopySource(String(copySource));
  const object = store.buckets.get(read.bucket)?.current(read.key);
  return object && { bucket: read.bucket, object };
}

/** What a restore is billed by: the class and the tier. */
function findRestored(
  { bucket, key, body }: S3Request,
  store: ObjectStore,
): { name: string; size: number } | undefined {
  const object = store.buckets.get(bucket)?.current(key);
  const [, tier = 'Standard'] = /<Tier>(\w+)<\/Tier>/.exec(body.toString()) ?? [];
  return object && { name: `${object.attributes.storageClass}/${tier}`, size: object.size };
}

/** An upload has the class that it was created with. */
function writtenClass(
  { operation, bucket, headers, query }: S3Request,
  store: ObjectStore,
): string | undefined {
  if (/^(PutObject|CopyObject|CreateMultipartUpload)$/.test(operation)) {
    return (headers['x-amz-storage-class'] as string | undefined) ?? 'STANDARD';
  }
  if (!/^(UploadPart|CompleteMultipartUpload)/.test(operation)) {
    return undefined;
  }
  return store.buckets.get(bucket)?.uploads.get(query.get('uploadId') ?? '')?.attributes
    .storageClass;
}

/** Objects that a delete names and whose class has a minimum storage duration. */
function shortLived(request: S3Request, store: ObjectStore): StoredObject[] {
  const bucket = store.buckets.get(request.bucket);
  // With versioning, the deleted object stays as an older version.
  if (bucket?.versioning) {
    return [];
  }
  const keys = request.operation === 'DeleteObject' ? [request.key] : (deletionKeys(request) ?? []);
  return keys
    .flatMap((key) => bucket?.current(key) ?? [])
    .filter(({ attributes }) => getTerms(attributes.storageClass).minimumDays > 0);
}

function isBilledForRetrieval({ attributes: { storageClass } }: StoredObject): boolean {
  return storageClass !== 'STANDARD' && storageClass !== 'INTELLIGENT_TIERING';
}

function rangeBytes({ headers }: S3Request, size: number): number {
  const [, first, last] =
    /^bytes=(\d+)-(\d+)$/.exec(String(headers['x-amz-copy-source-range'] ?? '')) ?? [];
  return first === undefined ? size : Number(last) - Number(first) + 1;
}

function add(amounts: Record<string, number>, name: string, amount: number): void {
  amounts[name] = (amounts[name] ?? 0) + amount;
}
