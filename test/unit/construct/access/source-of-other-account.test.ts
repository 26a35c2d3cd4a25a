import { App, Aws, CfnParameter, Stack, Stage, Token } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import {
  Listing,
  S3DatedArchiver,
  type S3DatedArchiverProps,
  SourceDisposition,
} from '../../../../src';
import { RESOURCE_POLICY_METADATA } from '../../../../src/contract/published/resource-policies';
import {
  build,
  only,
  policies,
  type Statement,
  statements,
  type Where,
} from '../../../helpers/synth';

const OURS = '111122223333';
const THEIRS = '444455556666';
const HOME: Where = { stack: { env: { account: OURS, region: 'eu-west-1' } } };
const KEY = `arn:aws:kms:eu-central-1:${THEIRS}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;

const theirs = (stack: Stack, attributes: Partial<s3.BucketAttributes> = {}) =>
  s3.Bucket.fromBucketAttributes(stack, 'Theirs', {
    bucketName: 'theirs',
    account: THEIRS,
    region: 'eu-central-1',
    ...attributes,
  });

function make(props: (stack: Stack) => Partial<S3DatedArchiverProps> = () => ({}), where = HOME) {
  const { stack, archiver } = build((inner) => {
    const given = props(inner);
    return {
      bucket: given.bucket ?? theirs(inner),
      prefix: 'in/',
      destinationBucket: new s3.Bucket(inner, 'Out'),
      listing: Listing.selective(),
      ...given,
    };
  }, where);
  const template = Template.fromStack(stack);
  const found = Annotations.fromStack(stack);
  const data = (all: ReturnType<typeof found.findInfo>) =>
    all.map(({ entry }) => String(entry.data));
  return {
    stack,
    archiver,
    template,
    infos: data(found.findInfo('*', Match.anyValue())),
    warnings: data(found.findWarning('*', Match.anyValue())),
  };
}

/** The JSON in a warning. */
function printed(warnings: string[], start: string): any[] {
  const warning = warnings.find((each) => each.startsWith(start))!;
  return JSON.parse(/add (\[.*\])(?:;| \[ack)/.exec(warning)![1]);
}

const described = (archiver: S3DatedArchiver) =>
  archiver.node.metadata
    .filter(({ type }) => type === RESOURCE_POLICY_METADATA)
    .map(({ data }) => data);
const roleNames = (template: Template) =>
  Object.fromEntries(
    Object.entries(template.findResources('AWS::IAM::Role')).map(([id, { Properties }]) => [
      id.replace(/^Archiver|Role\w+$/g, ''),
      Properties.RoleName,
    ]),
  );

test(
  'the statements for the policy of the bucket are printed, complete: each role and exactly its ' +
    'actions',
  () => {
    const { warnings } = make();
    const toRole = (id: string) => ({
      Principal: { AWS: `arn:aws:iam::${OURS}:root` },
      Condition: {
        ArnEquals: {
          'aws:PrincipalArn': expect.stringMatching(
            new RegExp(`^arn:aws:iam::${OURS}:role/Test.*${id}.*-eu-west-1$`),
          ),
        },
      },
    });
    const listing = (id: string) => {
      const { Principal, Condition } = toRole(id);
      return {
        Effect: 'Allow',
        Action: 's3:ListBucket',
        Resource: 'arn:aws:s3:::theirs',
        Principal,
        Condition: { StringLike: { 's3:prefix': 'in/*' }, ...Condition },
      };
    };
    expect(
      printed(
        warnings,
        `bucket is in account ${THEIRS}, so its bucket policy must allow this archiver to use it`,
      ),
    ).toEqual([
      listing('ListObjects'),
      {
        Effect: 'Allow',
        Resource: 'arn:aws:s3:::theirs/in/*',
        ...toRole('ArchiveBatch'),
        Action: [
          's3:GetObject',
          's3:GetObjectTagging',
          's3:GetObjectAnnotation',
          's3:ListObjectAnnotations',
          's3:GetObjectRetention',
          's3:GetObjectLegalHold',
          's3:DeleteObject',
        ],
      },
      listing('ArchiveBatch'),
      {
        Effect: 'Allow',
        Action: 's3:GetBucketObjectLockConfiguration',
        Resource: 'arn:aws:s3:::theirs',
        ...toRole('ArchiveBatch'),
      },
      listing('ReportRun'),
    ]);
  },
);

test('the names of the roles are those in the statements, and fit', () => {
  const { template, warnings } = make();
  const { ListObjects, ArchiveBatch, ReportRun, ...others } = roleNames(template);
  const inStatements = printed(warnings, 'bucket is in account').map(
    ({ Condition }) => Condition.ArnEquals['aws:PrincipalArn'].split('/')[1],
  );
  expect([...new Set(inStatements)]).toEqual([ListObjects, ArchiveBatch, ReportRun]);
  for (const name of inStatements) {
    expect(name).toMatch(/^[\w+=,.@-]{1,64}$/);
  }
  expect(new Set(Object.values(others))).toEqual(new Set([undefined]));
});

test('two archivers, stacks, stages or regions never have a role of the same name', () => {
  const app = new App();
  const long = 'AVeryLongName'.repeat(7);
  const scopes = [
    new Stack(app, 'One', HOME.stack),
    new Stack(app, 'Two', HOME.stack),
    new Stack(app, 'Far', { env: { account: OURS, region: 'ap-southeast-4' }, stackName: 'One' }),
    new Stack(new Stage(app, 'Production'), 'One', HOME.stack),
    new Stack(app, long, HOME.stack),
    new Stack(app, `${long}2`, HOME.stack),
  ];
  const names = scopes.flatMap((stack) =>
    ['Archiver', 'Other', long].flatMap((id) => {
      const archiver = new S3DatedArchiver(stack, id, {
        bucket: theirs(stack, {}),
        listing: Listing.selective(),
        reportBucket: new s3.Bucket(stack, `${id}Reports`),
      });
      stack.node.tryRemoveChild('Theirs');
      return archiver.node
        .findAll()
        .flatMap((node) =>
          node instanceof iam.CfnRole && !Token.isUnresolved(node.roleName) ? [node.roleName!] : [],
        );
    }),
  );
  expect(names).toHaveLength(scopes.length * 3 * 4);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) {
    expect(name.length).toBeLessThanOrEqual(64);
  }
});

test.each<[string, (stack: Stack) => Partial<S3DatedArchiverProps>]>([
  ['source', () => ({})],
  [
    'destination',
    (stack) => ({ bucket: new s3.Bucket(stack, 'In'), destinationBucket: theirs(stack) }),
  ],
])(
  'every permission at a %s of another account is limited to buckets of that account, and no ' +
    'other is',
  (_, props) => {
    const { template } = make((stack) => ({ allowRestore: true, ...props(stack) }));
    const all = policies(template).flatMap(({ statements: own }) => own);
    const isThere = (statement: Statement) =>
      JSON.stringify(statement.Resource).includes('s3:::theirs');
    const allowed = all.filter((statement) => statement.Effect === 'Allow');
    expect(allowed.filter(isThere).length).toBeGreaterThan(6);
    for (const statement of allowed) {
      expect(statement.Condition?.StringEquals?.['aws:ResourceAccount']).toBe(
        isThere(statement) ? THEIRS : undefined,
      );
    }
  },
);

test('what is kept need not be deleted; what may be restored may be written', () => {
  const actions = (props: Partial<S3DatedArchiverProps>) =>
    printed(make(() => props).warnings, 'bucket is in').flatMap(({ Action }) => Action as string[]);
  expect(actions({})).toContain('s3:DeleteObject');
  expect(actions({})).not.toContain('s3:PutObject');
  expect(actions({ sourceDisposition: SourceDisposition.KEEP })).not.toContain('s3:DeleteObject');
  const restore = printed(make(() => ({ allowRestore: true })).warnings, 'bucket is in').filter(
    ({ Condition }) => Condition.ArnEquals['aws:PrincipalArn'].includes('RestoreBatch'),
  );
  expect(restore.flatMap(({ Action }) => Action)).toEqual(
    expect.arrayContaining([
      's3:PutObject',
      's3:PutObjectTagging',
      's3:AbortMultipartUpload',
      's3:ListBucketMultipartUploads',
      's3:ListBucket',
    ]),
  );
  expect(restore.flatMap(({ Action }) => Action)).not.toContain('s3:DeleteObject');
});

test('an archive in the same bucket: its statements are there, too, in one warning', () => {
  const { warnings, template } = make((stack) => ({
    bucket: theirs(stack),
    destinationBucket: undefined,
  }));
  expect(warnings.filter((each) => each.includes('bucket policy'))).toHaveLength(1);
  const inArchive = printed(warnings, 'bucket is in').filter(({ Resource }) =>
    Resource.endsWith('/archive/*'),
  );
  expect(
    inArchive.map(({ Action, Condition }) => [
      Action,
      Condition.ArnEquals['aws:PrincipalArn'].split('/')[1],
    ]),
  ).toEqual([
    [
      expect.arrayContaining(['s3:PutObject', 's3:AbortMultipartUpload']),
      roleNames(template).ArchiveBatch,
    ],
    ['s3:GetObject', roleNames(template).VerifyBatch],
  ]);
  expect(roleNames(template).VerifyBatch).toMatch(/-eu-west-1$/);
});

test(
  'a bucket of this app gets the statements in its policy, without a dependency between the ' +
    'stacks',
  () => {
    const app = new App();
    const their = new Stack(app, 'TheirStack', {
      env: { account: THEIRS, region: 'eu-central-1' },
    });
    const stack = new Stack(app, 'Test', HOME.stack);
    new S3DatedArchiver(stack, 'Archiver', {
      bucket: new s3.Bucket(their, 'Landing', { bucketName: 'landing' }),
      prefix: 'in/',
      destinationBucket: new s3.Bucket(stack, 'Out'),
      listing: Listing.selective(),
    });
    const { Statement } = only(Template.fromStack(their), 'AWS::S3::BucketPolicy').properties
      .PolicyDocument;
    expect(Statement).toHaveLength(5);
    expect(Statement[0]).toMatchObject({
      Action: 's3:ListBucket',
      Principal: { AWS: `arn:aws:iam::${OURS}:root` },
      Resource: { 'Fn::GetAtt': [expect.any(String), 'Arn'] },
    });
    expect([
      their.dependencies,
      Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('bucket policy')),
    ]).toEqual([[], []]);
    expect(
      statements(Template.fromStack(stack), 'ListObjects').filter(({ Action }) =>
        Action.includes('s3:ListBucket'),
      ),
    ).toMatchObject([
      { Resource: ['arn:aws:s3:::landing'] },
      { Resource: [expect.stringMatching(/^<ArchiverReports/)] },
    ]);
  },
);

test('the policy of a key there: the role is named', () => {
  const { warnings, template } = make((stack) => ({
    sourceKey: kms.Key.fromKeyArn(stack, 'Key', KEY),
  }));
  expect(printed(warnings, `key Test/Key is in account ${THEIRS}`)).toEqual([
    {
      Effect: 'Allow',
      Action: 'kms:Decrypt',
      Resource: '*',
      Principal: { AWS: `arn:aws:iam::${OURS}:root` },
      Condition: {
        ArnEquals: {
          'aws:PrincipalArn': `arn:aws:iam::${OURS}:role/${roleNames(template).ArchiveBatch}`,
        },
        StringLike: { 'kms:ViaService': ['s3.eu-central-1.amazonaws.com'] },
      },
    },
  ]);
  expect(
    statements(template, 'ArchiveBatch').filter(({ Action }) => Action.includes('kms:Decrypt')),
  ).toMatchObject([{ Resource: [KEY] }]);
});

test('programs find all of it in the assembly', () => {
  const { archiver, warnings } = make((stack) => ({
    sourceKey: kms.Key.fromKeyArn(stack, 'Key', KEY),
  }));
  expect(described(archiver)).toEqual([
    { resource: KEY, account: THEIRS, statements: printed(warnings, 'key Test/Key') },
    {
      resource: 'arn:aws:s3:::theirs',
      account: THEIRS,
      region: 'eu-central-1',
      statements: printed(warnings, 'bucket is in'),
    },
  ]);
});

test('ReportRun knows the regions of both ends only if the app states two different ones', () => {
  const transfer = (props: (stack: Stack) => Partial<S3DatedArchiverProps>, where?: Where) => {
    const functions = Object.values(
      make(props, where).template.findResources('AWS::Lambda::Function'),
    );
    return functions.find(({ Properties }) => Properties.Environment?.Variables.BATCH)!.Properties
      .Environment.Variables.TRANSFER;
  };
  expect(transfer(() => ({}))).toBe('{"from":"eu-central-1","to":"eu-west-1"}');
  expect(transfer((stack) => ({ bucket: theirs(stack, { region: 'eu-west-1' }) }))).toBeUndefined();
  expect(
    transfer((stack) => ({ bucket: new s3.Bucket(stack, 'In'), destinationBucket: theirs(stack) })),
  ).toBe('{"from":"eu-west-1","to":"eu-central-1"}');
  expect(transfer(() => ({}), {})).toBeUndefined();
});

test('another region of the same account needs no policy and no names', () => {
  const { template, warnings, archiver } = make((stack) => ({
    bucket: theirs(stack, { account: OURS }),
  }));
  expect(warnings.filter((each) => each.includes('policy'))).toEqual([]);
  expect(new Set(Object.values(roleNames(template)))).toEqual(new Set([undefined]));
  expect(JSON.stringify(template.toJSON())).not.toContain('aws:ResourceAccount');
  expect(described(archiver)).toEqual([
    { resource: 'arn:aws:s3:::theirs', account: OURS, region: 'eu-central-1', statements: [] },
  ]);
});

test('a source in the account and region of the stack: nothing of this', () => {
  const { template, archiver, warnings, infos } = make((stack) => ({
    bucket: new s3.Bucket(stack, 'In'),
  }));
  expect([
    described(archiver),
    warnings,
    infos.filter((each) => !each.includes('noSubscription')),
  ]).toEqual([[], [], []]);
  expect(new Set(Object.values(roleNames(template)))).toEqual(new Set([undefined]));
});

test('a stack whose account is unknown: an info says what is missing', () => {
  const { infos, warnings } = make(() => ({}), {});
  expect(warnings).toEqual([]);
  expect(infos).toContainEqual(
    expect.stringContaining(
      `bucket is in account ${THEIRS}, and that of the archiver's stack is unknown: if it is ` +
        'another one, set env of the stack',
    ),
  );
});

