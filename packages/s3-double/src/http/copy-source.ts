import { invalidArgument } from '../common/errors';

export interface CopySource {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string;
}

/**
 * The header's bucket and key. The value is URL-encoded; as in a query, S3 reads a bare `+` as a
 * space (seen in aws/aws-cli issue 614 and aws/aws-sdk-js issue 1821).
 */
export function parseCopySource(value: string): CopySource {
  const mark = value.indexOf('?versionId=');
  const encoded = (mark < 0 ? value : value.slice(0, mark)).replace(/\+/g, ' ');
  let path: string;
  try {
    path = decodeURIComponent(encoded);
  } catch {
    throw invalidArgument('Invalid copy source encoding', 'x-amz-copy-source', value);
  }
  const start = path.startsWith('/') ? 1 : 0;
  const slash = path.indexOf('/', start);
  if (slash <= start || slash === path.length - 1) {
    throw invalidArgument('Invalid copy source object key', 'x-amz-copy-source', value);
  }
  return {
    bucket: path.slice(start, slash),
    key: path.slice(slash + 1),
    versionId: mark < 0 ? undefined : decodeURIComponent(value.slice(mark + '?versionId='.length)),
  };
}
