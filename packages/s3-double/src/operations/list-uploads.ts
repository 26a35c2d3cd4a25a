import { getEncoder } from './list';
import { getUpload } from './multipart';
import { checksumElement } from '../checksums/checksums';
import type { Answer, Context } from '../http/context';
import { integerParameter } from '../http/request';
import { element, XML_HEADER, XMLNS } from '../http/xml';
import { compareKeys } from '../store/sorted-keys';
import type { Upload } from '../store/upload';

const MAX_RESULTS = 1000;

export function listParts({ request, store }: Context): Answer {
  const bucket = store.bucket(request.bucket);
  const upload = getUpload(request, bucket);
  const marker = integerParameter(request, 'part-number-marker', 0);
  const maxParts = Math.min(integerParameter(request, 'max-parts', MAX_RESULTS), MAX_RESULTS);
  const after = [...upload.parts.values()]
    .sort((a, b) => a.number - b.number)
    .filter((part) => part.number > marker);
  const page = after.slice(0, maxParts);
  const parts = page.map(
    (part) =>
      `<Part>${element('PartNumber', part.number)}` +
      `${element('LastModified', new Date(part.lastModified).toISOString())}${element('ETag', `"${part.body.md5()}"`)}` +
      element(
        checksumElement(upload.checksumAlgorithm),
        part.body.checksum(upload.checksumAlgorithm),
      ) +
      `${element('Size', part.body.size)}</Part>`,
  );
  return {
    status: 200,
    body:
      `${XML_HEADER}<ListPartsResult ` +
      `${XMLNS}>${element('Bucket', bucket.name)}${element('Key', upload.key)}` +
      `${element('UploadId', upload.id)}${element('StorageClass', upload.attributes.storageClass)}` +
      `${element('PartNumberMarker', marker)}${element('NextPartNumberMarker', page.at(-1)?.number)}${element('MaxParts', maxParts)}` +
      `${element('IsTruncated', after.length > page.length)}${element('ChecksumAlgorithm', upload.checksumAlgorithm)}` +
      `${element('ChecksumType', upload.checksumType)}${parts.join('')}</ListPartsResult>`,
  };
}

/** By key, then by time of initiation (page "ListMultipartUploads"). */
export function listMultipartUploads({ request, store }: Context): Answer {
  const bucket = store.bucket(request.bucket);
  const { query } = request;
  const prefix = query.get('prefix') ?? '';
  const keyMarker = query.get('key-marker') ?? '';
  const uploadIdMarker = query.get('upload-id-marker') ?? '';
  const maxUploads = Math.min(integerParameter(request, 'max-uploads', MAX_RESULTS), MAX_RESULTS);
  const sorted = [...bucket.uploads.values()]
    .filter(({ key }) => key.startsWith(prefix))
    .sort(compareUploads);
  const markerIndex = sorted.findIndex(({ key, id }) => key === keyMarker && id === uploadIdMarker);
  const after =
    markerIndex >= 0
      ? sorted.slice(markerIndex + 1)
      : sorted.filter(({ key }) => compareKeys(key, keyMarker) > 0);
  const page = after.slice(0, maxUploads);
  const truncated = after.length > page.length;
  const encode = getEncoder(request);
  const uploads = page.map(
    (upload) =>
      `<Upload>${element('Key', encode(upload.key))}${element('UploadId', upload.id)}` +
      `${element('StorageClass', upload.attributes.storageClass)}${element('Initiated', new Date(upload.initiated).toISOString())}` +
      `${element('ChecksumAlgorithm', upload.checksumAlgorithm)}${element('ChecksumType', upload.checksumType)}</Upload>`,
  );
  return {
    status: 200,
    body:
      `${XML_HEADER}<ListMultipartUploadsResult ` +
      `${XMLNS}>${element('Bucket', bucket.name)}${element('KeyMarker', encode(keyMarker))}` +
      `${element('UploadIdMarker', uploadIdMarker)}${element('Prefix', encode(prefix))}${element('EncodingType', query.get('encoding-type'))}` +
      `${truncated ? element('NextKeyMarker', encode(page[page.length - 1].key)) + element('NextUploadIdMarker', page[page.length - 1].id) : ''}` +
      `${element('MaxUploads', maxUploads)}${element('IsTruncated', truncated)}${uploads.join('')}</ListMultipartUploadsResult>`,
  };
}

function compareUploads(a: Upload, b: Upload): number {
  return compareKeys(a.key, b.key) || a.initiated - b.initiated;
}
