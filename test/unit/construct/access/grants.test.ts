import { Duration, Lazy, type Stack } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sns from 'aws-cdk-lib/aws-sns';
import type { S3DatedArchiverProps } from '../../../../src';
import { actionsOn, statements, type Statement, synth, type Who } from '../../../helpers/synth';

const EVERYONE: Who[] = [
  'PlanRun',
  'ArchiveBatch',
  'VerifyBatch',
  'ReportRun',
  'ExplainFailure',
  'StateMachine',
];

/** Actions that have no resource to name. */
const WITHOUT_RESOURCE = new Set([
  'xray:PutTraceSegments',
  'xray:PutTelemetryRecords',
  'xray:GetSamplingRules',
  'xray:GetSamplingTargets',
  'logs:CreateLogDelivery',
  'logs:GetLogDelivery',
  'logs:UpdateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:DescribeResourcePolicies',
  'logs:DescribeLogGroups',
]);

const { template } = synth((stack) => ({
  prefix: 'in/',
  bucket: new s3.Bucket(stack, 'Source', {
    encryptionKey: new kms.Key(stack, 'SourceKey'),
    objectLockEnabled: true,
  }),
  destinationBucket: new s3.Bucket(stack, 'Destination', {
    encryptionKey: new kms.Key(stack, 'DestinationKey'),
  }),
  encryptionKey: new kms.Key(stack, 'ReportsKey'),
}));

function without(ignored: RegExp, found: Statement[]): Statement[] {
  return found.filter((statement) => !statement.Action.some((action) => ignored.test(action)));
}

/**
 * Returns what a role may do, except statements for logs and traces, which are the same for all
 * functions.
 */
function own(who: Who): Statement[] {
  return without(/^(logs|xray):/, statements(template, who)).filter(
    ({ Effect }) => Effect === 'Allow',
  );
}

function allow(Action: string[], ...Resource: (string | RegExp)[]) {
  return {
    Effect: 'Allow',
    Action: [...Action].sort(),
    Resource: Resource.map((each) =>
      typeof each === 'string' ? each : expect.stringMatching(each),
    ),
  };
}

/** Services call KMS for the role. */
function via(names: string, statement: ReturnType<typeof allow>) {
  const services = names.split(' ').map((name) => `${name}.eu-west-1.amazonaws.com`);
  return { ...statement, Condition: { StringLike: { 'kms:ViaService': services } } };
}

function list(bucket: RegExp, prefix: string) {
  return {
    ...allow(['s3:ListBucket'], bucket),
    Condition: { StringLike: { 's3:prefix': prefix } },
  };
}

/** Lambda decrypts the environment with the role itself. */
const environment = allow(['kms:Decrypt'], /^<ReportsKey/);

test(
  'PlanRun claims the folders of a run, finds other runs and whether they have ended, compares ' +
    'their ledgers with their reports, and writes what a map reads',
  () => {
    const reports = (path: string) => new RegExp(`^<ArchiverReports\\w+\\.Arn>/runs/${path}$`);
    expect(own('PlanRun')).toEqual([
      allow(['s3:GetObject', 's3:PutObject'], /^<ArchiverReports\w+\.Arn>\/runs\/\*\/claim\.json$/),
      allow(
        ['s3:PutObject', 's3:AbortMultipartUpload'],
        /^<ArchiverReports\w+\.Arn>\/runs\/\*\/\*\/plan\/\*$/,
      ),
      allow(
        ['s3:GetObject'],
        reports('\\*/\\*/ledger-parts\\.jsonl'),
        reports('\\*/\\*/report\\.json'),
        reports('ledger/\\*'),
      ),
      list(/^<ArchiverReports\w+\.Arn>$/, 'runs/*'),
      via('s3', allow(['kms:GenerateDataKey'], /^<ReportsKey/)),
      environment,
      allow(
        ['states:DescribeExecution'],
        /^arn:aws:states:eu-west-1:111122223333:execution:<ArchiverStateMachine\w+\.Name>:\*$/,
      ),
    ]);
  },
);

