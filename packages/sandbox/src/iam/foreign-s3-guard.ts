import {
  type Deletion,
  getHeader,
  hasExistingTags,
  parseCopySource,
  parseDeletions,
  type S3Context,
  type Step,
  toAction,
} from 'cdk-s3-dated-archiver-s3-double';
import { AccessDenied } from './denied';
import type { S3Checks } from './s3-checks';
import type { RequestContext } from './s3-requirements';

type Request = S3Context['request'];

/** A key of a DeleteObjects that the caller may not delete, with the reason. */
export interface RefusedDeletion extends Deletion {
  readonly message: string;
}

/**
 * Enforces the policies of the templates in front of another S3. It knows the requests, but of the
 * objects and the buckets of that S3 only what the proxy finds out: permissions that depend on
 * more, such as on a bucket's key, are not asked for.
 */
export class ForeignS3Guard {
  private readonly dependsOnTags: boolean;

  constructor(private readonly checks: S3Checks) {
    this.dependsOnTags = checks.dependOnTags;
  }

  /** Why the caller may not make this request; undefined if it may. */
  refusal(caller: string, context: RequestContext): string | undefined {
    return messageOf(() => {
      for (const step of stepsOf(context.request)) {
        this.checks.demand(caller, context, step);
      }
    });
  }

  /** The objects whose tags the policies may ask for. */
  objectsWithTags(request: Request): Step[] {
    return this.dependsOnTags
      ? stepsOf(request).filter(({ operation, key }) => key && hasExistingTags(toAction(operation)))
      : [];
  }

  /**
   * The keys of a DeleteObjects, of which each has its own answer: those to pass on, and those to
   * refuse.
   */
  deletions(
    caller: string,
    context: RequestContext,
  ): { allowed: Deletion[]; refused: RefusedDeletion[]; quiet: boolean } {
    const { deletions, quiet } = parseDeletions(context.request);
    const { bucket } = context.request;
    const allowed: Deletion[] = [];
    const refused: RefusedDeletion[] = [];
    for (const deletion of deletions) {
      const message = messageOf(() =>
        this.checks.demand(caller, context, { operation: 'DeleteObject', bucket, ...deletion }),
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

  secretHeaders(caller: string, context: RequestContext, headers: object): string[] {
    return this.checks.secretHeaders(caller, context, headers);
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
