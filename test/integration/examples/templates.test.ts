import { differences, normalize } from '../../packaging/consumer/parity/templates';

const template = {
  Resources: {
    Bucket: { Type: 'AWS::S3::Bucket', Properties: { Tags: [{ Key: 'a', Value: 'b' }] } },
  },
};

test('equal templates have no differences', () => {
  expect(differences(template, structuredClone(template))).toEqual([]);
});

test.each<[string, unknown, string[]]>([
  [
    'another value',
    {
      Resources: {
        Bucket: { Type: 'AWS::S3::Bucket', Properties: { Tags: [{ Key: 'a', Value: 'c' }] } },
      },
    },
    ['/Resources/Bucket/Properties/Tags/0/Value is "b" in TypeScript and "c" in Python'],
  ],
  [
    'a property too few',
    { Resources: { Bucket: { Type: 'AWS::S3::Bucket' } } },
    [
      '/Resources/Bucket/Properties is {"Tags":[{"Key":"a","Value":"b"}]} in TypeScript and ' +
        'absent in Python',
    ],
  ],
  [
    'an item too many',
    {
      Resources: {
        Bucket: { Type: 'AWS::S3::Bucket', Properties: { Tags: [{ Key: 'a', Value: 'b' }, 1] } },
      },
    },
    ['/Resources/Bucket/Properties/Tags/1 is absent in TypeScript and 1 in Python'],
  ],
  [
    'a list in place of an object',
    { Resources: { Bucket: [] } },
    [expect.stringContaining('/Resources/Bucket is {')],
  ],
])('%s is reported as a difference', (_name, other, expected) => {
  expect(differences(template, other)).toEqual(expected);
});

test('only the metadata that CDK adds about an app is ignored', () => {
  const metadata = (Analytics: string) => ({
    Type: 'AWS::CDK::Metadata',
    Properties: { Analytics },
    Condition: 'CDKMetadataAvailable',
  });
  const withMetadata = (analytics: string) =>
    normalize({ Resources: { ...template.Resources, CDKMetadata: metadata(analytics) } });
  expect(withMetadata('typescript')).toEqual(withMetadata('python'));
  expect(withMetadata('typescript').Resources.CDKMetadata.Condition).toBe('CDKMetadataAvailable');
  expect(normalize(template)).toEqual(template);
});
