import type { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { S3DatedArchiverProps } from '../../s3-dated-archiver-props';
import { createStatement } from '../access/statements';
import { createLambdaPrincipal } from '../access/trust';

/** The options that all functions of an archiver share. */
export interface CommonOptions {
  readonly environment: { [name: string]: string };
  readonly logLevel?: lambda.ApplicationLogLevel;
  readonly logGroup: LogGroupOptions;
  /** Encrypts the environment variables. */
  readonly encryptionKey?: kms.IKey;
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

/** The options of one function. */
export interface OwnOptions {
  readonly description: string;
  readonly timeout: Duration;
  readonly memorySize: number;
  readonly environment?: { [name: string]: string };
  readonly onFailure?: lambda.IDestination;
  /** Lambda invokes it with the messages of a queue. */
  readonly isPolling?: boolean;
  /** Overrides the common log level. */
  readonly logLevel?: lambda.ApplicationLogLevel;
}

/** Returns the options of one function. Creates its role and its log group in `scope`. */
export function createFunctionOptions(scope: Construct, common: CommonOptions, own: OwnOptions): lambda.FunctionOptions {
  const logGroup = new logs.LogGroup(scope, 'Logs', common.logGroup);
  const role = new iam.Role(scope, 'Role', {
    description: own.description,
    assumedBy: createLambdaPrincipal(scope, { isInVpc: common.network.vpc !== undefined, isPolling: own.isPolling ?? false }),
  });
  // AWSLambdaBasicExecutionRole would allow writing to every log group. CDK adds the permissions for X-Ray.
  role.addToPolicy(createStatement(['logs:CreateLogStream', 'logs:PutLogEvents'], logGroup.logGroupArn));
  if (common.network.vpc) { role.addToPolicy(createNetworkInterfaceStatement()); }
  return {
    ...common.network,
    description: own.description,
    timeout: own.timeout,
    memorySize: own.memorySize,
    environment: { ...common.environment, ...own.environment, NODE_OPTIONS: '--enable-source-maps' },
    environmentEncryption: common.encryptionKey,
    onFailure: own.onFailure,
    architecture: lambda.Architecture.ARM_64,
    role,
    logGroup,
    loggingFormat: lambda.LoggingFormat.JSON,
    applicationLogLevelV2: own.logLevel ?? common.logLevel ?? lambda.ApplicationLogLevel.INFO,
    tracing: lambda.Tracing.ACTIVE,
  };
}

/** Returns the network of all functions. Creates one security group for them unless the props have some. */
export function createNetwork(scope: Construct, { vpc, vpcSubnets, securityGroups }: S3DatedArchiverProps): Network {
  if (!vpc) { return {}; }
  validateSubnets(vpc, vpcSubnets);
  // With an empty list, CDK would create a group for each function that lets everything out.
  return { vpc, vpcSubnets, securityGroups: securityGroups?.length ? securityGroups : [createSecurityGroup(scope, vpc)] };
}

/**
 * Throws if functions would be in public subnets, where they reach nothing. CDK's own error recommends an option that the archiver
 * does not have.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc-internet.html
 */
function validateSubnets(vpc: ec2.IVpc, vpcSubnets?: ec2.SubnetSelection): void {
  const publicIds = new Set(vpc.publicSubnets.map(({ subnetId }) => subnetId));
  if (!vpc.selectSubnets(vpcSubnets).subnetIds.some((id) => publicIds.has(id))) { return; }
  throw new Error(`${vpcSubnets ? 'vpcSubnets selects' : 'vpc has only'} public subnets, and functions must be in private or isolated ones, because Lambda gives them no public address, so they could not reach S3: `
    + 'add subnets with a NAT gateway, or isolated ones with VPC endpoints, and select them with vpcSubnets');
}

/**
 * Creates a security group that lets HTTPS out, which is all that the AWS SDK uses. Addresses of AWS services change, so
 * any address is allowed. Security groups do not filter the DNS server of a VPC.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html
 */
function createSecurityGroup(scope: Construct, vpc: ec2.IVpc): ec2.SecurityGroup {
  const group = new ec2.SecurityGroup(scope, 'SecurityGroup', { vpc, description: 'Functions of an S3DatedArchiver', allowAllOutbound: false });
  group.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(443), 'HTTPS to AWS');
  return group;
}

/**
 * Allows managing network interfaces. Lambda creates a function's network interfaces with the function's role, and
 * before creation they have no ARN that a policy could name.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
 */
function createNetworkInterfaceStatement(): iam.PolicyStatement {
  return createStatement([
    'ec2:CreateNetworkInterface',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DescribeSubnets',
    'ec2:DeleteNetworkInterface',
    'ec2:AssignPrivateIpAddresses',
    'ec2:UnassignPrivateIpAddresses',
  ], '*');
}
