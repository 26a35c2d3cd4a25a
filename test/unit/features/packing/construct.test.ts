import { CfnParameter, Duration, Size, type Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as s3 from 'aws-cdk-lib/aws-s3';
import {
  ArchiveLayout,
  ConflictPolicy,
  Listing,
  Packing,
  type PackingOptions,
  type S3DatedArchiverProps,
  SourceDisposition,
} from '../../../../src';
import { Settings } from '../../../../src/contract/payloads/settings';
import { build, environment, only, resolve, synth } from '../../../helpers/synth';

const MIB = 1024 ** 2;
const PACKING = { packing: Packing.zip() };

function memoryOf(props: Partial<S3DatedArchiverProps>): number {
  return only(synth(props).template, 'AWS::Lambda::Function', /ArchiverArchiveBatchFunction/)
    .properties.MemorySize;
}

describe('Packing.zip()', () => {
  test('packs objects up to 1 MiB into packs up to 256 MiB', () => {
    expect(Packing.zip()._settings()).toEqual({ maxObjectSize: MIB, maxPackSize: 256 * MIB });
    const own = Packing.zip({ maxObjectSize: Size.kibibytes(64), maxPackSize: Size.mebibytes(16) });
    expect(own._settings()).toEqual({ maxObjectSize: 65_536, maxPackSize: 16 * MIB });
  });

  test.each<[PackingOptions]>([
    [{ maxPackSize: Size.mebibytes(512), maxObjectSize: Size.mebibytes(256) }],
    [{ maxPackSize: Size.mebibytes(2) }],
    [{ maxPackSize: Size.mebibytes(1), maxObjectSize: Size.kibibytes(1) }],
  ])('allows %j', (options) => {
    expect(() => Packing.zip(options)).not.toThrow();
  });

  test.each<[PackingOptions, string]>([
    [
      { maxPackSize: Size.bytes(512 * MIB + 1) },
      'maxPackSize of Packing.zip() is 536870913 bytes and must be from 1 MiB to 512 MiB: a ' +
        'pack is put from memory',
    ],
    [
      { maxPackSize: Size.bytes(MIB - 1) },
      'maxPackSize of Packing.zip() is 1048575 bytes and must be from 1 MiB to 512 MiB',
    ],
    [
      { maxPackSize: Size.kibibytes(1024.1), maxObjectSize: Size.kibibytes(1) },
      'maxPackSize of Packing.zip() is 1048678.4 bytes',
    ],
    [{ maxPackSize: Size.bytes(MIB + 0.5) }, 'maxPackSize of Packing.zip() is 1048576.5 bytes'],
    [
      { maxObjectSize: Size.bytes(1023) },
      'maxObjectSize of Packing.zip() is 1023 bytes and must be from 1 KiB to half of ' +
        'maxPackSize, which is 268435456 bytes: larger objects are moved',
    ],
    [
      { maxObjectSize: Size.bytes(128 * MIB + 1) },
      'maxObjectSize of Packing.zip() is 134217729 bytes',
    ],
    [
      { maxPackSize: Size.mebibytes(1) },
      'maxObjectSize of Packing.zip() is 1048576 bytes and must be from 1 KiB to half of ' +
        'maxPackSize, which is 1048576 bytes',
    ],
  ])('refuses %j', (options, message) => {
    expect(() => Packing.zip(options)).toThrow(message);
  });
});

describe('with packing', () => {
  test('the functions get the sizes in bytes, also as tokens, and can read them', () => {
    const { template } = synth(PACKING);
    for (const who of ['ArchiveBatch', 'ListObjects', 'PlanRun'] as const) {
      expect(JSON.parse(environment(template, who).PACKING)).toEqual({
        maxObjectSize: MIB,
        maxPackSize: 256 * MIB,
      });
    }
    const sized = synth((stack) => ({
      packing: Packing.zip({
        maxObjectSize: Size.bytes(parameter(stack, 'Object')),
        maxPackSize: Size.bytes(parameter(stack, 'Pack')),
      }),
    })).template;
    const given = JSON.parse(
      resolve(sized, environment(sized, 'ArchiveBatch', { Object: 2_048, Pack: 2 * MIB })).PACKING,
    );
    expect(given).toEqual({ maxObjectSize: 2_048, maxPackSize: 2 * MIB });
    expect(Settings.entries.packing.wrapped.pipe[0].entries).toHaveProperty('maxPackSize');
    expect(environment(synth().template)).not.toHaveProperty('PACKING');
  });

  test('a token of one size does not hide that the other is wrong', () => {
    const stack = build().stack;
    expect(() =>
      Packing.zip({
        maxObjectSize: Size.bytes(parameter(stack, 'Given')),
        maxPackSize: Size.gibibytes(1),
      }),
    ).toThrow('maxPackSize of Packing.zip() is 1073741824 bytes');
    expect(() =>
      Packing.zip({
        maxObjectSize: Size.mebibytes(300),
        maxPackSize: Size.bytes(parameter(stack, 'Other')),
      }),
    ).toThrow('maxObjectSize of Packing.zip() is 314572800 bytes');
  });

  test('a function lists, as if Listing.selective() were set', () => {
    expect(synth(PACKING).template.toJSON()).toEqual(
      synth({ ...PACKING, listing: Listing.selective() }).template.toJSON(),
    );
    expect(environment(synth(PACKING).template, 'ListObjects')).toMatchObject({
      LISTING_CONCURRENCY: '32',
    });
    expect(
      environment(
        synth({ ...PACKING, listing: Listing.selective({ concurrency: 3 }) }).template,
        'ListObjects',
      ),
    ).toMatchObject({ LISTING_CONCURRENCY: '3' });
  });

  test.each<[Partial<S3DatedArchiverProps>, string]>([
    [
      { sourceDisposition: SourceDisposition.KEEP },
      'sourceDisposition KEEP cannot be combined with packing, since every run would pack the ' +
        'objects of its days again: omit sourceDisposition, or omit packing',
    ],
    [
      { conflictPolicy: ConflictPolicy.RENAME },
      'conflictPolicy RENAME cannot be combined with packing, since an object in a pack never ' +
        'conflicts, because a later pack holds the other content: omit conflictPolicy, or ' +
        'omit packing',
    ],
    [
      { layout: ArchiveLayout.daily({ flatten: true }) },
      'flatten of layout cannot be combined with packing, since two keys would get one name, ' +
        'and a pack has each name once: use a layout without flatten, or omit packing',
    ],
    [
      { layout: ArchiveLayout.hive({ dropDateFolders: true }) },
      'dropDateFolders of layout cannot be combined with packing, since two keys would get one ' +
        'name',
    ],
    [
      { listing: Listing.distributedMap() },
      'Listing.distributedMap() cannot be combined with packing, since the map would form ' +
        'batches of listed objects, and packs need the selected objects of a day: omit listing, ' +
        'or set Listing.selective(), or omit packing',
    ],
    [
      { memorySize: 991 },
      'memorySize 991 must be at least 992 for packs of 256 MiB, since the function holds a ' +
        'pack in memory: raise or omit memorySize, or set maxPackSize: Size.mebibytes(255)',
    ],
    [
      { memorySize: 385 },
      'memorySize 385 must be at least 992 for packs of 256 MiB, since the function holds a ' +
        'pack in memory: raise or omit memorySize',
    ],
  ])('%j is refused', (props, message) => {
    const texts: string[] = [];
    try {
      synth({ ...PACKING, ...props });
    } catch (error) {
      texts.push((error as Error).message);
    }
    expect(texts).toEqual([expect.stringContaining(message)]);
    expect(texts[0]).toContain('Test/Archiver');
    if (props.memorySize === 385) {
      expect(texts[0]).not.toContain('maxPackSize:');
    }
    // Without packing, nothing of this is refused.
    expect(() => synth(props)).not.toThrow();
  });

  test.each<[string, (stack: Stack, data: s3.IBucket) => Partial<S3DatedArchiverProps>, string]>([
    [
      'archived objects',
      () => ({ layout: ArchiveLayout.of("'pack-index/day='yyyy-MM-dd/") }),
      'layout "\'pack-index/day=\'yyyy-MM-dd/" lies in "archive/pack-index/", where packing ' +
        'keeps the indexes of packs, and must not, because Athena would read archived objects as ' +
        'indexes: name the first folder of the layout differently, or omit packing',
    ],
    [
      'a source',
      (_, bucket) => ({ bucket, destinationBucket: bucket, prefix: 'archive/pack-index/' }),
      'prefix "archive/pack-index/" lies in "archive/pack-index/", where packing keeps the ' +
        'indexes of packs, and must not, because runs would archive the indexes, and delete them ' +
        'here: give another prefix, or another destinationPrefix, or omit packing',
    ],
    [
      'reports',
      (_, bucket) => ({
        destinationBucket: bucket,
        reportBucket: bucket,
        reportPrefix: 'archive/pack-index/runs/',
      }),
      'reportPrefix "archive/pack-index/runs/" lies in "archive/pack-index/", where packing keeps ' +
        'the indexes of packs, and must not, because the lifecycle rule that expires reports ' +
        'could expire the indexes: give another reportPrefix, or omit packing',
    ],
  ])('%s cannot get among the indexes of packs', (_, props, message) => {
    const of = (more: Partial<S3DatedArchiverProps>) =>
      build((stack) => ({ ...props(stack, new s3.Bucket(stack, 'Data')), ...more }));
    expect(() => of(PACKING)).toThrow(message);
    // Without packing, there is no such folder.
    expect(() => of({})).not.toThrow();
  });

  test.each<[Partial<S3DatedArchiverProps>]>([
    // The folder of the indexes lies at the beginning of the archive only.
    [{ layout: ArchiveLayout.of("'pack-index-'yyyy/MM/dd/") }],
    [{ layout: ArchiveLayout.of("yyyy/'pack-index/'MM/dd/") }],
    [{ prefix: 'pack-index/' }],
    [{ destinationPrefix: 'pack-index/' }],
    [{ reportPrefix: 'pack-index/' }],
    [
      {
        sourceDisposition: SourceDisposition.DELETE,
        conflictPolicy: ConflictPolicy.REPORT,
      },
    ],
    [{ layout: ArchiveLayout.hive({ hours: false, flatten: false, dropDateFolders: false }) }],
    [{ memorySize: 992 }],
    [{ batchSize: 10, batchTimeout: Duration.seconds(30) }],
  ])('%j is allowed', (props) => {
    expect(() => synth({ ...PACKING, ...props })).not.toThrow();
  });

  test('the default memory holds the largest pack', () => {
    expect(memoryOf({})).toBe(1_024);
    expect(memoryOf(PACKING)).toBe(1_024);
    expect(memoryOf({ packing: Packing.zip({ maxPackSize: Size.mebibytes(272) }) })).toBe(1_024);
    expect(memoryOf({ packing: Packing.zip({ maxPackSize: Size.mebibytes(273) }) })).toBe(1_026);
    expect(memoryOf({ packing: Packing.zip({ maxPackSize: Size.mebibytes(512) }) })).toBe(1_504);
    expect(memoryOf({ ...PACKING, memorySize: 2_048 })).toBe(2_048);
    const unknown = synth((stack) => ({
      packing: Packing.zip({ maxPackSize: Size.bytes(parameter(stack, 'Pack')) }),
    })).template;
    expect(
      only(unknown, 'AWS::Lambda::Function', /ArchiverArchiveBatchFunction/).properties.MemorySize,
    ).toBe(1_504);
  });

  test('memory that is known only when the stack is deployed is not refused', () => {
    expect(() =>
      synth((stack) => ({ ...PACKING, memorySize: parameter(stack, 'Memory') })),
    ).not.toThrow();
  });
});

describe('an archive in which a pack is deleted for good', () => {
  const note = Match.stringLikeRegexp(
    'has neither versioning nor Object Lock, and a pack holds up to 10,000 objects',
  );
  const notes = (props: (stack: Stack) => Partial<S3DatedArchiverProps>) => {
    const { stack } = build((own) => ({ ...PACKING, ...props(own) }));
    return Annotations.fromStack(stack)
      .findInfo('/Test/Archiver', note)
      .map(({ entry }) => String(entry.data));
  };

  test('gets a note, with the bucket that has it', () => {
    expect(notes(() => ({}))).toEqual([
      expect.stringMatching(
        /^bucket has neither .* so deleting one pack loses them all: turn on versioning, as in new Bucket\(this, 'Archive', \{ versioned: true \}\), or Object Lock/,
      ),
    ]);
    expect(notes((stack) => ({ destinationBucket: new s3.Bucket(stack, 'Out') }))).toEqual([
      expect.stringMatching(/^destinationBucket has neither/),
    ]);
  });

  test.each<[string, s3.BucketProps]>([
    ['versioning', { versioned: true }],
    ['Object Lock', { objectLockEnabled: true }],
  ])('gets none with %s', (_, options) => {
    expect(notes((stack) => ({ destinationBucket: new s3.Bucket(stack, 'Out', options) }))).toEqual(
      [],
    );
  });

  test('gets none if nothing is known of it, nor without packing', () => {
    expect(
      notes((stack) => ({ destinationBucket: s3.Bucket.fromBucketName(stack, 'Out', 'out') })),
    ).toEqual([]);
    expect(notes(() => ({ packing: undefined }))).toEqual([]);
  });
});

describe('a cold storage class', () => {
  const {
    GLACIER,
    DEEP_ARCHIVE,
    GLACIER_INSTANT_RETRIEVAL,
    INFREQUENT_ACCESS,
    ONE_ZONE_INFREQUENT_ACCESS,
    INTELLIGENT_TIERING,
  } = s3.StorageClass;
  const notes = (props: Partial<S3DatedArchiverProps>) =>
    Annotations.fromStack(build(props).stack)
      .findInfo('/Test/Archiver', Match.stringLikeRegexp('an object of 10 KB costs what'))
      .map(({ entry }) => String(entry.data));

  test.each([GLACIER, DEEP_ARCHIVE])('with an overhead: a note (%j)', (storageClass) => {
    expect(notes({ storageClass })).toEqual([
      expect.stringMatching(
        `^storageClass ${storageClass.value} bills 40 KB more for each object, so an object of ` +
          '10 KB costs what 50 KB cost: ' +
          'if there are many small objects, pack them with packing: Packing.zip\\(\\), or leave ' +
          'them out with filter.minSize',
      ),
    ]);
  });

  test.each([GLACIER_INSTANT_RETRIEVAL, INFREQUENT_ACCESS, ONE_ZONE_INFREQUENT_ACCESS])(
    'with a smallest size: a note (%j)',
    (storageClass) => {
      expect(notes({ storageClass, filter: { minSize: Size.kibibytes(127) } })).toEqual([
        expect.stringContaining(
          `storageClass ${storageClass.value} bills each object as at least 128 KB`,
        ),
      ]);
    },
  );

  test(
    'gets none with packing, or if the filter leaves small objects out, nor does another ' +
      'class',
    () => {
      expect(notes({ storageClass: DEEP_ARCHIVE, ...PACKING })).toEqual([]);
      expect(
        notes({ storageClass: DEEP_ARCHIVE, filter: { minSize: Size.kibibytes(128) } }),
      ).toEqual([]);
      expect(notes({ storageClass: INTELLIGENT_TIERING })).toEqual([]);
      expect(notes({})).toEqual([]);
    },
  );
});

describe('a filter that leaves out what packs take', () => {
  const notes = (props: Partial<S3DatedArchiverProps>) =>
    Annotations.fromStack(build({ ...PACKING, ...props }).stack)
      .findInfo('/Test/Archiver', Match.stringLikeRegexp('packing does nothing'))
      .map(({ entry }) => String(entry.data));

  test('gets a note', () => {
    expect(notes({ filter: { minSize: Size.mebibytes(2) } })).toEqual([
      expect.stringMatching(
        '^filter.minSize is 2097152 bytes and packs take objects of at most 1048576 bytes, so ' +
          'every object is moved and packing does nothing: leave packing out, ',
      ),
    ]);
  });

  test('gets none if something can be packed, or may be', () => {
    expect(notes({ filter: { minSize: Size.mebibytes(1) } })).toEqual([]);
    expect(notes({ filter: { maxSize: Size.mebibytes(1) } })).toEqual([]);
    expect(notes({})).toEqual([]);
  });
});

function parameter(stack: Stack, id: string): number {
  return new CfnParameter(stack, id, { type: 'Number' }).valueAsNumber;
}

test.each([
  [true, 1],
  [false, 0],
])('packing from a bucket with Object Lock (%s) is warned about', (objectLockEnabled, warnings) => {
  const { stack } = build((own) => ({
    ...PACKING,
    bucket: new s3.Bucket(own, 'Locked', { objectLockEnabled, versioned: true }),
  }));
  const found = Annotations.fromStack(stack).findWarning(
    '/Test/Archiver',
    Match.stringLikeRegexp('^bucket has Object Lock, and a pack cannot keep the lock'),
  );
  expect(found).toHaveLength(warnings);
});
