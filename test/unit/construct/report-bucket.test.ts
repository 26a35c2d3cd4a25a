import { Duration } from 'aws-cdk-lib';
import { only, synth } from '../../helpers/synth';

const bucketOf = (props: Parameters<typeof synth>[0] = {}) =>
  only(synth(props).template, 'AWS::S3::Bucket', /Reports/).properties;

test('an overwritten report is still there as an earlier version, for 30 days', () => {
  const {
    VersioningConfiguration,
    LifecycleConfiguration: { Rules },
  } = bucketOf();
  expect(VersioningConfiguration).toEqual({ Status: 'Enabled' });
  expect(Rules).toContainEqual({
    Id: 'ExpireEarlierVersions',
    Status: 'Enabled',
    NoncurrentVersionExpiration: { NoncurrentDays: 30 },
    ExpiredObjectDeleteMarker: true,
  });
});

test('reports expire, and interrupted uploads do not stay', () => {
  const {
    LifecycleConfiguration: { Rules },
  } = bucketOf({ reportPrefix: 'reports/', reportRetention: Duration.days(60) });
  expect(Rules).toContainEqual({
    Id: 'ExpireReports',
    Status: 'Enabled',
    Prefix: 'reports/',
    ExpirationInDays: 60,
  });
  expect(Rules).toContainEqual({
    Id: 'AbortIncompleteUploads',
    Status: 'Enabled',
    AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
  });
});
