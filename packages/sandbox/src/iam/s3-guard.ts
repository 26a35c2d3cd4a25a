import {
  getHeader,
  parseCopySource,
  readAccessKeyId,
  type S3Context,
  S3Error,
  type S3Guard,
  type Step,
} from 'cdk-s3-dated-archiver-s3-double';
import { AccessDenied } from './denied';
import type { S3Checks } from './s3-checks';

/** Enforces the policies of the templates in the embedded S3. */
export function guardS3(checks: S3Checks): S3Guard {
  function authorize(context: S3Context, step: Step): void {
    // Each key of a DeleteObjects is a step of its own; a missing bucket is reported to every
    // caller.
    if (step.operation === 'DeleteObjects' || !context.store.buckets.has(step.bucket)) {
      return;
    }
    const caller = readAccessKeyId(context.request);
    if (checks.isKnown(caller)) {
      refusing(() => checks.demand(caller, context, step));
    }
  }

  function conceal({ request }: S3Context, error: unknown): void {
    if (!(error instanceof S3Error) || error.code !== 'NoSuchKey') {
      return;
    }
    const source = getHeader(request, 'x-amz-copy-source');
    const bucket = source === undefined ? request.bucket : parseCopySource(source).bucket;
    refusing(() => checks.demandToKnow(readAccessKeyId(request), bucket));
  }

  return {
    authorize,
    serve: (context, perform) => {
      try {
        return perform();
      } catch (error) {
        conceal(context, error);
        throw error;
      }
    },
  };
}

function refusing(demand: () => void): void {
  try {
    demand();
  } catch (error) {
    throw error instanceof AccessDenied
      ? new S3Error('AccessDenied', { message: error.message })
      : error;
  }
}
