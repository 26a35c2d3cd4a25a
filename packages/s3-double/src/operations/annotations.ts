/**
 * Named texts beside an object, which its ETag and its Last-Modified do not cover (page
 * "annotations-overview" of the user guide).
 */
import { findObject } from './objects';
import { invalidArgument, S3Error } from '../common/errors';
import type { Answer, Context } from '../http/context';
import { header } from '../http/request';
import { element, XML_HEADER, XMLNS } from '../http/xml';
import { type Annotation, type StoredObject, toAnnotation } from '../store/stored-object';

const MAX_ANNOTATIONS = 1_000;
const MAX_NAME_BYTES = 512;
const MAX_PAYLOAD_BYTES = 1024 ** 2;

export function listObjectAnnotations(context: Context): Answer {
  const { query } = context.request;
  const prefix = query.get('annotation-prefix') ?? '';
  const after = Buffer.from(query.get('continuation-token') ?? '', 'base64').toString();
  const limit = Math.min(
    Number(query.get('max-annotation-results') ?? MAX_ANNOTATIONS),
    MAX_ANNOTATIONS,
  );
  const found = [...annotationsOf(findObject(context.store, context.request))]
    .filter(([name]) => name.startsWith(prefix) && name > after)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const page = found.slice(0, limit);
  const entries = page.map(
    ([name, { payload, etag, lastModified }]) =>
      `<AnnotationEntry>${element('AnnotationName', name)}` +
      `${element('LastModified', new Date(lastModified).toISOString())}${element('ETag', `"${etag}"`)}${element('Size', payload.length)}</AnnotationEntry>`,
  );
  const next =
    found.length > page.length
      ? element('NextContinuationToken', Buffer.from(page.at(-1)![0]).toString('base64'))
      : '';
  const body = `<Annotations>${entries.join('')}</Annotations>${element('AnnotationCount', page.length)}${next}`;
  return {
    status: 200,
    body:
      `${XML_HEADER}<ListObjectAnnotationsOutput ` +
      `${XMLNS}>${body}</ListObjectAnnotationsOutput>`,
  };
}

export function getObjectAnnotation(context: Context): Answer {
  const annotation = annotationsOf(findObject(context.store, context.request)).get(nameOf(context));
  if (!annotation) {
    throw new S3Error('NoSuchAnnotation');
  }
  return {
    status: 200,
    headers: { etag: `"${annotation.etag}"`, 'content-type': 'application/octet-stream' },
    body: [annotation.payload],
  };
}

export function putObjectAnnotation(context: Context): Answer {
  const { request, store } = context;
  const object = findObject(store, request);
  const name = nameOf(context);
  const condition = header(request, 'x-amz-object-if-match');
  if (condition !== undefined && condition.replaceAll('"', '') !== object.etag) {
    throw new S3Error('PreconditionFailed');
  }
  const payload = Buffer.from(request.body);
  if (payload.length < 1 || payload.length > MAX_PAYLOAD_BYTES) {
    throw invalidArgument(
      'The payload of an annotation has 1 byte to 1 MiB',
      'payload',
      String(payload.length),
    );
  }
  if (!Buffer.from(payload.toString()).equals(payload)) {
    throw new S3Error('UnsupportedMediaType');
  }
  const annotations = new Map(annotationsOf(object));
  const annotation = toAnnotation(payload, store.time());
  annotations.set(name, annotation);
  if (annotations.size > MAX_ANNOTATIONS) {
    throw new S3Error('AnnotationLimitExceeded');
  }
  object.attributes = { ...object.attributes, annotations };
  return { status: 200, headers: { etag: `"${annotation.etag}"` } };
}

export function deleteObjectAnnotation(context: Context): Answer {
  const object = findObject(context.store, context.request);
  const annotations = new Map(annotationsOf(object));
  annotations.delete(nameOf(context));
  object.attributes = { ...object.attributes, annotations };
  return { status: 204 };
}

function annotationsOf({
  attributes: { annotations },
}: StoredObject): ReadonlyMap<string, Annotation> {
  return annotations ?? new Map<string, Annotation>();
}

/** "Annotation names are UTF-8 encoded and cannot start with `aws:`." */
function nameOf({ request }: Context): string {
  const name = request.query.get('annotationName') ?? '';
  if (name === '' || Buffer.byteLength(name) > MAX_NAME_BYTES || name.startsWith('aws:')) {
    throw new S3Error('InvalidAnnotationName');
  }
  return name;
}
