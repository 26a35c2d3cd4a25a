/** Finds out what a manifest does not say about an object. */
import type { ManifestObject } from './parse-line';
import { ErrorName, namedError } from '../../../contract/errors';
import type { ListedObject } from '../../../contract/payloads/listing';
import type { SourceSettings } from '../../runtime/environment';
import type { BucketClient } from '../../s3/bucket-client';
import { toS3Error } from '../../s3/s3-error';
import { formatKey } from '../../text/format';

type SelectionSettings = Pick<SourceSettings, 'dateSource' | 'filter'>;

/** Whether the manifest says all that selection and move need. */
export function isComplete(object: ManifestObject, settings: SelectionSettings): object is ListedObject {
  return listMissing(object, settings).length === 0;
}

function listMissing({ Etag, Size, LastModified, Date }: ManifestObject, { dateSource, filter }: SelectionSettings): string[] {
  const needsTime = filter?.minAge !== undefined || needsDay({ Date }, { dateSource });
  return [...Etag === undefined ? ['etag'] : [], ...Size === undefined ? ['size'] : [], ...LastModified === undefined && needsTime ? ['lastModified'] : []];
}

function needsDay({ Date: date }: Pick<ManifestObject, 'Date'>, { dateSource }: Pick<SelectionSettings, 'dateSource'>): boolean {
  return dateSource.kind === 'lastModified' && date === undefined;
}

/** What a look at an object shows. Without `object`, there is none. */
export interface Looked {
  readonly object?: ListedObject;
  /** S3 denied the look. */
  readonly denial?: Error;
}

/** No version has it, so the copy under this condition finds out whether S3 gives the object to the archive-batch function. */
const UNKNOWN_ETAG = '"unknown"';

/**
 * Looks at the object. What is there now counts, and not what the manifest says: the copy is pinned to it.
 *
 * An object that S3 does not show, such as one that its writer encrypted with a key of their own (SSE-C), is planned all the
 * same, because one object must not end the run of all others. Its copy fails with S3's reason.
 */
export async function look(source: BucketClient, object: ManifestObject, settings: SelectionSettings): Promise<Looked> {
  try {
    const head = await source.head(object.Key, false);
    if (!head) { return {}; }
    return {
      object: {
        Key: object.Key,
        Etag: head.ETag,
        Size: head.ContentLength!,
        ...head.LastModified && { LastModified: head.LastModified.getTime() / 1000 },
        ...head.StorageClass && { StorageClass: head.StorageClass },
        ...object.Date !== undefined && { Date: object.Date },
      },
    };
  } catch (error) {
    const { kind } = toS3Error(error);
    if (kind === 'transient') { throw error; }
    const refusal = explainRefusal(source, object, settings, error);
    // Nobody knows whether its day is one of the run's.
    if (object.LastModified === undefined && needsDay(object, settings)) { throw refusal; }
    const guess = { Etag: UNKNOWN_ETAG, Size: settings.filter?.minSize ?? 0, ...object };
    return { object: guess, ...kind === 'denied' && { denial: refusal } };
  }
}

function explainRefusal(source: BucketClient, object: ManifestObject, settings: SelectionSettings, error: unknown): Error {
  const { kind, code, message } = toS3Error(error);
  const missing = new Intl.ListFormat('en').format(listMissing(object, settings).map((name) => `the ${name}`));
  const problem = `the manifest does not say ${missing} of ${formatKey(object.Key)}, so the list-objects function must look at it`;
  const why = `No object was touched. S3 says: ${message}`;
  return kind === 'denied'
    ? namedError(ErrorName.SYSTEMIC_FAILURE, `${code}: ${problem}, which needs s3:GetObject on s3://${source.name}: allow it, or write what is missing into the manifest. ${why}`)
    : namedError(ErrorName.INVALID_RUN_INPUT, `${problem}, and cannot: write what is missing into the manifest, or leave the line out. ${why}`);
}
