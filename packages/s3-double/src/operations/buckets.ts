import { decodeToken, encodeToken, OWNER } from './list';
import { invalidArgument, S3Error } from '../common/errors';
import type { Answer, Context, S3Request } from '../http/context';
import { readAccessKeyId, integerParameter } from '../http/request';
import { getChild, element, parseXml, getText, XML_HEADER, XMLNS } from '../http/xml';
import { type Bucket, DEFAULT_REGION } from '../store/bucket';
import { DEFAULT_ENCRYPTION } from '../store/stored-object';

const MAX_BUCKETS = 10_000;
// Not each begins with two letters: eusc-de-east-1.
const REGION = /^[a-z]{2,4}(?:-[a-z]+)+-\d+$/;

export function listBuckets({ request, store }: Context): Answer {
  const { query } = request;
  const prefix = query.get('prefix');
  const region = query.get('bucket-region');
  const token = query.get('continuation-token');
  const maxBuckets = integerParameter(request, 'max-buckets', MAX_BUCKETS, MAX_BUCKETS);
  if (maxBuckets === 0) {
    throw invalidArgument(
      `Argument max-buckets must be an integer between 1 and ${MAX_BUCKETS}`,
      'max-buckets',
      '0',
    );
  }
  const after = token ? decodeToken(token) : '';
  const wanted = [...store.buckets.values()]
    .filter(
      (bucket) =>
        bucket.name > after &&
        bucket.name.startsWith(prefix ?? '') &&
        (region ?? bucket.region) === bucket.region,
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const page = wanted.slice(0, maxBuckets);
  const next = wanted.length > page.length ? encodeToken(page[page.length - 1].name) : undefined;
  const withRegion = ['prefix', 'bucket-region', 'continuation-token', 'max-buckets'].some((name) =>
    query.has(name),
  );
  return {
    status: 200,
    body:
      `${XML_HEADER}<ListAllMyBucketsResult ` +
      `${XMLNS}>${OWNER}<Buckets>${page.map((bucket) => bucketElement(bucket, withRegion)).join('')}</Buckets>` +
      `${element('ContinuationToken', next)}${element('Prefix', prefix)}</ListAllMyBucketsResult>`,
  };
}

/** The region is included if the request has a parameter (page "Bucket" of the API reference). */
function bucketElement({ name, created, region }: Bucket, withRegion: boolean): string {
  return (
    `<Bucket>${element('Name', name)}${element('CreationDate', new Date(created).toISOString())}` +
    `${element('BucketRegion', withRegion ? region : undefined)}</Bucket>`
  );
}

export function createBucket({ request, store }: Context): Answer {
  const constraint = requestedRegion(request);
  const region = constraint ?? DEFAULT_REGION;
  const existing = store.buckets.get(request.bucket);
  // In us-east-1 only, the owner may create a bucket again: nothing changes (page "CreateBucket").
  if (existing && (existing.region !== DEFAULT_REGION || region !== DEFAULT_REGION)) {
    throw new S3Error('BucketAlreadyOwnedByYou', { fields: { BucketName: request.bucket } });
  }
  if (!existing) {
    store.createBucket(request.bucket, {
      region: constraint,
      objectLock: request.headers['x-amz-bucket-object-lock-enabled'] === 'true',
      owners: [readAccessKeyId(request) ?? ''],
    });
  }
  return { status: 200, headers: { Location: `/${request.bucket}` } };
}

/** Undefined if the request names no region: then clients of any region may use the bucket here. */
function requestedRegion({ body }: S3Request): string | undefined {
  if (body.length === 0) {
    return undefined;
  }
  const configuration = parseXml(body, 'CreateBucketConfiguration');
  if (configuration.Location !== undefined || configuration.Bucket !== undefined) {
    throw new S3Error('NotImplemented', {
      message: "the sandbox's S3 does not have directory buckets",
    });
  }
  const constraint = getText(configuration, 'LocationConstraint');
  if (!constraint) {
    return undefined;
  }
  const region = constraint === 'EU' ? 'eu-west-1' : constraint;
  if (!REGION.test(region)) {
    throw new S3Error('InvalidLocationConstraint', {
      message: 'The specified location-constraint is not valid',
      fields: { LocationConstraint: constraint },
    });
  }
  return region;
}

export function headBucket({ request, store }: Context): Answer {
  return { status: 200, headers: { 'x-amz-bucket-region': store.bucket(request.bucket).region } };
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
  const { region } = store.bucket(request.bucket);
  return {
    status: 200,
    body:
      `${XML_HEADER}<LocationConstraint ` +
      `${XMLNS}>${region === DEFAULT_REGION ? '' : region}</LocationConstraint>`,
  };
}

export function getBucketVersioning({ request, store }: Context): Answer {
  const { versioning } = store.bucket(request.bucket);
  return {
    status: 200,
    body:
      `${XML_HEADER}<VersioningConfiguration ` +
      `${XMLNS}>${element('Status', versioning)}</VersioningConfiguration>`,
  };
}

export function putBucketVersioning({ request, store }: Context): Answer {
  const bucket = store.bucket(request.bucket);
  const status = getText(parseXml(request.body, 'VersioningConfiguration'), 'Status');
  if (status !== 'Enabled' && status !== 'Suspended') {
    throw new S3Error('MalformedXML');
  }
  if (bucket.objectLock && status === 'Suspended') {
    throw new S3Error('InvalidBucketState', {
      message:
        'An Object Lock configuration is present on this bucket, so the versioning state cannot ' +
        'be changed.',
    });
  }
  bucket.versioning = status;
  return { status: 200 };
}

export function getBucketEncryption({ request, store }: Context): Answer {
  const { algorithm, kmsKeyId, bucketKey } =
    store.bucket(request.bucket).encryption ?? DEFAULT_ENCRYPTION;
  return {
    status: 200,
    body:
      `${XML_HEADER}<ServerSideEncryptionConfiguration ` +
      `${XMLNS}><Rule><ApplyServerSideEncryptionByDefault>` +
      `${element('SSEAlgorithm', algorithm)}${element('KMSMasterKeyID', kmsKeyId)}</ApplyServerSideEncryptionByDefault>` +
      `${element('BucketKeyEnabled', bucketKey ?? false)}</Rule></ServerSideEncryptionConfiguration>`,
  };
}

export function putBucketEncryption({ request, store }: Context): Answer {
  const bucket = store.bucket(request.bucket);
  const rule = getChild(parseXml(request.body, 'ServerSideEncryptionConfiguration'), 'Rule');
  const byDefault = getChild(rule, 'ApplyServerSideEncryptionByDefault');
  const algorithm = getText(byDefault, 'SSEAlgorithm');
  if (algorithm !== 'AES256' && algorithm !== 'aws:kms') {
    throw new S3Error('MalformedXML');
  }
  bucket.encryption = {
    algorithm,
    kmsKeyId: getText(byDefault, 'KMSMasterKeyID'),
    bucketKey: getText(rule, 'BucketKeyEnabled') === 'true' || undefined,
  };
  return { status: 200 };
}