test('an account and a region that are tokens are taken for those of the stack', () => {
  const { infos, warnings } = make((stack) => {
    const given = new CfnParameter(stack, 'Given').valueAsString;
    return { bucket: theirs(stack, { account: given, region: Aws.REGION }) };
  });
  expect([...warnings, ...infos].filter((each) => /^bucket is in/.test(each))).toEqual([]);
});

test('in a VPC, a source in another region: a warning', () => {
  const { warnings } = make((stack) => ({ vpc: new ec2.Vpc(stack, 'Vpc') }));
  expect(warnings).toContainEqual(
    expect.stringContaining(
      'bucket is in region eu-central-1, and VPC endpoints for S3 refuse requests to buckets of ' +
        'other regions, copies included: the subnets need a NAT gateway',
    ),
  );
});

test('a region of another partition is refused', () => {
  expect(() => make((stack) => ({ bucket: theirs(stack, { region: 'cn-north-1' }) }))).toThrow(
    'bucket is in region cn-north-1, which belongs to the partition aws-cn, and must be in aws, ' +
      "the partition of the archiver's stack, since requests never go from one partition to " +
      'another',
  );
});

test.each([
  ['account', { region: 'eu-west-1' }, `bucket is in account ${THEIRS} and must be in ${OURS}`],
  ['region', { account: OURS }, 'bucket is in region eu-central-1 and must be in eu-west-1'],
])(
  'distributedMap() refuses another %s, and the message names the other listing',
  (_, attributes, start) => {
    const refused = () =>
      make((stack) => ({ bucket: theirs(stack, attributes), listing: Listing.distributedMap() }));
    expect(refused).toThrow(start);
    expect(refused).toThrow(
      'since a Distributed Map lists only buckets of its own account and region: set listing: ' +
        'Listing.selective(), or define the archiver in a stack in',
    );
  },
);
