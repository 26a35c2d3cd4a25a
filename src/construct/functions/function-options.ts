import type { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { S3DatedArchiverProps } from '../../s3-dated-archiver-props';
import { statement } from '../access/statements';

/** What all functions of an archiver have in common. */
export interface CommonOptions {
  readonly environment: { [name: string]: string };
  readonly logLevel?: lambda.ApplicationLogLevel;
  readonly logGroup: LogGroupOptions;
  readonly network: Network;
}

export interface LogGroupOptions {
  readonly retention: logs.RetentionDays;
  readonly encryptionKey?: kms.IKey;
  readonly removalPolicy: RemovalPolicy;
}

export interface Network {
  readonly vpc?: ec2.IVpc;
  readonly vpcSubnets?: ec2.SubnetSelection;
  readonly securityGroups?: ec2.ISecurityGroup[];
}

/** What one function has of its own. */
export interface OwnOptions {
  readonly description: string;
  readonly timeout: Duration;
  readonly memorySize: number;
  readonly environment?: { [name: string]: string };
  readonly onFailure?: lambda.IDestination;
  /** Instead of the common one. */
  readonly logLevel?: lambda.ApplicationLogLevel;
}

/** The options of one function; its role and its log group are made beside it, in `scope`. */
export function handlerOptions(scope: Construct, common: CommonOptions, own: OwnOptions): lambda.FunctionOptions {
  const logGroup = new logs.LogGroup(scope, 'Logs', common.logGroup);
  const role = new iam.Role(scope, 'Role', {
    description: own.description,
    assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
  });
  // A managed policy would let it write to every log group. CDK adds X-Ray.
  role.addToPolicy(statement(['logs:CreateLogStream', 'logs:PutLogEvents'], logGroup.logGroupArn));
  if (common.network.vpc) { role.addToPolicy(networkInterfaces()); }
  return {
    ...common.network,
    description: own.description,
    timeout: own.timeout,
    memorySize: own.memorySize,
    environment: { ...common.environment, ...own.environment, NODE_OPTIONS: '--enable-source-maps' },
    onFailure: own.onFailure,
    architecture: lambda.Architecture.ARM_64,
    role,
    logGroup,
    loggingFormat: lambda.LoggingFormat.JSON,
    applicationLogLevelV2: own.logLevel ?? common.logLevel ?? lambda.ApplicationLogLevel.INFO,
    tracing: lambda.Tracing.ACTIVE,
  };
}

/** One security group for all functions, unless there are some. */
export function network(scope: Construct, { vpc, vpcSubnets, securityGroups }: S3DatedArchiverProps): Network {
  if (!vpc) { return {}; }
  const groups = securityGroups ?? [new ec2.SecurityGroup(scope, 'SecurityGroup', { vpc, description: 'Functions of an S3DatedArchiver' })];
  return { vpc, vpcSubnets, securityGroups: groups };
}

/**
 * Lambda makes a function's network interfaces with the function's role, before any of them has an ARN.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
 */
function networkInterfaces(): iam.PolicyStatement {
  return statement([
    'ec2:CreateNetworkInterface',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DescribeSubnets',
    'ec2:DeleteNetworkInterface',
    'ec2:AssignPrivateIpAddresses',
    'ec2:UnassignPrivateIpAddresses',
  ], '*');
}
