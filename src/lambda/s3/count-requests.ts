import {
  GetObjectAnnotationCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectAnnotationsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { withSend } from './with-send';

export interface RequestRecord {
  readonly operation: string;
  readonly bucket?: string;
  readonly key?: string;
  readonly milliseconds: number;
  /** Missing if S3 did not answer, or with an error. */
  readonly answer?: { readonly StorageClass?: string; readonly ContentLength?: number };
}

/** Found by class, because the bundler shortens class names. */
const OPERATIONS = [
  ['GetObject', GetObjectCommand],
  ['GetObjectTagging', GetObjectTaggingCommand],
  ['GetObjectAnnotation', GetObjectAnnotationCommand],
  ['HeadObject', HeadObjectCommand],
  ['ListObjectAnnotations', ListObjectAnnotationsCommand],
  ['ListObjectsV2', ListObjectsV2Command],
  ['PutObject', PutObjectCommand],
] as const;

/** Returns a client that reports each request that a dry run or a report makes. */
export function countRequests(s3: S3Client, onRequest: (request: RequestRecord) => void): S3Client {
  return withSend(s3, async (command: { input: { Bucket?: string; Key?: string } }, options) => {
    const began = performance.now();
    let answer: RequestRecord['answer'];
    try {
      return (answer = (await s3.send(command as never, options)) as object);
    } finally {
      const operation = OPERATIONS.find(([, type]) => command instanceof type)?.[0];
      const { Bucket: bucket, Key: key } = command.input;
      if (operation) {
        onRequest({ operation, bucket, key, milliseconds: performance.now() - began, answer });
      }
    }
  });
}
