import { getUpload } from './multipart';
import {
  type Checksum,
  checksumElement,
  checksumHeader,
  compositeChecksum,
} from '../checksums/checksums';
import { S3Error } from '../common/errors';
import type { Answer, Context, S3Request } from '../http/context';
import { header } from '../http/request';
import { getChildren, element, parseXml, getText, XML_HEADER, XMLNS } from '../http/xml';
import { checkUndisturbed, checkWrite } from '../objects/conditions';
import { checksumElements, writtenHeaders } from '../objects/object-headers';
import { Body } from '../store/body';
import type { Bucket } from '../store/bucket';
import { multipartEtag } from '../store/multipart-etag';
import type { Part, Upload } from '../store/upload';

export function completeMultipartUpload(context: Context): Answer {
  const { request, store, limits } = context;
  const bucket = store.bucket(request.bucket);
  const upload = getUpload(request, bucket);
  const parts = findParts(request, upload);
  const small = parts.slice(0, -1).find((part) => part.body.size < limits.minPartBytes);
  if (small) {
    throw new S3Error('EntityTooSmall', {
      fields: {
        ProposedSize: String(small.body.size),
        MinSizeAllowed: String(limits.minPartBytes),
        PartNumber: String(small.number),
        ETag: small.body.md5(),
      },
    });
  }
  const bodies = parts.map((part) => part.body);
  const body = Body.concat(bodies);
  refuseOtherContent(request, upload, body);
  checkWrite(bucket.current(request.key), request.key, request.headers);
  checkUndisturbed(upload, request.headers);
  const object = bucket.put({
    key: upload.key,
    body,
    attributes: { ...upload.attributes, checksum: createChecksum(upload, bodies) },
    lastModified: store.time(),
    partSizes: bodies.map((part) => part.size),
    opaqueEtag: multipartEtag(bodies),
  });
  bucket.uploads.delete(upload.id);
  return {
    status: 200,
    headers: writtenHeaders(object, bucket),
    body:
      `${XML_HEADER}<CompleteMultipartUploadResult ` +
      `${XMLNS}>${element('Location', toLocation(bucket, upload))}` +
      `${element('Bucket', bucket.name)}${element('Key', upload.key)}${element('ETag', `"${object.etag}"`)}` +
      `${checksumElements(object)}</CompleteMultipartUploadResult>`,
  };
}

/** The parts that the request lists, each checked against what was uploaded. */
function findParts(request: S3Request, upload: Upload): Part[] {
  const listed =
    request.body.length === 0
      ? []
      : getChildren(parseXml(request.body, 'CompleteMultipartUpload'), 'Part');
  if (listed.length === 0) {
    throw new S3Error('InvalidRequest', { message: 'You must specify at least one part' });
  }
  const numbers = listed.map((node) => Number(getText(node, 'PartNumber')));
  if (numbers.some((number, index) => index > 0 && number <= numbers[index - 1])) {
    throw new S3Error('InvalidPartOrder', { fields: { UploadId: upload.id } });
  }
  return listed.map((node, index) => {
    const part = upload.parts.get(numbers[index]);
    const etag = (getText(node, 'ETag') ?? '').replace(/"/g, '');
    const checksum = getText(node, checksumElement(upload.checksumAlgorithm));
    if (
      !part ||
      part.body.md5() !== etag ||
      (checksum !== undefined && checksum !== part.body.checksum(upload.checksumAlgorithm))
    ) {
      throw new S3Error('InvalidPart', {
        fields: { UploadId: upload.id, PartNumber: String(numbers[index]), ETag: etag },
      });
    }
    return part;
  });
}

/**
 * A size or full-object checksum sent along must be that of the parts put together (page
 * "CompleteMultipartUpload").
 */
function refuseOtherContent(request: S3Request, upload: Upload, body: Body): void {
  const size = header(request, 'x-amz-mp-object-size');
  if (size !== undefined && Number(size) !== body.size) {
    throw new S3Error('InvalidRequest', {
      message:
        `The provided 'x-amz-mp-object-size' header value ${size} does not match what was ` +
        `computed: ${body.size}`,
    });
  }
  const checksum = header(request, checksumHeader(upload.checksumAlgorithm));
  if (
    upload.checksumType === 'FULL_OBJECT' &&
    checksum !== undefined &&
    checksum !== body.checksum(upload.checksumAlgorithm)
  ) {
    throw new S3Error('BadDigest', {
      message: `The ${upload.checksumAlgorithm} you specified did not match the calculated checksum.`,
    });
  }
}

function createChecksum(upload: Upload, bodies: Body[]): Checksum {
  const { checksumAlgorithm: algorithm, checksumType: type } = upload;
  return type === 'FULL_OBJECT'
    ? { algorithm, type }
    : {
        algorithm,
        type,
        composite: compositeChecksum(
          algorithm,
          bodies.map((body) => body.checksum(algorithm)),
        ),
      };
}

function toLocation(bucket: Bucket, upload: Upload): string {
  return `https://${bucket.name}.s3.us-east-1.amazonaws.com/${encodeURIComponent(upload.key)}`;
}
