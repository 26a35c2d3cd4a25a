import { S3Error } from '../common/errors';
import type { Context } from '../http/context';
import { parseCopySource } from '../http/copy-source';
import { header } from '../http/request';

/**
 * Checks the accounts that a request expects to own its bucket, and that of a copy's source (page
 * "Verifying bucket ownership with bucket owner condition").
 */
export function checkBucketOwner({ request, store }: Context): void {
  const copySource = header(request, 'x-amz-copy-source');
  const buckets = {
    'x-amz-expected-bucket-owner': request.bucket,
    'x-amz-source-expected-bucket-owner':
      copySource === undefined ? undefined : parseCopySource(copySource).bucket,
  };
  for (const [name, bucket] of Object.entries(buckets)) {
    const owner = header(request, name);
    const account = store.buckets.get(bucket ?? '')?.account ?? store.account;
    if (owner === undefined || owner === account) {
      continue;
    }
    if (/^\d{12}$/.test(owner)) {
      throw new S3Error('AccessDenied');
    }
    throw new S3Error('InvalidBucketOwnerAWSAccountID', {
      message:
        'The value of the expected bucket owner parameter must be an AWS Account ID... ' +
        `[${owner}]`,
    });
  }
}
