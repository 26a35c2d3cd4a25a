import * as path from 'node:path';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { createNetworkInterfaceStatement, type Network } from './network';
import { RUNTIME } from './runtime';
import { toKebabCase } from '../../contract/variables';
import type { S3DatedArchiverProps } from '../../s3-dated-archiver-props';
import { createStatement } from '../places/statements';
import { createLambdaPrincipal } from '../places/trust';

export type LogGroupOptions = Pick<logs.LogGroupProps, 'retention' | 'removalPolicy'> &
  Pick<S3DatedArchiverProps, 'encryptionKey'>;

export interface CommonOptions extends Pick<S3DatedArchiverProps, 'logLevel' | 'encryptionKey'> {
  readonly environment: { [name: string]: string };
  readonly logGroup: LogGroupOptions;
  readonly network: Network;
  readonly tracing: lambda.Tracing;
}

export interface OwnOptions extends Pick<
  lambda.FunctionOptions,
  'description' | 'timeout' | 'memorySize' | 'onFailure'
> {
  readonly logLevel?: lambda.ApplicationLogLevel;
  readonly isPolling?: boolean;
}

export class HandlerFunction extends lambda.Function {
  /**
   * @param scope also of the role and of the log group `Logs`, which may be there already.
   * ArchiveBatch runs the bundle archive-batch
   */
  constructor(
    scope: Construct,
    common: CommonOptions,
    { logLevel, isPolling = false, ...own }: OwnOptions,
  ) {
    const bundle = toKebabCase(scope.node.id);
    const logGroup =
      (scope.node.tryFindChild('Logs') as logs.LogGroup | undefined) ??
      new logs.LogGroup(scope, 'Logs', common.logGroup);
    const role = new iam.Role(scope, 'Role', {
      assumedBy: createLambdaPrincipal(scope, {
        isInVpc: common.network.vpc !== undefined,
        isPolling,
      }),
    });
    // AWSLambdaBasicExecutionRole would allow writing to every log group. CDK adds the permissions
    // for X-Ray.
    role.addToPolicy(
      createStatement(['logs:CreateLogStream', 'logs:PutLogEvents'], logGroup.logGroupArn),
    );
    if (common.network.vpc) {
      role.addToPolicy(createNetworkInterfaceStatement());
    }
    super(scope, 'Function', {
      ...common.network,
      ...own,
      environment: common.environment,
      environmentEncryption: common.encryptionKey,
      runtime: new lambda.Runtime(RUNTIME, lambda.RuntimeFamily.NODEJS),
      architecture: lambda.Architecture.ARM_64,
      handler: 'index.handler',
      code: lambda.Code.fromAsset(
        path.join(__dirname, `../../../assets/lambda/${bundle}/${bundle}.lambda`),
      ),
      role,
      logGroup,
      loggingFormat: lambda.LoggingFormat.JSON,
      applicationLogLevelV2: logLevel ?? common.logLevel ?? lambda.ApplicationLogLevel.INFO,
      tracing: common.tracing,
    });
  }
}
