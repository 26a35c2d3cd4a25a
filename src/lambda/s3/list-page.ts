/** The only place that lists. XML cannot represent every key, so each request asks for encoded keys. */
import {
  ListMultipartUploadsCommand, ListObjectsV2Command,
  type ListObjectsV2CommandInput, type ListObjectsV2CommandOutput, type MultipartUpload, type S3Client,
} from '@aws-sdk/client-s3';

/**
 * Lists one page of objects. Keys and common prefixes are decoded.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html about EncodingType
 */
export async function listPage(s3: S3Client, input: Omit<ListObjectsV2CommandInput, 'EncodingType'>): Promise<ListObjectsV2CommandOutput> {
  const page = await s3.send(new ListObjectsV2Command({ ...input, EncodingType: 'url' }));
  const decode = getDecoder(page.EncodingType);
  return {
    ...page,
    Contents: page.Contents?.map((object) => ({ ...object, Key: decode(object.Key!) })),
    CommonPrefixes: page.CommonPrefixes?.map(({ Prefix }) => ({ Prefix: decode(Prefix!) })),
  };
}

/** Lists the open multipart uploads of one key. */
export async function listUploads(s3: S3Client, bucket: string, key: string): Promise<MultipartUpload[]> {
  const page = await s3.send(new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: key, EncodingType: 'url' }));
  const decode = getDecoder(page.EncodingType);
  return (page.Uploads ?? []).map((upload) => ({ ...upload, Key: decode(upload.Key!) })).filter(({ Key }) => Key === key);
}

/** S3 says in its answer that it has encoded keys. A server that does not say so has left them as they are. */
function getDecoder(encodingType: string | undefined): (text: string) => string {
  return encodingType === 'url' ? (text) => decodeURIComponent(text.replace(/\+/g, ' ')) : (text) => text;
}
