import { isEncryptedByCustomer } from '../assembly/archiver';
import type { App } from '../assembly/scope';
import { type Environment, getUrlSuffix } from '../assembly/template';
import { isObject } from '../common/json';

/** The KMS keys of an app's resources. */
export class Keys {
  private readonly byAlias = new Map<string, string>();
  private readonly byTopic = new Map<string, string>();
  private readonly byStateMachine = new Map<string, string>();

  constructor(
    app: App,
    private readonly environment: Environment,
  ) {
    for (const { AliasName, TargetKeyId } of app.resolvable(
      'AWS::KMS::Alias',
      ({ scope, logicalId }) => scope.properties(logicalId, 'AliasName', 'TargetKeyId'),
    )) {
      this.byAlias.set(String(AliasName), String(TargetKeyId));
    }
    const topics = app.resolvable('AWS::SNS::Topic', ({ scope, logicalId }) => ({
      arn: String(scope.ref(logicalId)),
      key: scope.properties(logicalId, 'KmsMasterKeyId').KmsMasterKeyId,
    }));
    for (const { arn, key } of topics) {
      if (typeof key === 'string') {
        this.byTopic.set(arn, key);
      }
    }
    const encrypted = app.resolvable(
      'AWS::StepFunctions::StateMachine',
      ({ scope, logicalId, resource }) => {
        if (!isEncryptedByCustomer(resource)) {
          return undefined;
        }
        return {
          arn: String(scope.ref(logicalId)),
          encryption: scope.properties(logicalId, 'EncryptionConfiguration')
            .EncryptionConfiguration,
        };
      },
    );
    for (const { arn, encryption } of encrypted) {
      if (isObject(encryption) && typeof encryption.KmsKeyId === 'string') {
        this.byStateMachine.set(arn, encryption.KmsKeyId);
      }
    }
  }

  /**
   * ARN of a key that is named by id, ARN or alias ("Key identifiers", concepts). Undefined for AWS
   * managed keys: a caller who may use the service may use them ("AWS managed keys", concepts).
   */
  arnOf(keyId: string | undefined): string | undefined {
    if (keyId === undefined) {
      return undefined;
    }
    const [, alias] = /(?:^|:)(alias\/.+)$/.exec(keyId) ?? [];
    if (alias?.startsWith('alias/aws/')) {
      return undefined;
    }
    if (alias) {
      return this.byAlias.has(alias) ? this.arnOf(this.byAlias.get(alias)) : undefined;
    }
    const { partition, region, account } = this.environment;
    return keyId.startsWith('arn:')
      ? keyId
      : `arn:${partition}:kms:${region}:${account}:key/${keyId}`;
  }

  /**
   * The condition key by which KMS knows the service that calls it for a principal: "AWS KMS
   * condition keys", conditions-kms.
   */
  via(service: string, region = this.environment.region): readonly [string, string] {
    return ['kms:ViaService', `${service}.${region}.${getUrlSuffix(this.environment)}`];
  }

  ofStateMachine(stateMachineArn: string): string | undefined {
    return this.arnOf(this.byStateMachine.get(stateMachineArn));
  }

  ofTopic(topicArn: string): string | undefined {
    return this.arnOf(this.byTopic.get(topicArn));
  }
}
