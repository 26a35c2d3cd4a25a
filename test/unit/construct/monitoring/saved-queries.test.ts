import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { S3DatedArchiver } from '../../../../src';

/**
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-querydefinition.html
 */
const NAME = /^([^:*/]+\/?)*[^:*/]+$/;

test.each(['Archiver', 'eu:orders', 'all*', 'a::b**'])(
  'the saved queries of an archiver "%s" have names that CloudFormation accepts',
  (id) => {
    const stack = new Stack(undefined, 'Test');
    new S3DatedArchiver(stack, id, { bucket: new Bucket(stack, 'Source') });
    const queries = Object.values(
      Template.fromStack(stack).findResources('AWS::Logs::QueryDefinition'),
    );
    expect(queries).toHaveLength(2);
    for (const {
      Properties: { Name },
    } of queries) {
      expect(Name).toMatch(NAME);
      expect(Name).toMatch(new RegExp(`^Test/${id.replace(/[:*]/g, '-')}/\\w`));
    }
  },
);
