import { App } from '../assembly/scope';
import { Environment } from '../assembly/template';

/** The KMS keys of an app's resources. */
export class Keys {
  private readonly byAlias = new Map<string, string>();
  private readonly byTopic = new Map<string, string>();

  constructor(app: App, private readonly environment: Environment) {
    for (const { scope, logicalId } of app.resources('AWS::KMS::Alias')) {
      const { AliasName, TargetKeyId } = scope.properties(logicalId);
      this.byAlias.set(String(AliasName), String(TargetKeyId));
    }
    for (const { scope, logicalId } of app.resources('AWS::SNS::Topic')) {
      const { KmsMasterKeyId } = scope.properties(logicalId);
      if (typeof KmsMasterKeyId === 'string') this.byTopic.set(String(scope.ref(logicalId)), KmsMasterKeyId);
    }
  }

  /**
   * ARN of a key that is named by id, ARN or alias ("Key identifiers", concepts). None of AWS's own keys: who may
   * use the service may use them ("AWS managed keys", concepts).
   */
  arnOf(keyId: string | undefined): string | undefined {
    if (keyId === undefined) return undefined;
    const [, alias] = /(?:^|:)(alias\/.+)$/.exec(keyId) ?? [];
    if (alias?.startsWith('alias/aws/')) return undefined;
    if (alias) return this.byAlias.has(alias) ? this.arnOf(this.byAlias.get(alias)) : undefined;
    const { partition, region, account } = this.environment;
    return keyId.startsWith('arn:') ? keyId : `arn:${partition}:kms:${region}:${account}:key/${keyId}`;
  }

  ofTopic(topicArn: string): string | undefined {
    return this.arnOf(this.byTopic.get(topicArn));
  }
}
