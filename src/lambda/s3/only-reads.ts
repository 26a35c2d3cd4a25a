import {
  GetObjectAnnotationCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectAnnotationsCommand,
  ListObjectsV2Command,
  type S3Client,
} from '@aws-sdk/client-s3';
import { withSend } from './with-send';

/** Found by class, because the bundler shortens class names. */
const READS = [
  GetObjectAnnotationCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectAnnotationsCommand,
  ListObjectsV2Command,
] as const;

export type Read = InstanceType<(typeof READS)[number]>;

/**
 * Returns a client that sends these reads. At any other command it throws, and sends nothing, so a
 * command that the mover learns later cannot write in a dry run.
 */
export function onlyReads(s3: S3Client): S3Client {
  return withSend(s3, async (command: object, options) => {
    if (READS.some((read) => command instanceof read)) {
      return s3.send(command as GetObjectCommand, options);
    }
    throw new Error(`a dry run does not send ${command.constructor.name}`);
  });
}
