/** Finds out what a manifest does not say about an object. */
import type { ManifestObject } from './parse-line';
import { ErrorName, namedError } from '../../../contract/errors';
import type { ListedObject } from '../../../contract/payloads/listing';
import { ReasonCode } from '../../../contract/payloads/reason-codes';
import type { SourceSettings } from '../../runtime/environment';
import type { BucketClient } from '../../s3/bucket-client';
import { toS3Error } from '../../s3/s3-error';
import { formatKey } from '../../text/format';

/** Whether the manifest says all that selection and move need. */
export function isComplete(object: ManifestObject, { dateSource, filter }: Pick<SourceSettings, 'dateSource' | 'filter'>): object is ListedObject {
  const needsTime = filter?.minAge !== undefined || (dateSource.kind === 'lastModified' && object.Date === undefined);
  return object.Etag !== undefined && object.Size !== undefined && (object.LastModified !== undefined || !needsTime);
}

/**
 * Looks at the object. What is there now counts, and not what the manifest says: the copy is pinned to it.
 *
 * @returns undefined if there is no such object
 */
export async function look(source: BucketClient, object: ManifestObject): Promise<ListedObject | undefined> {
  try {
    const head = await source.head(object.Key, false);
    if (!head) { return undefined; }
    return {
      Key: object.Key,
      Etag: head.ETag,
      Size: head.ContentLength!,
      ...head.LastModified && { LastModified: head.LastModified.getTime() / 1000 },
      ...head.StorageClass && { StorageClass: head.StorageClass },
      ...object.Date !== undefined && { Date: object.Date },
    };
  } catch (error) {
    const { code, message } = toS3Error(error);
    if (code !== ReasonCode.ACCESS_DENIED && code !== ReasonCode.NO_SUCH_BUCKET) { throw error; }
    throw namedError(ErrorName.SYSTEMIC_FAILURE, `${code}: the manifest does not say the etag and the size of ${formatKey(object.Key)}, so the list-objects function must look at it, `
      + `which needs s3:GetObject on s3://${source.name}. No object was touched. S3 says: ${message}`);
  }
}
