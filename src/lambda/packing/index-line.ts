import type { ObjectContent } from './read-object';
import type { PackIndexLine } from '../../contract/payloads/pack-index';
import { toArchivedFacts } from '../move/decide';

/** Says of a packed object what S3 said of it, so that a restore gives all of it back. */
export function toIndexLine(
  bucket: string,
  { item, sha256, answer, tags }: ObjectContent,
  name: string,
  offset: number,
): PackIndexLine {
  const { checksumAlgorithm, checksumType, checksum } = toArchivedFacts(answer, {});
  const given = {
    lastModified: answer.LastModified?.toISOString().replace('.000Z', 'Z'),
    contentType: answer.ContentType,
    cacheControl: answer.CacheControl,
    contentEncoding: answer.ContentEncoding,
    contentDisposition: answer.ContentDisposition,
    contentLanguage: answer.ContentLanguage,
    expires: answer.ExpiresString,
    metadata: Object.keys(answer.Metadata ?? {}).length > 0 ? answer.Metadata : undefined,
    tags: tags ? Object.fromEntries(new URLSearchParams(tags)) : undefined,
    storageClass: answer.StorageClass,
    checksum:
      checksum === undefined
        ? undefined
        : {
            algorithm: checksumAlgorithm!,
            ...(checksumType && { type: checksumType }),
            value: checksum,
          },
  };
  const known = Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined && value !== ''),
  );
  return {
    bucket,
    key: item.Key,
    etag: item.Etag,
    size: item.Size,
    name,
    offset,
    sha256,
    ...known,
  };
}
