/** Actions on annotations are granted only where S3 knows them. */
import { App, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { S3DatedArchiver } from '../../../../src';
import { build } from '../../../helpers/synth';

const CONTEXT = 'cdk-s3-dated-archiver:objectAnnotations';
const ALL = ['s3:GetObjectAnnotation', 's3:ListObjectAnnotations', 's3:PutObjectAnnotation'];

function granted(region?: string, context: Record<string, unknown> = {}) {
  const { stack, archiver } = build(
    (inner) => ({
      destinationBucket: new s3.Bucket(inner, 'Archive'),
      allowRestore: true,
    }),
    { app: { context }, ...(region && { stack: { env: { account: '111122223333', region } } }) },
  );
  const text = JSON.stringify(Template.fromStack(stack).toJSON());
  const infos = Annotations.fromStack(stack)
    .findInfo(`/${archiver.node.path}`, Match.stringLikeRegexp('annotations of objects'))
    .map(({ entry }) => String(entry.data));
  return { actions: ALL.filter((action) => text.includes(`"${action}"`)), infos };
}

test.each(['us-east-1', 'cn-north-1', undefined])('%s has annotations', (region) => {
  expect(granted(region)).toEqual({ actions: ALL, infos: [] });
});

test.each(['us-gov-west-1', 'us-iso-east-1', 'me-central-1', 'me-south-1', 'eusc-de-east-1'])(
  '%s has none, and an info for each bucket says so',
  (region) => {
    expect(granted(region)).toEqual({
      actions: [],
      infos: ['bucket', 'destinationBucket'].map((prop) =>
        expect.stringMatching(
          new RegExp(
            `^no role may read or write annotations of objects in ${prop}, .* ` +
              'set the context "cdk-s3-dated-archiver:objectAnnotations" to true in cdk.json',
          ),
        ),
      ),
    });
  },
);

test.each([
  ['us-gov-west-1', true, ALL],
  ['us-gov-west-1', 'true', ALL],
  ['us-east-1', false, []],
  [undefined, 'false', []],
])('the context has precedence: %s, %j', (region, value, actions) => {
  const found = granted(region, { [CONTEXT]: value });
  expect(found.actions).toEqual(actions);
  expect(found.infos).toHaveLength(actions.length === 0 ? 2 : 0);
});

test('a context that is neither true nor false is refused', () => {
  expect(() => granted('us-east-1', { [CONTEXT]: 'no' })).toThrow(
    `the context ${CONTEXT} is "no" and must be true or false`,
  );
});

test('a policy for an organization has them where the bucket is', () => {
  const actionsIn = (region: string) => {
    const stack = new Stack(new App({ treeMetadata: false }), 'Central', {
      env: { account: '999988887777', region },
    });
    S3DatedArchiver.grantOrganization(new s3.Bucket(stack, 'Archive'), {
      organizationId: 'o-exampleorgid',
    });
    const text = JSON.stringify(Template.fromStack(stack).toJSON());
    return ALL.filter((action) => text.includes(`"${action}"`));
  };
  expect(actionsIn('eu-west-1')).toEqual(ALL);
  expect(actionsIn('us-gov-east-1')).toEqual([]);
});
