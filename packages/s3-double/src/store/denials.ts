import { S3Error } from '../common/errors';

/** Requests to refuse, as a policy's explicit deny would. Fields left out match everything. */
export interface DenyRule {
  operations?: string[];
  bucket?: string;
  keyPrefix?: string;
  /** One key. */
  key?: string;
  /** Refuses the use of this KMS key, for reading and for writing. */
  kmsKeyId?: string;
  message?: string;
}

export class Denials {
  private readonly rules = new Set<DenyRule>();

  add(rule: DenyRule): () => void {
    this.rules.add(rule);
    return () => this.rules.delete(rule);
  }

  /** Throws if a rule without a KMS key matches. */
  check(operation: string, bucket: string, key = ''): void {
    for (const rule of this.rules) {
      if (!rule.kmsKeyId && matches(rule, operation, bucket, key)) {
        throw new S3Error('AccessDenied', { message: rule.message });
      }
    }
  }

  checkKmsKey(
    kmsKeyId: string | undefined,
    action: 'kms:Decrypt' | 'kms:GenerateDataKey',
    operation: string,
    bucket: string,
    key: string,
  ): void {
    for (const rule of this.rules) {
      if (kmsKeyId && rule.kmsKeyId === kmsKeyId && matches(rule, operation, bucket, key)) {
        throw new S3Error('AccessDenied', {
          message:
            rule.message ?? `User is not authorized to perform: ${action} on resource: ${kmsKeyId}`,
        });
      }
    }
  }
}

function matches(rule: DenyRule, operation: string, bucket: string, key: string): boolean {
  return (
    (!rule.operations || rule.operations.includes(operation)) &&
    (!rule.bucket || rule.bucket === bucket) &&
    (rule.key === undefined || rule.key === key) &&
    (!rule.keyPrefix || key.startsWith(rule.keyPrefix))
  );
}
