import { type _Object, HeadObjectCommand } from '@aws-sdk/client-s3';
import type { ManifestObject } from './parse-line';
import { ErrorName, namedError } from '../../../contract/errors';
import type { ListedObject } from '../../../contract/payloads/listing';
import type { Settings } from '../../../contract/payloads/settings';
import type { BucketClient } from '../../s3/bucket-client';
import { toS3Error } from '../../s3/s3-error';
import { toListedObject } from '../list-objects';

export function isComplete(object: ManifestObject, { dateSource, filter }: Pick<Settings, 'dateSource' | 'filter'>): object is ListedObject {
  const { Etag, Size, LastModified, Date } = object;
  const needsTime = filter?.minAge !== undefined || (dateSource.kind === 'lastModified' && Date === undefined);
  return Etag !== undefined && Size !== undefined && (LastModified !== undefined || !needsTime);
}

/** Looks at the object, or returns undefined if there is none. What is there now counts, and not what the manifest says. */
export async function headObject(source: BucketClient, { Key, Date }: ManifestObject): Promise<ListedObject | undefined> {
  const found = await describe(source, Key);
  return found && { ...toListedObject({ ...found, Key }), ...Date !== undefined && { Date } };
}

type Described = Pick<_Object, 'ETag' | 'Size' | 'LastModified' | 'StorageClass'>;

/** HeadObject costs a twelfth of a listing, but a policy of another account or a key of the writer (SSE-C) may deny it. A listing shows all. */
async function describe(source: BucketClient, key: string): Promise<Described | undefined> {
  try {
    const head = await source.request((s3) => s3.send(new HeadObjectCommand({ Bucket: source.name, Key: key })));
    return { ...head, Size: head.ContentLength };
  } catch (error) {
    const { kind } = toS3Error(error);
    if (kind === 'missing') { return undefined; }
    if (kind === 'transient') { throw error; }
    return source.find(key).catch((failure: unknown) => { throw explain(source, failure); });
  }
}

function explain({ name }: BucketClient, error: unknown): unknown {
  const { kind, code, message } = toS3Error(error);
  if (kind !== 'denied') { return error; }
  return namedError(ErrorName.SYSTEMIC_FAILURE, `${code}: the list-objects function may neither look at the objects of the run's manifest nor list them: `
    + `allow it s3:ListBucket on ${name} below the archiver's prefix. No object was touched. S3 says: ${message}`);
}
