import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { S3DatedArchiverProps } from '../../s3-dated-archiver-props';
import { createStatement } from '../places/statements';

export type Network = Pick<S3DatedArchiverProps, 'vpc' | 'vpcSubnets' | 'securityGroups'>;

export function createNetwork(
  scope: Construct,
  { vpc, vpcSubnets, securityGroups }: Network,
): Network {
  if (!vpc) {
    return {};
  }
  const publicIds = new Set(vpc.publicSubnets.map(({ subnetId }) => subnetId));
  if (!vpc.selectSubnets(vpcSubnets).subnetIds.some((id) => publicIds.has(id))) {
    // With an empty list, CDK would create a group for each function that lets everything out.
    return {
      vpc,
      vpcSubnets,
      securityGroups: securityGroups?.length ? securityGroups : [createSecurityGroup(scope, vpc)],
    };
  }
  // CDK's own error recommends an option that is not ours:
  // https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc-internet.html
  throw new Error(
    `${vpcSubnets ? 'vpcSubnets selects' : 'vpc has only'} public subnets, and functions must ` +
      'be in private or isolated ones, because Lambda gives them no public address, so they ' +
      'could not reach S3: ' +
      'add subnets with a NAT gateway, or isolated ones with VPC endpoints, and select them ' +
      'with vpcSubnets',
  );
}

/**
 * AWS uses HTTPS, changes its addresses, and DNS is not filtered:
 * https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html
 */
function createSecurityGroup(scope: Construct, vpc: ec2.IVpc): ec2.SecurityGroup {
  const group = new ec2.SecurityGroup(scope, 'SecurityGroup', {
    vpc,
    description: 'Functions of an S3DatedArchiver',
    allowAllOutbound: false,
  });
  group.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(443), 'HTTPS to AWS');
  return group;
}

/**
 * Lambda creates network interfaces with the function's role ("Required permissions"). Before, they
 * have no ARN that a policy could name.
 */
export function createNetworkInterfaceStatement(): iam.PolicyStatement {
  return createStatement(
    [
      'ec2:CreateNetworkInterface',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSubnets',
      'ec2:DeleteNetworkInterface',
      'ec2:AssignPrivateIpAddresses',
      'ec2:UnassignPrivateIpAddresses',
    ],
    '*',
  );
}
