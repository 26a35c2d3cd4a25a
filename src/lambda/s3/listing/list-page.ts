/**
 * The only place that lists. XML cannot represent every key, so each request asks for encoded keys.
 */
import {
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  type ListObjectsV2CommandOutput,
  type MultipartUpload,
  type S3Client,
} from '@aws-sdk/client-s3';

/**
 * How many empty pages in a row are passed over. S3 looks at many delete markers for each of them,
 * so this number takes a minute or two.
 */
const MAX_EMPTY_PAGES = 500;

/**
 * Lists one page, and decodes its keys. Among many delete markers, S3 returns empty pages that are
 * not the last one (API_ListObjectsV2). It skips these pages.
 */
export async function listPage(
  s3: S3Client,
  input: Omit<ListObjectsV2CommandInput, 'EncodingType'>,
): Promise<ListObjectsV2CommandOutput> {
  let next = input;
  for (let pages = 0; pages < MAX_EMPTY_PAGES; pages++) {
    const page = await s3.send(new ListObjectsV2Command({ ...next, EncodingType: 'url' }));
    const { Contents = [], CommonPrefixes = [], IsTruncated, NextContinuationToken } = page;
    if (!IsTruncated || Contents.length + CommonPrefixes.length > 0) {
      return decodePage(page);
    }
    if (NextContinuationToken === undefined) {
      const problem =
        'S3 answered with a page that is neither the last one nor says where the next one begins';
      throw Object.assign(new Error(problem), { name: 'UnreadableAnswer', $retryable: {} });
    }
    next = { ...input, StartAfter: undefined, ContinuationToken: NextContinuationToken };
  }
  throw new Error(
    `s3://${input.Bucket}/${input.Prefix ?? ''} has ${MAX_EMPTY_PAGES} pages without a key in a ` +
      'row, as where many delete markers lie: ' +
      'remove them with a lifecycle rule of the bucket that has NoncurrentVersionExpiration and ' +
      'ExpiredObjectDeleteMarker, and start the run again',
  );
}

function decodePage(page: ListObjectsV2CommandOutput): ListObjectsV2CommandOutput {
  const decode = getDecoder(page.EncodingType);
  // In place: a copy of each object would take longer than to decode its key.
  for (const object of page.Contents ?? []) {
    object.Key = decode(object.Key!);
  }
  for (const common of page.CommonPrefixes ?? []) {
    common.Prefix = decode(common.Prefix!);
  }
  return page;
}

export async function listUploads(
  s3: S3Client,
  bucket: string,
  key: string,
): Promise<MultipartUpload[]> {
  const page = await s3.send(
    new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: key, EncodingType: 'url' }),
  );
  const decode = getDecoder(page.EncodingType);
  return (page.Uploads ?? [])
    .map((upload) => ({ ...upload, Key: decode(upload.Key!) }))
    .filter(({ Key }) => Key === key);
}

const ENCODED = /[%+]/;

/**
 * S3 says in its answer that it has encoded keys. A server that does not say so has left them as
 * they are.
 */
function getDecoder(encodingType: string | undefined): (text: string) => string {
  return encodingType === 'url'
    ? (text) => (ENCODED.test(text) ? decodeURIComponent(text.replace(/\+/g, ' ')) : text)
    : (text) => text;
}