test('VerifyBatch reads ledgers and the archive, and writes its own ledger', () => {
  expect(own('VerifyBatch')).toEqual([
    list(/^<Destination\w+\.Arn>$/, 'archive/*'),
    allow(['s3:GetObject'], /^<Destination\w+\.Arn>\/archive\/\*$/),
    allow(['s3:GetObject', 's3:PutObject'], /^<ArchiverReports\w+\.Arn>\/runs\/ledger\/\*$/),
    via('s3', allow(['kms:Decrypt'], /^<DestinationKey/)),
    via('s3', allow(['kms:GenerateDataKey'], /^<ReportsKey/)),
    environment,
  ]);
});

test('ArchiveBatch moves between the two prefixes and writes the ledger, and what it leaves', () => {
  expect(own('ArchiveBatch')).toEqual([
    allow(
      [
        's3:GetObject',
        's3:GetObjectTagging',
        's3:GetObjectAnnotation',
        's3:ListObjectAnnotations',
        's3:GetObjectRetention',
        's3:GetObjectLegalHold',
        's3:DeleteObject',
      ],
      /^<Source\w+\.Arn>\/in\/\*$/,
    ),
    list(/^<Source\w+\.Arn>$/, 'in/*'),
    allow(['s3:GetBucketObjectLockConfiguration'], /^<Destination\w+\.Arn>$/, /^<Source\w+\.Arn>$/),
    allow(
      [
        's3:PutObject',
        's3:PutObjectTagging',
        's3:GetObject',
        's3:GetObjectTagging',
        's3:AbortMultipartUpload',
        's3:ListMultipartUploadParts',
        's3:PutObjectAnnotation',
        's3:ListObjectAnnotations',
        's3:GetObjectAnnotation',
        's3:PutObjectRetention',
        's3:PutObjectLegalHold',
        's3:GetObjectRetention',
        's3:GetObjectLegalHold',
      ],
      /^<Destination\w+\.Arn>\/archive\/\*$/,
    ),
    list(/^<Destination\w+\.Arn>$/, 'archive/*'),
    allow(['s3:ListBucketMultipartUploads'], /^<Destination\w+\.Arn>$/),
    allow(
      ['s3:GetObject', 's3:PutObject'],
      /^<ArchiverReports\w+\.Arn>\/runs\/\*\/\*\/plan\/\*$/,
      /^<ArchiverReports\w+\.Arn>\/runs\/ledger\/\*$/,
    ),
    list(/^<ArchiverReports\w+\.Arn>$/, 'runs/ledger/*'),
    list(/^<ArchiverReports\w+\.Arn>$/, 'runs/*/*/plan/*'),
    via('s3', allow(['kms:Decrypt'], /^<SourceKey/)),
    via('s3', allow(['kms:Decrypt', 'kms:GenerateDataKey'], /^<DestinationKey/)),
    via('s3', allow(['kms:GenerateDataKey'], /^<ReportsKey/)),
    environment,
  ]);
});

test(
  'ReportRun reads what runs wrote, writes reports, the calendar and ledgers, lists source and ' +
    'destination, and reads the inputs of batches',
  () => {
    const child = (map: string) =>
      new RegExp(
        `^arn:aws:states:eu-west-1:111122223333:execution:<ArchiverStateMachine\\w+\\.Name>/${map}:\\*$`,
      );
    expect(own('ReportRun')).toEqual([
      allow(['s3:GetObject'], /^<ArchiverReports\w+\.Arn>\/runs\/\*$/),
      // It claims no folder, and changes neither a plan nor the results of a map: what remains is
      // a file of its own.
      allow(
        ['s3:PutObject'],
        ...[
          '\\*\\/\\*\\/ledger-parts\\.jsonl',
          '\\*\\/\\*\\/plan\\/remaining-parts\\.jsonl',
          '\\*\\/\\*\\/report\\.\\*',
          'index\\.html',
          'ledger\\/\\*',
        ].map((key) => new RegExp(`^<ArchiverReports\\w+\\.Arn>\\/runs\\/${key}$`)),
      ),
      list(/^<ArchiverReports\w+\.Arn>$/, 'runs/*'),
      list(/^<Source\w+\.Arn>$/, 'in/*'),
      list(/^<Destination\w+\.Arn>$/, 'archive/*'),
      via('s3', allow(['kms:GenerateDataKey'], /^<ReportsKey/)),
      environment,
      allow(['states:DescribeExecution'], child('ArchiveObjects'), child('FinishBatches')),
    ]);
  },
);

