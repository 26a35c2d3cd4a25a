import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { type ForeignFacts, parseTagSet, type Step } from 'cdk-s3-dated-archiver-s3-double';
import { readAll } from './read-all';

type Tags = ReturnType<typeof parseTagSet>;

/** Headers that uploads were created with, by id: their parts do not repeat them. */
export type Uploads = Map<string, IncomingHttpHeaders>;

/**
 * What policies ask for, of these objects of the S3 behind the proxy.
 *
 * @param ask sends a GET of a path with the real credentials
 */
export async function findFacts(
  objects: readonly Step[],
  uploads: Uploads,
  ask: (url: string) => Promise<IncomingMessage>,
): Promise<ForeignFacts> {
  const tags = new Map<string, Tags>();
  for (const object of objects) {
    const url = toTaggingUrl(object);
    tags.set(url, await readTags(await ask(url)));
  }
  return {
    tagsOf: (object) => tags.get(toTaggingUrl(object)) ?? [],
    headersOfUpload: (uploadId) => uploads.get(uploadId),
  };
}

function toTaggingUrl({ bucket, key = '', versionId }: Step): string {
  const version = versionId === undefined ? '' : `&versionId=${encodeURIComponent(versionId)}`;
  return `/${bucket}/${key.split('/').map(encodeURIComponent).join('/')}?tagging=${version}`;
}

/** A server that does not answer with tags has none: the object is missing, or it knows no tags. */
async function readTags(answer: IncomingMessage): Promise<Tags> {
  const body = await readAll(answer);
  return answer.statusCode === 200 ? parseTagSet(body) : [];
}
