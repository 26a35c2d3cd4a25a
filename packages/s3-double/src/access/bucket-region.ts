import { S3Error } from '../common/errors';
import type { Context, S3Request } from '../http/context';

/**
 * Operations that no bucket's region has to do with: the page "GetBucketLocation" recommends it for
 * finding the region out.
 */
const REGIONLESS = new Set(['ListBuckets', 'CreateBucket', 'GetBucketLocation']);

/**
 * Refuses a request that was sent to another region than the bucket's, as far as both are known.
 * The double is the endpoint of each region: a request is one to the region that its Host names
 * (`s3.eu-west-1.localhost`), or else to the one that it is signed for.
 *
 * Pages "Making requests", "Request redirection and the REST API", and "Error responses"
 * (AuthorizationHeaderMalformed, PermanentRedirect).
 */
export function checkRegion({ request, store }: Context): void {
  const signed = readSignedRegion(request);
  const asked = readEndpointRegion(request) ?? signed;
  if (signed !== asked && signed !== undefined) {
    throw new S3Error('AuthorizationHeaderMalformed', {
      message:
        `The authorization header is malformed; the region '${signed}' is wrong; expecting ` +
        `'${asked}'`,
      fields: { Region: asked! },
      headers: { 'x-amz-bucket-region': asked! },
    });
  }
  const region = store.buckets.get(request.bucket)?.knownRegion;
  if (
    region === undefined ||
    asked === undefined ||
    asked === region ||
    REGIONLESS.has(request.operation)
  ) {
    return;
  }
  throw new S3Error('PermanentRedirect', {
    fields: { Endpoint: `${request.bucket}.s3.${region}.amazonaws.com`, Bucket: request.bucket },
    headers: { 'x-amz-bucket-region': region },
  });
}

/** The scope of the signature: `KEY/20261124/eu-west-1/s3/aws4_request`. */
function readSignedRegion({ headers, query }: S3Request): string | undefined {
  const credential =
    /Credential=([^, ]+)/.exec(headers.authorization ?? '')?.[1] ?? query.get('X-Amz-Credential');
  return credential?.split('/').at(-3);
}

function readEndpointRegion({ headers: { host = '' } }: S3Request): string | undefined {
  return /^s3\.([a-z0-9-]+)\.localhost(?::\d+)?$/i.exec(host)?.[1];
}