test(
  'ExplainFailure reads executions of this state machine, publishes, and adds a run to the ' +
    'calendar',
  () => {
    const states = 'arn:aws:states:eu-west-1:111122223333';
    const name = '<ArchiverStateMachine\\w+\\.Name>';
    const executions = new RegExp(`^${states}:execution:${name}:\\*$`);
    const mapRuns = ['ArchiveObjects', 'FinishBatches', 'VerifyObjects'].map(
      (label) => new RegExp(`^${states}:mapRun:${name}/${label}:\\*$`),
    );
    expect(own('ExplainFailure')).toEqual([
      allow(
        ['states:DescribeExecution', 'states:GetExecutionHistory', 'states:ListMapRuns'],
        executions,
      ),
      allow(
        ['states:DescribeExecution'],
        ...['ArchiveObjects', 'FinishBatches', 'VerifyObjects'].map(
          (label) => new RegExp(`^${states}:execution:${name}/${label}:\\*$`),
        ),
      ),
      allow(['states:ListExecutions'], ...mapRuns, /^<ArchiverStateMachine\w+>$/),
      allow(['states:DescribeMapRun'], ...mapRuns),
      allow(['sns:Publish'], /^<ArchiverAlerts\w+>$/),
      allow(['s3:GetObject', 's3:PutObject'], /^<ArchiverReports\w+\.Arn>\/runs\/index\.html$/),
      via('s3 sns', allow(['kms:GenerateDataKey'], /^<ReportsKey/)),
      environment,
    ]);
  },
);

test('the state machine lists, invokes, writes results, publishes, and drives its own children', () => {
  const self = /^<ArchiverStateMachine\w+>$/;
  const found = own('StateMachine');
  const expected = [
    allow(
      ['lambda:InvokeFunction'],
      ...['ArchiveBatch', 'PlanRun', 'ReportRun', 'VerifyBatch'].map(
        (id) => new RegExp(`^<Archiver${id}Function\\w+\\.Arn>$`),
      ),
    ),
    allow(
      ['s3:PutObject', 's3:GetObject', 's3:ListMultipartUploadParts', 's3:AbortMultipartUpload'],
      /^<ArchiverReports\w+\.Arn>\/runs\/\*\/\*\/map-run\/\*$/,
    ),
    list(/^<Source\w+\.Arn>$/, 'in/*'),
    allow(['s3:GetObject'], /^<ArchiverReports\w+\.Arn>\/runs\/\*\/\*\/plan\/\*$/),
    allow(['sns:Publish'], /^<ArchiverAlerts\w+>$/),
    via('s3', allow(['kms:Encrypt'], /^<ReportsKey/)),
    // Step Functions encrypts executions with the role itself.
    allow(['kms:Decrypt', 'kms:GenerateDataKey'], /^<ReportsKey/),
  ];
  const using = found.filter((statement) => !statement.Action[0].startsWith('states:'));
  for (const statement of expected) {
    expect(using).toContainEqual(statement);
  }
  expect(using).toHaveLength(expected.length);
  const driving = found.filter((statement) => statement.Action[0].startsWith('states:'));
  expect(driving.flatMap((statement) => statement.Action).sort()).toEqual([
    'states:DescribeExecution',
    'states:RedriveExecution',
    'states:StartExecution',
    'states:StopExecution',
  ]);
  expect(
    driving.find((statement) => statement.Action.includes('states:StartExecution'))!.Resource,
  ).toEqual([expect.stringMatching(self)]);
  expect(
    driving.find((statement) => statement.Action.includes('states:RedriveExecution'))!.Resource[0],
  ).toMatch(/:execution:.*\/ArchiveObjects:\*$/);
});

test.each(EVERYONE)('%s: the only deny is that of deletes in the archive', (who) => {
  expect(statements(template, who).filter(({ Effect }) => Effect !== 'Allow')).toEqual([
    {
      ...allow(
        ['s3:DeleteObject', 's3:DeleteObjectVersion'],
        /^<Destination\w+\.Arn>\/archive\/\*$/,
      ),
      Effect: 'Deny',
    },
  ]);
});

