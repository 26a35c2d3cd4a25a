import { GetObjectCommand, GetObjectTaggingCommand, HeadObjectCommand, ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';

/** A request that was answered or refused, as its command puts it. */
export interface RequestRecord {
  readonly operation: string;
  readonly bucket?: string;
  readonly key?: string;
  readonly milliseconds: number;
}

/** By class, since the bundles' names of classes are shortened. */
const OPERATIONS = [
  ['GetObject', GetObjectCommand], ['GetObjectTagging', GetObjectTaggingCommand], ['HeadObject', HeadObjectCommand],
  ['ListObjectsV2', ListObjectsV2Command], ['PutObject', PutObjectCommand],
] as const;

/** The client, telling of each request that looking and reporting make. */
export function countRequests(s3: S3Client, onRequest: (request: RequestRecord) => void): S3Client {
  const send = async (command: { input: { Bucket?: string; Key?: string } }, options?: object): Promise<unknown> => {
    const began = performance.now();
    try {
      return await s3.send(command as never, options);
    } finally {
      const operation = OPERATIONS.find(([, type]) => command instanceof type)?.[0];
      const { Bucket: bucket, Key: key } = command.input;
      if (operation) { onRequest({ operation, bucket, key, milliseconds: performance.now() - began }); }
    }
  };
  return Object.create(s3, { send: { value: send } }) as S3Client;
}
