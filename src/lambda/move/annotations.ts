import {
  type AnnotationEntry,
  GetObjectAnnotationCommand,
  ListObjectAnnotationsCommand,
  PutObjectAnnotationCommand,
} from '@aws-sdk/client-s3';
import type { BucketClient, ObjectHead } from '../s3/bucket-client';
import { orderedMap } from '../s3/ordered-map';
import { toS3Error } from '../s3/s3-error';

interface Annotated {
  readonly bucket: BucketClient;
  readonly key: string;
}

/** Each has up to 1 MiB, and waits in memory. */
const COPIES_AT_ONCE = 8;

/** CopyObject copies annotations by itself, and its copies have no such ETag. */
export function isCopiedInParts({ ETag }: ObjectHead): boolean {
  return ETag.includes('-');
}

/**
 * Gives a copy in parts the annotations of its source, if it is still the object with this ETag.
 * Returns false, and overwrites nothing, if the copy has another annotation of the same name. Those
 * that it has already are not written again, so that another attempt continues.
 *
 * S3 has no condition for annotations, and they change neither the ETag nor the time of an object.
 * So both ends are listed again in the end, which also tells whether an answer to a write was S3's
 * own. https://docs.aws.amazon.com/AmazonS3/latest/userguide/annotations-overview.html
 * @throws the error of a failed condition if the source's annotations or the copy changed
 */
export async function copyAnnotations(
  source: Annotated,
  copy: Annotated & { readonly etag: string },
): Promise<boolean> {
  const wanted = await listAnnotations(source);
  if (wanted.size === 0) {
    return true;
  }
  const present = await listAnnotations(copy);
  const copyOne = async ([AnnotationName, annotation]: [string, AnnotationEntry]) => {
    const existing = present.get(AnnotationName);
    if (existing && existing.ETag === annotation.ETag) {
      return true;
    }
    const payload = await read(source, annotation);
    // With a key of KMS, the ETag may be that of encrypted bytes.
    if (existing) {
      return payload.equals(await read(copy, existing));
    }
    const input = {
      Bucket: copy.bucket.name,
      Key: copy.key,
      AnnotationName,
      AnnotationPayload: payload,
      ObjectIfMatch: copy.etag,
    };
    await copy.bucket.request((s3) => s3.send(new PutObjectAnnotationCommand(input)));
    return true;
  };
  for await (const isCopied of orderedMap(wanted, COPIES_AT_ONCE, copyOne)) {
    if (!isCopied) {
      return false;
    }
  }
  const toText = (annotations: typeof wanted) =>
    JSON.stringify([...annotations].map(([name, { ETag }]) => [name, ETag]).sort());
  const [now, arrived] = [await listAnnotations(source), await listAnnotations(copy)];
  const isComplete = [...wanted].every(([name, { Size }]) => arrived.get(name)?.Size === Size);
  if (isComplete && toText(now) === toText(wanted)) {
    return true;
  }
  throw Object.assign(new Error('the annotations changed while they were copied'), {
    name: 'PreconditionFailed',
  });
}

/** @throws an error that says which permission is missing and why */
export async function listAnnotations({
  bucket,
  key,
}: Annotated): Promise<Map<string, AnnotationEntry>> {
  const found = new Map<string, AnnotationEntry>();
  try {
    for (let ContinuationToken: string | undefined; ;) {
      const input = { Bucket: bucket.name, Key: key, ContinuationToken };
      const page = await bucket.requestAbout(key, (s3) =>
        s3.send(withoutObject(new ListObjectAnnotationsCommand(input))),
      );
      for (const each of page.Annotations ?? []) {
        found.set(each.AnnotationName!, each);
      }
      ContinuationToken = page.NextContinuationToken;
      if (ContinuationToken === undefined) {
        return found;
      }
    }
  } catch (error) {
    const { $metadata } = error as { readonly $metadata?: { readonly httpStatusCode?: number } };
    // A server without annotations has none to lose.
    if ($metadata?.httpStatusCode === 405 || $metadata?.httpStatusCode === 501) {
      return found;
    }
    if (toS3Error(error).kind === 'denied') {
      (error as Error).message =
        `not authorized to perform: s3:ListObjectAnnotations on the objects of ${bucket.name}, ` +
        'without which a copy in parts would ' +
        `lose annotations. S3 said: ${(error as Error).message}`;
    }
    throw error;
  }
}

/**
 * A server that does not know the request answers with the object itself, which may have terabytes:
 * an answer about annotations has no ETag.
 */
function withoutObject(command: ListObjectAnnotationsCommand): ListObjectAnnotationsCommand {
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { headers = {}, body } = result.response as {
        headers?: Record<string, string>;
        body?: { destroy?: () => void };
      };
      if (headers.etag === undefined) {
        return result;
      }
      body?.destroy?.();
      throw Object.assign(new Error('the server does not know annotations'), {
        name: 'NotImplemented',
        $metadata: { httpStatusCode: 501 },
      });
    },
    { name: 'withoutObject', step: 'deserialize', priority: 'low' },
  );
  return command;
}

async function read(
  { bucket, key }: Annotated,
  { AnnotationName, Size }: AnnotationEntry,
): Promise<Buffer> {
  const payload = await bucket.request(async (s3) => {
    const answer = await s3.send(
      new GetObjectAnnotationCommand({ Bucket: bucket.name, Key: key, AnnotationName }),
    );
    return answer.AnnotationPayload!.transformToByteArray();
  });
  if (payload.length === Size) {
    return Buffer.from(payload);
  }
  throw Object.assign(
    new Error(
      `the annotation ${AnnotationName} has ${payload.length} bytes, and S3 listed ${Size}`,
    ),
    { name: 'PreconditionFailed' },
  );
}
