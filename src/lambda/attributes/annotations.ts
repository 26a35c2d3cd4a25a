import {
  type AnnotationEntry,
  GetObjectAnnotationCommand,
  ListObjectAnnotationsCommand,
  PutObjectAnnotationCommand,
} from '@aws-sdk/client-s3';
import { askUnlessDenied, type Attribute, type ReadOnlyPlace } from './attribute';
import type { ObjectHead } from '../s3/bucket-client';
import { forEachAtOnce } from '../s3/ordered-map';
import { toS3Error } from '../s3/s3-error';

type Annotations = ReadonlyMap<string, AnnotationEntry>;

/** Each has up to 1 MiB, and waits in memory. */
const COPIES_AT_ONCE = 8;

/**
 * CopyObject copies them itself. After a copy in parts, the archiver adds them. It compares any
 * other object at the destination (`findLacking`).
 */
export const annotations: Attribute<Annotations> = {
  of: () => 'ask',
  ask: (at) => askUnlessDenied(() => listAnnotations(at)),
  // With a key of KMS, equal annotations may have different ETags: `findLacking` reads them.
  keeps: (source, copy) =>
    [...(source ?? [])].every(([name, { ETag }]) => copy?.get(name)?.ETag === ETag),
};

/** CopyObject copies annotations by itself, and its copies have no such ETag. */
export function isCopiedInParts({ ETag }: ObjectHead): boolean {
  return ETag.includes('-');
}

/**
 * Returns the annotations of the source that the copy has not. Undefined: the copy has another one
 * of the same name.
 */
export async function findLacking(
  source: ReadOnlyPlace,
  copy: ReadOnlyPlace,
  wanted: Annotations,
  present: Annotations,
): Promise<readonly AnnotationEntry[] | undefined> {
  const lacking: AnnotationEntry[] = [];
  for (const [name, annotation] of wanted) {
    const existing = present.get(name);
    if (!existing) {
      lacking.push(annotation);
      continue;
    }
    if (existing.ETag === annotation.ETag) {
      continue;
    }
    // With a key of KMS, the ETag may be that of encrypted bytes.
    if (!(await read(source, annotation)).equals(await read(copy, existing))) {
      return undefined;
    }
  }
  return lacking;
}

/**
 * Whether the copy may come from an earlier attempt of this archiver that did not finish: it was
 * uploaded in parts, and the source has everything that it has.
 */
export function canBeCompleted(
  head: ObjectHead,
  wanted: Annotations,
  present: Annotations,
  lacking: readonly AnnotationEntry[],
): boolean {
  return isCopiedInParts(head) && present.size === wanted.size - lacking.length;
}

/**
 * Gives a copy in parts the annotations that it lacks, if it is still the object with this ETag.
 *
 * S3 has no condition for annotations, and they change neither the ETag nor the time of an object.
 * So both ends are listed again in the end, which also tells whether an answer to a write was S3's
 * own. https://docs.aws.amazon.com/AmazonS3/latest/userguide/annotations-overview.html
 * @throws the error of a failed condition if the source's annotations or the copy changed
 */
export async function completeAnnotations(
  source: ReadOnlyPlace,
  copy: ReadOnlyPlace & { readonly etag: string },
  wanted: Annotations,
  lacking: readonly AnnotationEntry[],
): Promise<void> {
  const write = async (annotation: AnnotationEntry) => {
    const input = {
      Bucket: copy.bucket.name,
      Key: copy.key,
      AnnotationName: annotation.AnnotationName,
      AnnotationPayload: await read(source, annotation),
      ObjectIfMatch: copy.etag,
    };
    await copy.bucket.request((s3) => s3.send(new PutObjectAnnotationCommand(input)));
  };
  await forEachAtOnce(lacking, COPIES_AT_ONCE, write);
  const toText = (some: Annotations) =>
    JSON.stringify([...some].map(([name, { ETag }]) => [name, ETag]).sort());
  const now = await listAnnotations(source);
  const arrived = await listAnnotations(copy);
  const isComplete = [...wanted].every(([name, { Size }]) => arrived.get(name)?.Size === Size);
  if (isComplete && toText(now) === toText(wanted)) {
    return;
  }
  throw Object.assign(new Error('the annotations changed while they were copied'), {
    name: 'PreconditionFailed',
  });
}

/**
 * Completes a copy that this invocation has made in parts.
 * @throws the error of a failed condition if another program has annotated it
 */
export async function copyAnnotations(
  source: ReadOnlyPlace,
  copy: ReadOnlyPlace & { readonly etag: string },
): Promise<void> {
  const wanted = await listAnnotations(source);
  if (wanted.size === 0) {
    return;
  }
  const lacking = await findLacking(source, copy, wanted, await listAnnotations(copy));
  if (!lacking) {
    throw Object.assign(new Error('another program has annotated the copy'), {
      name: 'PreconditionFailed',
    });
  }
  await completeAnnotations(source, copy, wanted, lacking);
}

const LIST = 'ListObjectAnnotations';

/** @throws an error that says which permission is missing and why */
export async function listAnnotations({
  bucket,
  key,
}: ReadOnlyPlace): Promise<Map<string, AnnotationEntry>> {
  const found = new Map<string, AnnotationEntry>();
  if (bucket.unsupported.has(LIST)) {
    return found;
  }
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
    // A server without annotations has none to lose. Only AWS can tell: annotations.
    if ($metadata?.httpStatusCode === 405 || $metadata?.httpStatusCode === 501) {
      bucket.unsupported.add(LIST);
      return found;
    }
    if (toS3Error(error).kind === 'denied') {
      (error as Error).message =
        `not authorized to perform: s3:ListObjectAnnotations on the objects of ${bucket.name}, ` +
        'without which annotations could be lost. ' +
        `S3 said: ${(error as Error).message}`;
    }
    throw error;
  }
}

/**
 * A server that does not know the request answers with the object itself, which may have terabytes:
 * an answer about annotations has no ETag. Only AWS can tell: annotations.
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
  { bucket, key }: ReadOnlyPlace,
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