test.each(EVERYONE)(
  '%s: no wildcard for actions, and none for resources that can be named',
  (who) => {
    for (const statement of statements(template, who)) {
      for (const action of statement.Action) {
        expect(action).not.toContain('*');
      }
      if (statement.Resource.includes('*')) {
        expect(statement.Action.filter((action) => !WITHOUT_RESOURCE.has(action))).toEqual([]);
      }
    }
  },
);

test.each(EVERYONE.slice(0, 4))('%s writes to its own log group only', (who) => {
  const logs = statements(template, who).filter((statement) =>
    statement.Action.some((action) => action.startsWith('logs:')),
  );
  expect(logs).toEqual([
    allow(
      ['logs:CreateLogStream', 'logs:PutLogEvents'],
      new RegExp(`^<Archiver${who}Logs\\w+\\.Arn>$`),
    ),
  ]);
});

test('no role has a managed policy', () => {
  for (const role of Object.values(template.findResources('AWS::IAM::Role'))) {
    expect(role.Properties).not.toHaveProperty('ManagedPolicyArns');
  }
});

test('one role for each function, the state machine and the schedule', () => {
  template.resourceCountIs('AWS::IAM::Role', 6);
});

test('one bucket with one key: one statement with all actions', () => {
  const one = synth((stack) => ({
    bucket: new s3.Bucket(stack, 'Source', { encryptionKey: new kms.Key(stack, 'Key') }),
    prefix: 'in/',
  })).template;
  expect(
    statements(one, 'ArchiveBatch').filter((statement) => statement.Action[0].startsWith('kms:')),
  ).toEqual([via('s3', allow(['kms:Decrypt', 'kms:GenerateDataKey'], /^<Key/))]);
});

test('the keys of a given report bucket and a given topic are granted', () => {
  const given = synth((stack) => ({
    reportBucket: new s3.Bucket(stack, 'Mine', { encryptionKey: new kms.Key(stack, 'BucketKey') }),
    alertTopic: new sns.Topic(stack, 'Topic', { masterKey: new kms.Key(stack, 'TopicKey') }),
  })).template;
  expect(actionsOn(given, 'ReportRun', /^<BucketKey/)).toEqual([
    'kms:Decrypt',
    'kms:GenerateDataKey',
  ]);
  expect(actionsOn(given, 'StateMachine', /^<BucketKey/)).toEqual([
    'kms:Decrypt',
    'kms:Encrypt',
    'kms:GenerateDataKey',
  ]);
  expect(actionsOn(given, 'StateMachine', /^<TopicKey/)).toEqual([
    'kms:Decrypt',
    'kms:GenerateDataKey',
  ]);
  expect(actionsOn(given, 'ExplainFailure', /^<TopicKey/)).toEqual([
    'kms:Decrypt',
    'kms:GenerateDataKey',
  ]);
});

test('characters of a prefix that IAM would read as wildcards are escaped', () => {
  const odd = synth({ prefix: 'a*b?c$/' }).template;
  expect(actionsOn(odd, 'ArchiveBatch', /\/a\$\{\*\}b\$\{\?\}c\$\{\$\}\/\*$/)).toContain(
    's3:DeleteObject',
  );
  expect(
    statements(odd, 'StateMachine').find((statement) => statement.Action.includes('s3:ListBucket'))!
      .Condition,
  ).toEqual({ StringLike: { 's3:prefix': 'a${*}b${?}c${$}/*' } });
});

test('a whole bucket may also be listed by a request without a prefix', () => {
  const whole = synth({ prefix: '' }).template;
  for (const who of ['StateMachine', 'ArchiveBatch'] as const) {
    expect(
      statements(whole, who).find((statement) => statement.Action.includes('s3:ListBucket'))!
        .Condition,
    ).toEqual({ StringLikeIfExists: { 's3:prefix': '*' } });
  }
});

/** Actions on buckets: a prefix can only be a condition. */
const ON_BUCKETS = new Set([
  's3:ListBucket',
  's3:ListBucketMultipartUploads',
  's3:GetBucketObjectLockConfiguration',
]);

