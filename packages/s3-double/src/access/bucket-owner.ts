import type { Context } from '../context';
import { S3Error } from '../errors';
import { header } from '../http/request';

/** Headers with which a request names the account that it expects to own its bucket, or that of a copy's source. */
const HEADERS = ['x-amz-expected-bucket-owner', 'x-amz-source-expected-bucket-owner'];

/** Page "Verifying bucket ownership with bucket owner condition". All buckets of the double belong to one account. */
export function checkBucketOwner({ request, store: { account } }: Context): void {
  for (const name of HEADERS) {
    const owner = header(request, name);
    if (owner === undefined || owner === account) { continue; }
    if (/^\d{12}$/.test(owner)) { throw new S3Error('AccessDenied'); }
    throw new S3Error('InvalidBucketOwnerAWSAccountID', {
      message: `The value of the expected bucket owner parameter must be an AWS Account ID... [${owner}]`,
    });
  }
}
