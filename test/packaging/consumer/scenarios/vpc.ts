import { GatewayVpcEndpointAwsService, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { S3DatedArchiver } from 'cdk-s3-dated-archiver';
import { inStack, type Scenario } from './scenario';

export const vpc: Scenario = {
  name: 'VPC',
  prefixes: ['incoming/', 'archive/', 'runs/'],
  build: inStack((stack) => {
    const network = new Vpc(stack, 'Vpc', {
      maxAzs: 2,
      natGateways: 0,
      subnetConfiguration: [{ name: 'isolated', subnetType: SubnetType.PRIVATE_ISOLATED }],
      gatewayEndpoints: { S3: { service: GatewayVpcEndpointAwsService.S3 } },
    });
    new S3DatedArchiver(stack, 'Archiver', {
      bucket: new Bucket(stack, 'Bucket'),
      prefix: 'incoming/',
      vpc: network,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
    });
  }),
};
