import { findObject } from './objects';
import { checksumElement } from '../checksums/checksums';
import { S3Error } from '../common/errors';
import type { Answer, Context } from '../http/context';
import { header } from '../http/request';
import { element, XML_HEADER, XMLNS } from '../http/xml';
import type { StoredObject } from '../store/stored-object';

/** What `x-amz-object-attributes` may ask for. */
const ATTRIBUTES: Record<string, (object: StoredObject) => string> = {
  ETag: (object) => element('ETag', object.etag),
  Checksum: (object) => {
    const { algorithm, type, value } = object.checksum;
    return `<Checksum>${element(checksumElement(algorithm), value)}${element('ChecksumType', type)}</Checksum>`;
  },
  ObjectParts: (object) =>
    object.partSizes
      ? `<ObjectParts>${element('PartsCount', object.partSizes.length)}</ObjectParts>`
      : '',
  StorageClass: (object) => element('StorageClass', object.attributes.storageClass),
  ObjectSize: (object) => element('ObjectSize', object.size),
};

/** Of the parts, only their number is included; a HEAD with `partNumber` returns their sizes. */
export function getObjectAttributes({ request, store }: Context): Answer {
  const object = findObject(store, request);
  const names = (header(request, 'x-amz-object-attributes') ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  if (names.length === 0 || names.some((name) => !Object.hasOwn(ATTRIBUTES, name))) {
    throw new S3Error('InvalidArgument', { message: 'Invalid attribute name specified.' });
  }
  const headers: Record<string, string> = {
    'Last-Modified': new Date(object.lastModified).toUTCString(),
  };
  if (store.bucket(request.bucket).versioning) {
    headers['x-amz-version-id'] = object.versionId;
  }
  return {
    status: 200,
    headers,
    body:
      `${XML_HEADER}<GetObjectAttributesResponse ` +
      `${XMLNS}>${names.map((name) => ATTRIBUTES[name](object)).join('')}` +
      '</GetObjectAttributesResponse>',
  };
}
