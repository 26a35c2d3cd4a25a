import { App, Lazy, Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { S3DatedArchiver } from '../../../src';

type Places = [prefix: string, destinationPrefix: string, destinationBucket?: string];

/**
 * Defines archivers in one app, each in a stack of its own. They archive from one bucket, into
 * itself or into another one.
 */
function define(...archivers: Places[]): Stack[] {
  const app = new App();
  return archivers.map(([prefix, destinationPrefix, destination], index) => {
    const stack = new Stack(app, `Stack${index}`);
    const bucket = s3.Bucket.fromBucketName(stack, 'Source', 'data');
    const destinationBucket =
      destination === undefined
        ? undefined
        : s3.Bucket.fromBucketName(stack, 'Archive', destination);
    new S3DatedArchiver(stack, 'Archiver', {
      bucket,
      prefix,
      destinationPrefix,
      destinationBucket,
      reportPrefix: `runs-${index}/`,
    });
    return stack;
  });
}

const warnings = (stack: Stack) =>
  Annotations.fromStack(stack)
    .findWarning('*', Match.stringLikeRegexp('sharedDestination'))
    .map(({ entry }) => String(entry.data));

test.each<[string, Places[]]>([
  [
    'the same destination',
    [
      ['a/', 'archive/'],
      ['b/', 'archive/'],
    ],
  ],
  [
    'a destination inside the other one',
    [
      ['a/', 'archive/'],
      ['b/', 'archive/b/'],
    ],
  ],
  [
    'the whole of another bucket',
    [
      ['a/', 'archive/', 'vault'],
      ['b/', '', 'vault'],
    ],
  ],
])('two archivers get a warning that names the other one: %s', (_, places) => {
  const [first, second] = define(...places);
  expect(warnings(first!)).toEqual([]);
  expect(warnings(second!)).toEqual([
    expect.stringMatching(
      /^the destination of Stack0\/Archiver overlaps this one, .*Give each archiver its own destinationPrefix/,
    ),
  ]);
});

test.each<[string, Places[]]>([
  [
    'destinations beside each other',
    [
      ['a/', 'archive-a/'],
      ['b/', 'archive-b/'],
    ],
  ],
  [
    'other buckets',
    [
      ['a/', 'archive/', 'vault'],
      ['b/', 'archive/', 'cellar'],
    ],
  ],
  [
    'a prefix that is a token',
    [
      ['a/', 'archive/'],
      ['b/', Lazy.string({ produce: () => 'archive/' })],
    ],
  ],
  [
    'one archiver moves on what another one archived',
    [
      ['in/', 'archive/'],
      ['archive/', 'deep/', 'vault'],
    ],
  ],
  [
    'one archiver copies now what another one deletes later',
    [
      ['in/', 'archive/'],
      ['in/', 'archive/'],
    ],
  ],
])('archivers need no warning: %s', (_, places) => {
  expect(define(...places).flatMap(warnings)).toEqual([]);
});

test.each<[string, Places[]]>([
  [
    "each archives from the other's archive",
    [
      ['in/', 'archive/'],
      ['archive/', 'in/back/'],
    ],
  ],
  [
    'both list the whole bucket',
    [
      ['', 'one/'],
      ['', 'two/'],
    ],
  ],
  [
    'three in a ring',
    [
      ['a/', 'b/x/'],
      ['b/', 'c/x/'],
      ['c/', 'a/x/'],
    ],
  ],
])('archivers that form a cycle are refused: %s', (_, places) => {
  expect(() => define(...places)).toThrow(
    /prefix and destinationPrefix form a cycle with Stack\d\/Archiver.*, since each would move what the other has archived/,
  );
});

test(
  'two archivers of the whole bucket that share their destination form no cycle, because neither ' +
    'selects what lies there',
  () => {
    expect(() => define(['', 'archive/'], ['', 'archive/'])).not.toThrow();
  },
);
