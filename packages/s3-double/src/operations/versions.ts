import { getEncoder, OWNER } from './list';
import { invalidArgument } from '../common/errors';
import type { Answer, Context } from '../http/context';
import { integerParameter } from '../http/request';
import { element, XML_HEADER, XMLNS } from '../http/xml';
import type { Bucket } from '../store/bucket';
import { compareKeys } from '../store/sorted-keys';
import type { StoredObject } from '../store/stored-object';

const MAX_KEYS = 1000;

/** All versions and delete markers: keys in order, the newest version of each first. */
export function listObjectVersions({ request, store }: Context): Answer {
  const bucket = store.bucket(request.bucket);
  const { query } = request;
  const prefix = query.get('prefix') ?? '';
  const keyMarker = query.get('key-marker') ?? '';
  const versionIdMarker = query.get('version-id-marker');
  if (versionIdMarker !== undefined && !keyMarker) {
    throw invalidArgument(
      'A version-id marker cannot be specified without a key marker.',
      'version-id-marker',
      versionIdMarker,
    );
  }
  if (query.get('delimiter')) {
    throw invalidArgument(
      "the sandbox's S3 lists versions without a delimiter only",
      'delimiter',
      query.get('delimiter') ?? '',
    );
  }
  const maxKeys = Math.min(integerParameter(request, 'max-keys', MAX_KEYS), MAX_KEYS);
  const page: string[] = [];
  const encode = getEncoder(request);
  let next = '';
  let last: StoredObject | undefined;
  for (const { version, latest } of versionsAfter(bucket, prefix, keyMarker, versionIdMarker)) {
    if (page.length === maxKeys) {
      next = last
        ? element('NextKeyMarker', encode(last.key)) +
          element('NextVersionIdMarker', last.versionId)
        : '';
      break;
    }
    page.push(versionElement(version, latest, encode));
    last = version;
  }
  return {
    status: 200,
    body:
      `${XML_HEADER}<ListVersionsResult ` +
      `${XMLNS}>${element('Name', bucket.name)}${element('Prefix', encode(prefix))}` +
      `${element('KeyMarker', encode(keyMarker))}${element('VersionIdMarker', versionIdMarker ?? '')}${next}${element('MaxKeys', maxKeys)}` +
      `${element('EncodingType', query.get('encoding-type'))}${element('IsTruncated', next !== '')}${page.join('')}</ListVersionsResult>`,
  };
}

function* versionsAfter(
  bucket: Bucket,
  prefix: string,
  keyMarker: string,
  versionIdMarker: string | undefined,
): Generator<{ version: StoredObject; latest: boolean }> {
  for (const key of firstKeys(bucket, prefix, keyMarker, versionIdMarker !== undefined)) {
    if (!key.startsWith(prefix)) {
      return;
    }
    const head = bucket.head(key);
    let reached = versionIdMarker === undefined || key !== keyMarker;
    for (let version = head; version; version = version.older) {
      if (reached) {
        yield { version, latest: version === head };
      }
      reached ||= version.versionId === versionIdMarker;
    }
  }
}

/** With a version marker, further versions of the marker's key may follow. */
function firstKeys(
  bucket: Bucket,
  prefix: string,
  keyMarker: string,
  included: boolean,
): Generator<string> {
  if (compareKeys(keyMarker, prefix) < 0) {
    return bucket.keys.from(prefix);
  }
  return included || keyMarker === '' ? bucket.keys.from(keyMarker) : bucket.keys.after(keyMarker);
}

function versionElement(
  version: StoredObject,
  latest: boolean,
  encode: (text: string) => string,
): string {
  const common =
    `${element('Key', encode(version.key))}${element('VersionId', version.versionId)}${element('IsLatest', latest)}` +
    element('LastModified', new Date(version.lastModified).toISOString());
  return version.deleteMarker
    ? `<DeleteMarker>${common}${OWNER}</DeleteMarker>`
    : `<Version>${common}${element('ETag', `"${version.etag}"`)}${element('Size', version.size)}${OWNER}` +
        `${element('StorageClass', version.attributes.storageClass)}</Version>`;
}
