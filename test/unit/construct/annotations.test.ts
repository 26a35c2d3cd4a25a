import { App, Duration, Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sns from 'aws-cdk-lib/aws-sns';
import { S3DatedArchiver, type S3DatedArchiverProps } from '../../../src';
import { actionsOn, build, synth } from '../../helpers/synth';

const HOME = { stack: { env: { account: '111122223333', region: 'eu-west-1' } } };

function getAnnotations(props: (stack: Stack) => Partial<S3DatedArchiverProps>) {
  const { stack } = build((inner) => ({ prefix: 'in/', ...props(inner) }), HOME);
  const found = Annotations.fromStack(stack);
  // Of chat-topic.test.ts.
  const isOther = (message: string) => !message.includes('cdk-s3-dated-archiver:noSubscription');
  const text = (messages: ReturnType<typeof found.findInfo>) =>
    messages.map((message) => String(message.entry.data)).filter(isOther);
  return {
    infos: text(found.findInfo('*', Match.anyValue())),
    warnings: text(found.findWarning('*', Match.anyValue())),
  };
}

test('the destination inside the prefix: an info', () => {
  const { infos, warnings } = getAnnotations(() => ({
    prefix: 'data/',
    destinationPrefix: 'data/archive/',
  }));
  expect(warnings).toEqual([]);
  expect(infos).toEqual([
    expect.stringContaining(
      'destinationPrefix "data/archive/" lies inside prefix "data/": archived objects are never ' +
        'archived again, but every run lists them',
    ),
  ]);
});

test('the prefix inside the destination: no annotation', () => {
  expect(getAnnotations(() => ({ prefix: 'data/in/', destinationPrefix: 'data/' }))).toEqual({
    infos: [],
    warnings: [],
  });
});

describe('a versioned source bucket', () => {
  const versioned = (lifecycleRules: s3.LifecycleRule[], prefix = 'in/') =>
    getAnnotations((stack) => ({
      prefix,
      destinationPrefix: 'archive/',
      bucket: new s3.Bucket(stack, 'Versioned', { versioned: true, lifecycleRules }),
    })).warnings;

  test('without a rule that expires noncurrent versions: a warning with the rule to add', () => {
    expect(versioned([])).toEqual([
      expect.stringContaining(
        'bucket is versioned and has no lifecycle rule that expires noncurrent versions, so ' +
          'every archived object is paid for twice, without end: its version at the source stays ' +
          'when it is moved. ' +
          "Add such a rule, as in bucket.addLifecycleRule({ prefix: 'in/', " +
          'noncurrentVersionExpiration: Duration.days(30), expiredObjectDeleteMarker: true })',
      ),
    ]);
    expect(versioned([], '')).toEqual([
      expect.stringContaining(
        'bucket.addLifecycleRule({ noncurrentVersionExpiration: Duration.days(30)',
      ),
    ]);
  });

  test.each<[string, s3.LifecycleRule]>([
    ['for another prefix', { prefix: 'in/eu/', noncurrentVersionExpiration: Duration.days(30) }],
    [
      'for tagged objects',
      { tagFilters: { keep: 'no' }, noncurrentVersionExpiration: Duration.days(30) },
    ],
    [
      'for large objects',
      { objectSizeGreaterThan: 1_000, noncurrentVersionExpiration: Duration.days(30) },
    ],
    ['that is disabled', { enabled: false, noncurrentVersionExpiration: Duration.days(30) }],
    ['for current versions', { expiration: Duration.days(30) }],
  ])('with a rule %s: a warning', (_, rule) => {
    expect(versioned([rule])).toEqual([expect.stringContaining('bucket is versioned')]);
  });

  test.each<[string, s3.LifecycleRule]>([
    ['for the whole bucket', { noncurrentVersionExpiration: Duration.days(30) }],
    ['for the prefix', { prefix: 'in/', noncurrentVersionExpiration: Duration.days(1) }],
    [
      'that keeps the newest versions',
      { noncurrentVersionExpiration: Duration.days(1), noncurrentVersionsToRetain: 2 },
    ],
  ])('with a rule %s: no warning', (_, rule) => {
    expect(versioned([rule])).toEqual([]);
  });

  test('whose rule is added after the archiver: no warning', () => {
    const { stack } = build(
      (inner) => ({ bucket: new s3.Bucket(inner, 'Versioned', { versioned: true }) }),
      HOME,
    );
    (stack.node.findChild('Versioned') as s3.Bucket).addLifecycleRule({
      noncurrentVersionExpiration: Duration.days(30),
    });
    Annotations.fromStack(stack).hasNoWarning('*', Match.stringLikeRegexp('bucket is versioned'));
  });

  test('that is imported: no warning, because nothing is known about it', () => {
    expect(
      getAnnotations((stack) => ({
        bucket: s3.Bucket.fromBucketName(stack, 'Imported', 'imported'),
      })).warnings,
    ).toEqual([]);
  });
});

test(
  'a bucket whose versioning is suspended: a warning, because older null versions are ' +
    'replaced',
  () => {
    const suspended = (stack: Stack, id: string) => {
      const bucket = new s3.Bucket(stack, id);
      (bucket.node.defaultChild as s3.CfnBucket).versioningConfiguration = { status: 'Suspended' };
      return bucket;
    };
    expect(
      getAnnotations((stack) => ({
        bucket: suspended(stack, 'In'),
        destinationBucket: suspended(stack, 'Out'),
      })).warnings,
    ).toEqual([
      expect.stringContaining(
        'the versioning of bucket is suspended, so a write or a delete replaces the version of ' +
          'its key that has the id "null", also where that is an older version',
      ),
      expect.stringContaining('the versioning of destinationBucket is suspended'),
    ]);
  },
);

test('prefixes that policies cannot contain: infos with the pattern that the permissions cover', () => {
  const { infos, warnings } = getAnnotations(() => ({
    prefix: 'データ/',
    destinationPrefix: 'архив/2*/',
  }));
  expect(warnings).toEqual([]);
  expect(infos).toEqual([
    expect.stringContaining(
      'prefix "データ/" has characters that IAM policies cannot contain, such as those above ' +
        'U+00FF: the permissions are for */*',
    ),
    expect.stringContaining(
      'destinationPrefix "архив/2*/" has characters that IAM policies cannot contain, such as ' +
        'those above U+00FF: the permissions are for */2${*}/*',
    ),
  ]);
});

test('imported buckets without a known key: an info for each, with the prop to set', () => {
  const named = (stack: Stack, name: string) =>
    s3.Bucket.fromBucketName(stack, name, `bucket-${name.toLowerCase()}`);
  expect(
    getAnnotations((stack) => ({
      bucket: named(stack, 'In'),
      destinationBucket: named(stack, 'Out'),
      reportBucket: named(stack, 'Reports'),
    })).infos,
  ).toEqual([
    expect.stringContaining(
      'bucket is imported, so its KMS key is unknown: if it is encrypted with a customer ' +
        'managed key, pass that key as sourceKey',
    ),
    expect.stringContaining(
      'destinationBucket is imported, so its KMS key is unknown: if it is encrypted with a ' +
        'customer managed key, pass that key as destinationKey',
    ),
    expect.stringContaining(
      'reportBucket is imported, so its KMS key is unknown: if it is encrypted with a customer ' +
        'managed key, pass that key as encryptionKey',
    ),
  ]);
  expect(getAnnotations((stack) => ({ bucket: named(stack, 'In') })).infos).toEqual([
    expect.stringContaining('bucket is imported'),
  ]);
  expect(
    getAnnotations((stack) => ({
      bucket: named(stack, 'In'),
      sourceKey: new kms.Key(stack, 'Key'),
    })).infos,
  ).toEqual([]);
});

test('an imported key of another account: a warning with the statements for its policy', () => {
  const { warnings } = getAnnotations((stack) => ({
    destinationKey: kms.Key.fromKeyArn(
      stack,
      'Theirs',
      'arn:aws:kms:eu-west-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab',
    ),
  }));
  expect(warnings).toEqual([
    expect.stringContaining(
      'key Test/Theirs is in account 444455556666, so its key policy must allow this archiver ' +
        'to use it: add [{"Effect":"Allow"',
    ),
  ]);
});

test('an imported key: granted here, and an info with the statements for its policy', () => {
  const props = (stack: Stack) => ({
    destinationKey: kms.Key.fromKeyArn(
      stack,
      'Imported',
      'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
    ),
  });
  const { infos, warnings } = getAnnotations(props);
  expect(warnings).toEqual([]);
  expect(infos).toEqual([
    expect.stringContaining(
      'key Test/Imported is imported, so its key policy cannot be changed from this app',
    ),
  ]);
  expect(infos[0]).toContain(
    '{"Effect":"Allow","Principal":{"AWS":"<ARN of the role Test/Archiver/ArchiveBatch/Role>"},' +
      '"Action":["kms:Decrypt","kms:GenerateDataKey"],"Resource":"*",' +
      '"Condition":{"StringLike":{"kms:ViaService":["s3.eu-west-1.amazonaws.com"]}}}',
  );
  expect(
    actionsOn(
      synth((stack) => ({ prefix: 'in/', ...props(stack) })).template,
      'ArchiveBatch',
      /key\/1234abcd/,
    ),
  ).toEqual(['kms:Decrypt', 'kms:GenerateDataKey']);
});

test(
  'an imported key for logs: a warning, since log groups cannot be created unless its policy ' +
    'allows it',
  () => {
    const { warnings } = getAnnotations((stack) => ({
      encryptionKey: kms.Key.fromKeyArn(
        stack,
        'Imported',
        'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
      ),
    }));
    expect(warnings).toEqual([
      expect.stringContaining(
        'the policy of encryptionKey cannot be changed from this app, and log groups can be ' +
          'created only if it allows CloudWatch Logs: add [{',
      ),
    ]);
    expect(warnings[0]).toContain('"logs.eu-west-1."');
    expect(warnings[0]).toContain('"delivery.logs.amazonaws.com"');
  },
);

test('an imported alias: a warning, since nothing can be granted', () => {
  const { warnings } = getAnnotations((stack) => ({
    sourceKey: kms.Alias.fromAliasName(stack, 'Imported', 'alias/data'),
  }));
  expect(warnings).toEqual([
    expect.stringContaining(
      'the use of Test/Imported cannot be granted, since an imported alias does not tell its ' +
        'key: pass the key itself',
    ),
  ]);
});

test('an imported topic: an info about its key, unless that is known', () => {
  const arn = 'arn:aws:sns:eu-west-1:111122223333:alerts';
  const { infos, warnings } = getAnnotations((stack) => ({
    alertTopic: sns.Topic.fromTopicArn(stack, 'Imported', arn),
  }));
  expect(warnings).toEqual([]);
  expect(infos).toEqual([
    expect.stringContaining(
      'alertTopic is imported, so its KMS key is unknown: if it is encrypted, pass its key as ' +
        'encryptionKey, or add {',
    ),
  ]);
  expect(
    getAnnotations((stack) => ({
      alertTopic: sns.Topic.fromTopicArn(stack, 'Imported', arn),
      encryptionKey: new kms.Key(stack, 'Key'),
    })).infos,
  ).toEqual([]);
});

test('a topic of another account: a warning with the statement for its policy', () => {
  const { warnings } = getAnnotations((stack) => ({
    alertTopic: sns.Topic.fromTopicArn(
      stack,
      'Imported',
      'arn:aws:sns:eu-west-1:444455556666:alerts',
    ),
  }));
  expect(warnings).toEqual([expect.stringContaining('alertTopic is in account 444455556666')]);
  expect(warnings[0]).toContain(
    '"Action":"sns:Publish","Resource":"arn:aws:sns:eu-west-1:444455556666:alerts"',
  );
});

test(
  'a destination of another account: a warning with the statements that each role needs, without ' +
    'functions of CloudFormation',
  () => {
    const { warnings } = getAnnotations((stack) => ({
      destinationBucket: s3.Bucket.fromBucketAttributes(stack, 'Theirs', {
        bucketName: 'theirs',
        account: '444455556666',
      }),
      allowRestore: true,
    }));
    expect(warnings).toEqual([
      expect.stringContaining('destinationBucket is in account 444455556666'),
    ]);
    const statements = JSON.parse(/add (\[.*\]) with the ARNs/.exec(warnings[0])![1]) as {
      Action: string | string[];
      Resource: string;
      Condition?: object;
      Principal: { AWS: string };
    }[];
    const actions = statements.map(
      ({ Principal, Action }) =>
        `${Principal.AWS} ` +
        `${[Action].flat().includes('s3:DeleteObject') ? 'deletes' : [Action].flat()[0]}`,
    );
    expect(actions).toEqual([
      '<ARN of the role of ArchiveBatch> s3:PutObject',
      '<ARN of the role of ArchiveBatch> s3:ListBucket',
      '<ARN of the role of ArchiveBatch> s3:ListBucketMultipartUploads',
      '<ARN of the role of VerifyBatch> s3:ListBucket',
      '<ARN of the role of VerifyBatch> s3:GetObject',
      '<ARN of the role of ReportRun> s3:ListBucket',
      '<ARN of the role of RestoreBatch> s3:GetObject',
      '<ARN of the role of RestoreBatch> s3:ListBucket',
    ]);
    expect(new Set(statements.map(({ Resource }) => Resource))).toEqual(
      new Set(['arn:aws:s3:::theirs/archive/*', 'arn:aws:s3:::theirs']),
    );
    expect(statements[1].Condition).toEqual({ StringLike: { 's3:prefix': 'archive/*' } });
    expect(warnings[0]).toContain('leave s3:PutObjectAnnotation out if S3 refuses it as unknown');
    expect(warnings[0]).toContain(
      'if the bucket has ACLs enabled, its owner cannot read what arrives: set its Object ' +
        'Ownership to BucketOwnerEnforced',
    );
  },
);

test('buckets, keys and topics of the same app: no annotation', () => {
  const app = new App();
  const stack = new Stack(app, 'Test');
  const key = new kms.Key(stack, 'Key');
  new S3DatedArchiver(stack, 'Archiver', {
    bucket: new s3.Bucket(stack, 'Bucket', { encryptionKey: key }),
    prefix: 'in/',
    encryptionKey: key,
    alertTopic: new sns.Topic(stack, 'Topic', { masterKey: key }),
  });
  expect(Annotations.fromStack(stack).findInfo('*', Match.anyValue())).toEqual([]);
  expect(Annotations.fromStack(stack).findWarning('*', Match.anyValue())).toEqual([]);
});

describe('networks', () => {
  const vpc = (stack: Stack) => new ec2.Vpc(stack, 'Vpc');
  const elsewhere = (stack: Stack, region?: string) =>
    s3.Bucket.fromBucketAttributes(stack, 'Far', { bucketName: 'far-away', region });
  const restricted = (
    stack: Stack,
    id: string,
    Condition: object = { StringNotEquals: { 'aws:SourceVpce': 'vpce-1a2b3c4d' } },
  ) => {
    const bucket = new s3.Bucket(stack, id);
    bucket.addToResourcePolicy(
      iam.PolicyStatement.fromJson({
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: bucket.arnForObjects('*'),
        Condition,
      }),
    );
    return bucket;
  };

  test(
    'a VPC, and a destination in another region: a warning, because VPC endpoints refuse the ' +
      'copies',
    () => {
      const { warnings } = getAnnotations((stack) => ({
        vpc: vpc(stack),
        destinationBucket: elsewhere(stack, 'us-east-1'),
      }));
      expect(warnings).toEqual([
        expect.stringContaining(
          'destinationBucket is in region us-east-1, and VPC endpoints for S3 refuse requests to ' +
            'buckets of other regions, copies included',
        ),
      ]);
    },
  );

  test('a VPC, and an imported destination: an info; without a VPC: nothing', () => {
    const about = (props: (stack: Stack) => Partial<S3DatedArchiverProps>) =>
      getAnnotations(props).infos.filter((info) => info.includes('VPC endpoints'));
    expect(about((stack) => ({ vpc: vpc(stack), destinationBucket: elsewhere(stack) }))).toEqual([
      expect.stringContaining('destinationBucket is imported and vpc is given'),
    ]);
    expect(about((stack) => ({ destinationBucket: elsewhere(stack) }))).toEqual([]);
    expect(about((stack) => ({ vpc: vpc(stack) }))).toEqual([]);
  });

  test(
    'a bucket policy that denies all but one VPC endpoint: a warning with the exception for the ' +
      'state machine',
    () => {
      const { warnings } = getAnnotations((stack) => ({
        vpc: vpc(stack),
        bucket: restricted(stack, 'In'),
        reportBucket: restricted(stack, 'Out'),
      }));
      const exception =
        'add {"ArnNotEquals":{"aws:PrincipalArn":["<ARN of the role ' +
        'Test/Archiver/StateMachine/Role>"]}} to the Condition of that statement';
      expect(warnings).toEqual([
        expect.stringContaining('the policy of bucket denies'),
        expect.stringContaining('the policy of reportBucket denies'),
      ]);
      for (const warning of warnings) {
        expect(warning).toContain(exception);
      }
    },
  );

  test('functions without a VPC are refused as well, and at the destination, too', () => {
    const { warnings } = getAnnotations((stack) => ({
      bucket: new s3.Bucket(stack, 'In'),
      destinationBucket: restricted(stack, 'Out'),
    }));
    expect(warnings).toEqual([expect.stringContaining('the policy of destinationBucket denies')]);
    expect(warnings[0]).toContain(
      '["<ARN of the role Test/Archiver/ArchiveBatch/Role>","<ARN of the role ' +
        'Test/Archiver/ReportRun/Role>","<ARN of the role Test/Archiver/VerifyBatch/Role>"]',
    );
  });

  test(
    'a policy with an exception for principals, one that denies plain HTTP, and one that allows: ' +
      'no warning',
    () => {
      const conditions = [
        {
          StringNotEquals: { 'aws:SourceVpce': 'vpce-1a2b3c4d' },
          ArnNotLike: { 'aws:PrincipalArn': 'arn:aws:iam::111122223333:role/*' },
        },
        { Bool: { 'aws:SecureTransport': 'false' } },
      ];
      for (const condition of conditions) {
        expect(
          getAnnotations((stack) => ({ bucket: restricted(stack, 'In', condition) })).warnings,
        ).toEqual([]);
      }
    },
  );
});
