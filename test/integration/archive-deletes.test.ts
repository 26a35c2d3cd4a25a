import { Lazy, type Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Listing, type S3DatedArchiverProps, SourceDisposition } from '../../src';
import { simulatePolicies } from '../helpers/simulate-policies';

/** Returns a function that names all roles of the stack that may delete an object. */
function simulate(...props: Parameters<typeof simulatePolicies>) {
  const { who, roleCount } = simulatePolicies(...props);
  return {
    roleCount,
    who: (object: string) => who(object, 's3:DeleteObject', 's3:DeleteObjectVersion'),
  };
}

test(
  'with default props, no role of the stack may delete in the archive, and only ArchiveBatch may ' +
    'delete elsewhere',
  () => {
    const { who, roleCount } = simulate();
    expect(roleCount).toBe(7);
    expect(who('data/archive/*')).toEqual([]);
    expect(who('data/a-2026-11-24.log')).toEqual(['ArchiveBatch']);
    expect(who('data/archived/a-2026-11-24.log')).toEqual(['ArchiveBatch']);
  },
);

test(
  'each role has the deny, so that a bucket policy that allows deletes to the whole account does ' +
    'not undo it',
  () => {
    const { who, roleCount } = simulate((stack) => {
      const bucket = new s3.Bucket(stack, 'Source', { bucketName: 'data' });
      bucket.addToResourcePolicy(
        new iam.PolicyStatement({
          principals: [new iam.AnyPrincipal()],
          actions: ['s3:DeleteObject*'],
          resources: [bucket.arnForObjects('*')],
        }),
      );
      return { bucket };
    });
    expect(who('data/elsewhere')).toHaveLength(roleCount);
    expect(who('data/archive/*')).toEqual([]);
  },
);

test('no role may delete a version anywhere', () => {
  expect(simulatePolicies().who('*', 's3:DeleteObjectVersion')).toEqual([]);
});

describe('with sourceDisposition KEEP', () => {
  const { KEEP } = SourceDisposition;

  test.each<[string, Partial<S3DatedArchiverProps>]>([
    ['default places', {}],
    ['a source inside the destination', { prefix: 'archive/in/' }],
    [
      'prefixes that are tokens',
      {
        prefix: Lazy.string({ produce: () => 'archive/in/' }),
        destinationPrefix: Lazy.string({ produce: () => 'archive/' }),
      },
    ],
  ])('no role may delete at either end: %s', (_, props) => {
    const { who } = simulate(() => ({ ...props, sourceDisposition: KEEP }));
    expect(
      [
        'data/a-2026-11-24',
        'data/archive/in/a-2026-11-24',
        'data/archive/2026/11/24/a-2026-11-24',
      ].flatMap(who),
    ).toEqual([]);
  });

  test('a bucket policy that allows deletes to the whole account changes nothing at either end', () => {
    const { who } = simulate((stack) => {
      const bucket = new s3.Bucket(stack, 'Source', { bucketName: 'data' });
      bucket.addToResourcePolicy(
        new iam.PolicyStatement({
          principals: [new iam.AnyPrincipal()],
          actions: ['s3:DeleteObject*'],
          resources: [bucket.arnForObjects('*')],
        }),
      );
      return { bucket, prefix: 'in/', sourceDisposition: KEEP };
    });
    expect(['data/in/a-2026-11-24', 'data/archive/2026/11/24/a-2026-11-24'].flatMap(who)).toEqual(
      [],
    );
  });
});

test('an archive in another bucket', () => {
  const { who } = simulate((stack) => ({
    prefix: 'in/',
    destinationBucket: new s3.Bucket(stack, 'Archive', { bucketName: 'vault' }),
    destinationPrefix: '',
  }));
  expect(who('vault/*')).toEqual([]);
  expect(who('data/in/a-2026-11-24.log')).toEqual(['ArchiveBatch']);
});

test.each<[string, Partial<S3DatedArchiverProps>, string]>([
  [
    'inside the destination',
    { prefix: 'data/in/', destinationPrefix: 'data/' },
    'data/data/in/a-2026-11-24.log',
  ],
  [
    'inside a destination that is the whole bucket',
    { prefix: 'in/', destinationPrefix: '' },
    'data/in/a-2026-11-24.log',
  ],
  [
    'perhaps inside the destination: its prefix is a token',
    { prefix: Lazy.string({ produce: () => 'archive/in/' }) },
    'data/archive/in/a-2026-11-24.log',
  ],
  [
    'perhaps inside the destination, whose prefix is a token',
    { prefix: 'in/', destinationPrefix: Lazy.string({ produce: () => '' }) },
    'data/in/a-2026-11-24.log',
  ],
  [
    'covered by the wildcard for what policies cannot contain',
    { prefix: 'in/', destinationPrefix: 'архив/' },
    'data/in/b/a-2026-11-24.log',
  ],
])('the source stays deletable where it is %s', (_, props, source) => {
  expect(simulate(() => props).who(source)).toEqual(['ArchiveBatch']);
});

