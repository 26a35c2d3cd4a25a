import { inAppLanguage } from '../../../../src/construct/places/annotations';

const SUBSCRIPTION =
  "archiver.alertTopic.addSubscription(new EmailSubscription('ops@example.com'))";
const RULE =
  "bucket.addLifecycleRule({ prefix: 'in/', noncurrentVersionExpiration: Duration.days(30), " +
  'expiredObjectDeleteMarker: true })';

const before = process.env.JSII_AGENT;
afterEach(() => {
  if (before === undefined) {
    delete process.env.JSII_AGENT;
  } else {
    process.env.JSII_AGENT = before;
  }
});

test('an app in TypeScript or JavaScript gets its own code', () => {
  delete process.env.JSII_AGENT;
  expect(inAppLanguage(', as in ', RULE)).toBe(`, as in ${RULE}`);
});

test('an app in Python gets Python', () => {
  process.env.JSII_AGENT = 'Python/3.12.1';
  expect(inAppLanguage(', as in ', SUBSCRIPTION)).toBe(
    ', as in archiver.alert_topic.add_subscription(EmailSubscription("ops@example.com"))',
  );
  expect(inAppLanguage('', RULE)).toBe(
    'bucket.add_lifecycle_rule(prefix="in/", noncurrent_version_expiration=Duration.days(30), ' +
      'expired_object_delete_marker=True)',
  );
});

test.each(['Java/17.0.1', 'DotNet/8.0', 'Go/1.22'])('an app in %s gets no code', (agent) => {
  process.env.JSII_AGENT = agent;
  expect(inAppLanguage(', as in ', SUBSCRIPTION)).toBe('');
});
