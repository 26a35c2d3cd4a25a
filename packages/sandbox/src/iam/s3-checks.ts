import {
  findSecretHeaders,
  getRequestKeys,
  type Step,
  toAction,
} from 'cdk-s3-dated-archiver-s3-double';
import type { Access } from './access';
import type { Keys } from './keys';
import { type KeyUse, getRequirements, type RequestContext, toResource } from './s3-requirements';
import type { Environment } from '../assembly/template';

/**
 * What the policies of the templates say about requests to S3. A caller is named by its access key.
 */
export class S3Checks {
  constructor(
    private readonly access: Access,
    private readonly keys: Keys,
    private readonly environment: Environment,
  ) {}

  /** Whether the caller is one whose policies are known. Others may do everything. */
  isKnown(caller: string | undefined): caller is string {
    return this.access.caller(caller) !== undefined;
  }

  /** Whether it depends on the tags of objects what callers may do. */
  get dependOnTags(): boolean {
    return this.access.usesKey('s3:existingobjecttag/');
  }

  /** Throws AccessDenied unless the caller may do this step of a request. */
  demand(caller: string | undefined, context: RequestContext, step: Step): void {
    const { actions, keyUses } = getRequirements(context, step);
    const resource = toResource(step, this.environment.partition);
    for (const action of actions) {
      this.access.demand(caller, {
        action,
        resource,
        keys: () => getRequestKeys(context, step, action),
      });
    }
    // A bucket of the stack's region answers to any.
    const region = context.store?.buckets.get(step.bucket)?.knownRegion;
    for (const use of keyUses) {
      this.demandKey(caller, use, resource, region);
    }
  }

  /**
   * Throws AccessDenied unless the caller may know that a key is missing. API_HeadObject: "If you
   * have the s3:ListBucket permission on the bucket, Amazon S3 returns ... 404"; else 403. The
   * request states no prefix.
   */
  demandToKnow(caller: string | undefined, bucket: string): void {
    this.access.demand(caller, {
      action: 's3:ListBucket',
      resource: toResource({ operation: '', bucket }, this.environment.partition),
    });
  }

  /** The headers of another S3's answer that the caller may not see. */
  secretHeaders(caller: string | undefined, context: RequestContext, headers: object): string[] {
    const { operation, bucket, key, query } = context.request;
    if (operation !== 'HeadObject' && operation !== 'GetObject') {
      return [];
    }
    return findSecretHeaders(headers, (guarded) => {
      const step = { operation: guarded, bucket, key, versionId: query.get('versionId') };
      const action = toAction(guarded, step.versionId);
      return this.access.allows(caller, {
        action,
        resource: toResource(step, this.environment.partition),
        keys: () => getRequestKeys(context, step, action),
      });
    });
  }

  private demandKey(
    caller: string | undefined,
    { action, encryption }: KeyUse,
    object: string,
    region: string | undefined,
  ): void {
    const resource = this.keys.arnOf(encryption.kmsKeyId);
    if (resource === undefined) {
      return;
    }
    // With a bucket key, the context is the bucket (bucket-key, "Encryption context").
    const context = encryption.bucketKey ? object.split('/')[0]! : object;
    this.access.demand(caller, {
      action,
      resource,
      keys: () => [this.keys.via('s3', region), ['kms:EncryptionContext:aws:s3:arn', context]],
    });
  }
}