test('S3 permissions are limited to the prefixes', () => {
  for (const who of EVERYONE) {
    for (const statement of statements(template, who).filter(
      (each) => each.Action[0].startsWith('s3:') && !ON_BUCKETS.has(each.Action[0]),
    )) {
      for (const resource of statement.Resource) {
        expect(resource).toMatch(
          /\/((in|archive|runs|runs\/ledger|runs\/\*\/\*\/(map-run|plan|remove-copies))\/\*|runs\/\*\/claim\.json|runs\/\*\/\*\/(report\.(json|\*)|ledger-parts\.jsonl|plan\/remaining-parts\.jsonl)|runs\/index\.html)$/,
        );
      }
    }
  }
});

test(
  "with sourceKey and destinationKey, ArchiveBatch may still decrypt with the buckets' own " +
    'keys',
  () => {
    const { template: withKeys } = synth((stack) => ({
      prefix: 'in/',
      bucket: new s3.Bucket(stack, 'Source', { encryptionKey: new kms.Key(stack, 'OwnSourceKey') }),
      destinationBucket: new s3.Bucket(stack, 'Destination', {
        encryptionKey: new kms.Key(stack, 'OwnDestinationKey'),
      }),
      sourceKey: new kms.Key(stack, 'EarlierKey'),
      destinationKey: new kms.Key(stack, 'ArchiveKey'),
    }));
    expect(
      ['OwnSourceKey', 'EarlierKey', 'OwnDestinationKey', 'ArchiveKey'].map((key) =>
        actionsOn(withKeys, 'ArchiveBatch', new RegExp(`^<${key}`)),
      ),
    ).toEqual([
      ['kms:Decrypt'],
      ['kms:Decrypt'],
      ['kms:Decrypt'],
      ['kms:Decrypt', 'kms:GenerateDataKey'],
    ]);
  },
);

describe('permissions to write locks', () => {
  const WRITES = ['s3:PutObjectLegalHold', 's3:PutObjectRetention'];
  const written = (...given: Parameters<typeof synth>) =>
    actionsOn(synth(...given).template, 'ArchiveBatch', /\/archive\/\*$/).filter((action) =>
      WRITES.includes(action),
    );

  test.each<[string, (stack: Stack) => Partial<S3DatedArchiverProps>, string[]]>([
    ['a source of this app without Object Lock: none', () => ({}), []],
    [
      'a source of this app without Object Lock, an archive with it: none',
      (stack) => ({
        destinationBucket: new s3.Bucket(stack, 'Locked', { objectLockEnabled: true }),
      }),
      [],
    ],
    [
      'a source of this app with Object Lock',
      (stack) => ({ bucket: new s3.Bucket(stack, 'Locked', { objectLockEnabled: true }) }),
      WRITES,
    ],
    [
      'a source of this app with default retention',
      (stack) => ({
        bucket: new s3.Bucket(stack, 'Locked', {
          objectLockDefaultRetention: s3.ObjectLockRetention.governance(Duration.days(1)),
        }),
      }),
      WRITES,
    ],
    [
      'a source of this app whose Object Lock is a token',
      (stack) => {
        const bucket = new s3.Bucket(stack, 'Locked');
        (bucket.node.defaultChild as s3.CfnBucket).objectLockEnabled = Lazy.any({
          produce: () => true,
        });
        return { bucket };
      },
      WRITES,
    ],
    [
      'an imported source, which may have Object Lock',
      (stack) => ({ bucket: s3.Bucket.fromBucketName(stack, 'Imported', 'theirs') }),
      WRITES,
    ],
  ])('%s', (_, props, expected) => {
    expect(written((stack) => ({ prefix: 'in/', ...props(stack) }))).toEqual(expected);
  });

  test(
    'locks can always be read, since Object Lock may be turned on later and outside of the ' +
      'app',
    () => {
      expect(actionsOn(synth({ prefix: 'in/' }).template, 'ArchiveBatch', /\/in\/\*$/)).toEqual(
        expect.arrayContaining(['s3:GetObjectLegalHold', 's3:GetObjectRetention']),
      );
    },
  );
});
