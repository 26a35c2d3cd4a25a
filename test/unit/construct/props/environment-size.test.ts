import { Bucket } from 'aws-cdk-lib/aws-s3';
import { ArchiveLayout, DateSource, type S3DatedArchiverProps } from '../../../../src';
import { environment, synth } from '../../../helpers/synth';

const FILTER = { include: [`${'x'.repeat(1_900)}*`] };
const prefixes = (length: number): Partial<S3DatedArchiverProps> => ({
  prefix: `${'p'.repeat(length)}/`,
  destinationPrefix: `${'d'.repeat(length)}/`,
});

test(
  'what Lambda would refuse in the middle of a deployment is refused before, and what is long is ' +
    'named',
  () => {
    expect(() => synth({ filter: FILTER, ...prefixes(900) })).toThrow(
      /^Test\/Archiver: the props need about 4[2-9]\d\d bytes of environment variables, and Lambda allows 4096 for a function: shorten filter \(\d+ bytes\), destinationPrefix \(919 bytes\), prefix \(914 bytes\)$/,
    );
  },
);

test('what fits is accepted', () => {
  const { template } = synth({
    filter: FILTER,
    ...prefixes(400),
    dateSource: DateSource.objectName('yyyy-MM-dd', 'yyyyMMdd'),
    layout: ArchiveLayout.hive(),
  });
  const bytes = Object.entries(environment(template, 'ReportRun')).reduce(
    (sum, [name, value]) => sum + name.length + Buffer.byteLength(String(value)),
    0,
  );
  expect(bytes).toBeGreaterThan(3_300);
  expect(bytes).toBeLessThan(4_096);
});

test(
  'characters count as bytes, and values that are known only when the stack is deployed count as ' +
    'names of buckets',
  () => {
    const props =
      (length: number) =>
      (stack: ConstructorParameters<typeof Bucket>[0]): Partial<S3DatedArchiverProps> => ({
        filter: { include: ['é'.repeat(1_000)] },
        destinationBucket: new Bucket(stack, 'Archive'),
        reportBucket: new Bucket(stack, 'Given'),
        ...prefixes(length),
      });
    expect(() => synth(props(800))).toThrow('shorten filter (');
    expect(() => synth(props(400))).not.toThrow();
  },
);
