import {
  type Deletion,
  getHeader,
  parseCopySource,
  parseDeletions,
  type S3Context,
  type Step,
} from 'cdk-s3-dated-archiver-s3-double';
import { AccessDenied } from './denied';
import type { S3Checks } from './s3-checks';

type Request = S3Context['request'];

/** A key of a DeleteObjects that the caller may not delete, with the reason. */
export interface RefusedDeletion extends Deletion {
  readonly message: string;
}

/**
 * Enforces the policies of the templates in front of another S3. It knows the requests, but not the
 * objects and the buckets of that S3: permissions that depend on those, such as on an object's
 * tags, are not asked for.
 */
export class ForeignS3Guard {
  constructor(private readonly checks: S3Checks) {}

  /** Why the caller may not make this request; undefined if it may. */
  refusal(caller: string, request: Request): string | undefined {
    return messageOf(() => {
      for (const step of stepsOf(request)) {
        this.checks.demand(caller, { request }, step);
      }
    });
  }

  /**
   * The keys of a DeleteObjects, of which each has its own answer: those to pass on, and those to
   * refuse.
   */
  deletions(
    caller: string,
    request: Request,
  ): { allowed: Deletion[]; refused: RefusedDeletion[]; quiet: boolean } {
    const { deletions, quiet } = parseDeletions(request);
    const allowed: Deletion[] = [];
    const refused: RefusedDeletion[] = [];
    for (const deletion of deletions) {
      const message = messageOf(() =>
        this.checks.demand(
          caller,
          { request },
          { operation: 'DeleteObject', bucket: request.bucket, ...deletion },
        ),
      );
      if (message === undefined) {
        allowed.push(deletion);
      } else {
        refused.push({ ...deletion, message });
      }
    }
    return { allowed, refused, quiet };
  }

  /** Why the caller may not learn that a key is missing; undefined if it may. */
  refusalToKnow(caller: string, request: Request): string | undefined {
    const source = getHeader(request, 'x-amz-copy-source');
    return messageOf(() =>
      this.checks.demandToKnow(
        caller,
        source === undefined ? request.bucket : parseCopySource(source).bucket,
      ),
    );
  }

  secretHeaders(caller: string, request: Request, headers: object): string[] {
    return this.checks.secretHeaders(caller, request, headers);
  }
}

function stepsOf(request: Request): Step[] {
  const { operation, bucket, key, query } = request;
  // Each of its keys is checked.
  if (operation === 'DeleteObjects') {
    return [];
  }
  const step = { operation, bucket, key: key || undefined, versionId: query.get('versionId') };
  const source = getHeader(request, 'x-amz-copy-source');
  return source === undefined
    ? [step]
    : [{ operation: 'GetObject', ...parseCopySource(source) }, step];
}

function messageOf(demand: () => void): string | undefined {
  try {
    demand();
    return undefined;
  } catch (error) {
    if (error instanceof AccessDenied) {
      return error.message;
    }
    throw error;
  }
}