test('imported buckets may be one and the same, and then the source may lie in the destination', () => {
  const { who } = simulate((stack) => ({
    bucket: s3.Bucket.fromBucketName(stack, 'One', Lazy.string({ produce: () => 'data' })),
    destinationBucket: s3.Bucket.fromBucketName(stack, 'Other', 'data'),
    prefix: 'in/',
    destinationPrefix: '',
  }));
  expect(who('data/in/a-2026-11-24.log')).toEqual(['ArchiveBatch']);
});

test('characters of the destination that IAM would read as wildcards deny nothing else', () => {
  const { who } = simulate(() => ({ prefix: 'in/', destinationPrefix: 'in?*/' }));
  expect(who('data/in/b/c')).toEqual(['ArchiveBatch']);
  const whole = simulate(() => ({ destinationPrefix: 'a*b?/' }));
  expect(whole.who('data/a${*}b${?}/*')).toEqual([]);
  expect(whole.who('data/axbx/2026/11/24/a.log')).toEqual(['ArchiveBatch']);
});

/** The combinations of places, and of props that grant or deny deletes. */
const PLACES: readonly [
  string,
  (stack: Stack) => Partial<S3DatedArchiverProps>,
  archive: string,
][] = [
  ['the whole bucket, archived into itself', () => ({}), 'data/archive/'],
  ['a prefix, archived beside it', () => ({ prefix: 'in/' }), 'data/archive/'],
  [
    'a prefix that contains the destination',
    () => ({ prefix: 'data/', destinationPrefix: 'data/archive/' }),
    'data/data/archive/',
  ],
  [
    'another bucket',
    (stack) => ({
      destinationBucket: new s3.Bucket(stack, 'Archive', { bucketName: 'vault' }),
      destinationPrefix: 'deep/',
    }),
    'vault/deep/',
  ],
  [
    'the whole of another bucket',
    (stack) => ({
      destinationBucket: new s3.Bucket(stack, 'Archive', { bucketName: 'vault' }),
      destinationPrefix: '',
    }),
    'vault/',
  ],
];
const OPTIONS: readonly [string, Partial<S3DatedArchiverProps>][] = [
  ['allowRestore', { allowRestore: true }],
  ['allowRestore and KEEP', { allowRestore: true, sourceDisposition: SourceDisposition.KEEP }],
  ['allowRestore and a function that lists', { allowRestore: true, listing: Listing.selective() }],
  ['no restores', {}],
];

test.each(
  PLACES.flatMap(([place, props, archive]) =>
    OPTIONS.map(([option, more]) => {
      return [place, option, (stack: Stack) => ({ ...props(stack), ...more }), archive] as const;
    }),
  ),
)('no role of a stack may delete in the archive: %s, %s', (_, __, props, archive) => {
  const { who, roleCount } = simulate(props);
  expect(roleCount).toBeGreaterThan(5);
  expect(
    ['2026/11/24/a.log', '2026/11/24/', 'a', 'archive/2026/11/24/a.log'].flatMap((key) =>
      who(`${archive}${key}`),
    ),
  ).toEqual([]);
});

test.each(PLACES)(
  'a bucket policy that allows deletes to the whole account does not help a role, except the ' +
    'one whose source it is: %s',
  (_, props, archive) => {
    const [name] = archive.split('/');
    const { who } = simulate((stack) => {
      const given = props(stack);
      const bucket =
        given.destinationBucket ?? new s3.Bucket(stack, 'Source', { bucketName: 'data' });
      (bucket as s3.Bucket).addToResourcePolicy(
        new iam.PolicyStatement({
          principals: [new iam.AnyPrincipal()],
          actions: ['s3:DeleteObject*'],
          resources: [bucket.arnForObjects('*')],
        }),
      );
      return { ...given, allowRestore: true, ...(name === 'data' && { bucket }) };
    });
    expect(who(`${archive}2026/11/24/a.log`)).toEqual([]);
  },
);
