import { S3Error } from '../errors';
import { accessKeyIdOf, type Answer, type Context } from '../request';
import { DEFAULT_ENCRYPTION } from '../stored-object';
import { childOf, element, parseXml, textOf, XML_HEADER, XMLNS } from '../xml';
import { OWNER } from './list';

export function listBuckets({ store }: Context): Answer {
  const buckets = [...store.buckets.values()]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((bucket) => `<Bucket>${element('Name', bucket.name)}${element('CreationDate', new Date(bucket.created).toISOString())}</Bucket>`);
  return {
    status: 200,
    body: `${XML_HEADER}<ListAllMyBucketsResult ${XMLNS}>${OWNER}<Buckets>${buckets.join('')}</Buckets></ListAllMyBucketsResult>`,
  };
}

export function createBucket({ request, store }: Context): Answer {
  if (store.buckets.has(request.bucket)) {
    throw new S3Error('BucketAlreadyOwnedByYou', { fields: { BucketName: request.bucket } });
  }
  store.createBucket(request.bucket, {
    objectLock: request.headers['x-amz-bucket-object-lock-enabled'] === 'true',
    owners: [accessKeyIdOf(request) ?? ''],
  });
  return { status: 200, headers: { Location: `/${request.bucket}` } };
}

export function headBucket({ request, store }: Context): Answer {
  store.bucket(request.bucket);
  return { status: 200, headers: { 'x-amz-bucket-region': 'us-east-1' } };
}

export function deleteBucket({ request, store }: Context): Answer {
  if (!store.bucket(request.bucket).empty) {
    throw new S3Error('BucketNotEmpty', { fields: { BucketName: request.bucket } });
  }
  store.buckets.delete(request.bucket);
  return { status: 204 };
}

/** us-east-1 is written as an empty constraint (page "GetBucketLocation"). */
export function getBucketLocation({ request, store }: Context): Answer {
  store.bucket(request.bucket);
  return { status: 200, body: `${XML_HEADER}<LocationConstraint ${XMLNS}/>` };
}

export function getBucketVersioning({ request, store }: Context): Answer {
  const { versioning } = store.bucket(request.bucket);
  return { status: 200, body: `${XML_HEADER}<VersioningConfiguration ${XMLNS}>${element('Status', versioning)}</VersioningConfiguration>` };
}

export function putBucketVersioning({ request, store }: Context): Answer {
  const bucket = store.bucket(request.bucket);
  const status = textOf(parseXml(request.body, 'VersioningConfiguration'), 'Status');
  if (status !== 'Enabled' && status !== 'Suspended') {
    throw new S3Error('MalformedXML');
  }
  if (bucket.objectLock && status === 'Suspended') {
    throw new S3Error('InvalidBucketState', {
      message: 'An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.',
    });
  }
  bucket.versioning = status;
  return { status: 200 };
}

export function getBucketEncryption({ request, store }: Context): Answer {
  const { algorithm, kmsKeyId, bucketKey } = store.bucket(request.bucket).encryption ?? DEFAULT_ENCRYPTION;
  return {
    status: 200,
    body: `${XML_HEADER}<ServerSideEncryptionConfiguration ${XMLNS}><Rule><ApplyServerSideEncryptionByDefault>`
      + `${element('SSEAlgorithm', algorithm)}${element('KMSMasterKeyID', kmsKeyId)}</ApplyServerSideEncryptionByDefault>`
      + `${element('BucketKeyEnabled', bucketKey ?? false)}</Rule></ServerSideEncryptionConfiguration>`,
  };
}

export function putBucketEncryption({ request, store }: Context): Answer {
  const bucket = store.bucket(request.bucket);
  const rule = childOf(parseXml(request.body, 'ServerSideEncryptionConfiguration'), 'Rule');
  const byDefault = childOf(rule, 'ApplyServerSideEncryptionByDefault');
  const algorithm = textOf(byDefault, 'SSEAlgorithm');
  if (algorithm !== 'AES256' && algorithm !== 'aws:kms') {
    throw new S3Error('MalformedXML');
  }
  bucket.encryption = {
    algorithm,
    kmsKeyId: textOf(byDefault, 'KMSMasterKeyID'),
    bucketKey: textOf(rule, 'BucketKeyEnabled') === 'true' || undefined,
  };
  return { status: 200 };
}
