/** The same objects, once by a synthesized archiver in the sandbox, and once by the command. */
import { Duration, Size, type Stack } from 'aws-cdk-lib';
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import type { BucketOptions, PutOptions, S3Double } from 'cdk-s3-dated-archiver-s3-double';
import {
  ArchiveLayout,
  ConflictPolicy,
  DateSource,
  GlacierSources,
  Listing,
  Packing,
  Retention,
  type S3DatedArchiverProps,
  SourceDisposition,
} from '../../../../src';
import type { LedgerLine } from '../../../../src/contract/payloads/ledger-line';
import { KINDS } from '../../../../test/helpers/both-ways';
import { rehearse } from '../../../../test/helpers/run-in-sandbox';
import { openCommand, OWNER, readLedger } from '../helpers/run-command';

type Seeds = { readonly [key: string]: readonly [content: string, options?: PutOptions] };

interface Scenario {
  readonly props?: Partial<S3DatedArchiverProps>;
  readonly flags?: readonly string[];
  readonly seeds: Seeds;
  /** The bucket of the archive. Default: that of the sources. */
  readonly archive?: BucketOptions;
  /** Default: one day. */
  readonly days?: { readonly from: string; readonly to: string };
  /** Settings that neither a prop nor a flag has. */
  readonly variables?: Record<string, string>;
  readonly expected: { readonly [count: string]: number };
}

const ODD_NAMES = Object.fromEntries(
  Object.entries(KINDS).map(([key, value]) => [key.replace(/^in\//, 'incoming/'), value]),
);

const SMALL: Seeds = Object.fromEntries(
  Array.from({ length: 1_234 }, (_, n) => [`incoming/eu/a-2026-11-24-${n}.csv`, [`content ${n}`]]),
);

const DAYS_APART: Seeds = {
  'incoming/a-2026-11-22.csv': ['1'],
  'incoming/a-2026-11-23.csv': ['2'],
  'incoming/a-2026-11-24.csv': ['3'],
  'incoming/a-2026-11-25.csv': ['4'],
  'incoming/undated.csv': ['5'],
  'incoming/folder/': [''],
};

const CONFLICTS: Seeds = {
  'incoming/same-2026-11-24.csv': ['same'],
  'archive/2026/11/24/same-2026-11-24.csv': ['same'],
  'incoming/other-2026-11-24.csv': ['one'],
  'archive/2026/11/24/other-2026-11-24.csv': ['another'],
};

/** One can be copied, one has to be restored first, and one is not in Glacier. */
const GLACIER: Seeds = {
  'incoming/a-2026-11-24.csv': ['restored', { storageClass: 'GLACIER', restored: true }],
  'incoming/b-2026-11-24.csv': ['cold', { storageClass: 'GLACIER' }],
  'incoming/c-2026-11-24.csv': ['warm'],
};

const OTHER_ACCOUNT = '444455556666';

const SCENARIOS: { readonly [name: string]: Scenario } = {
  'more than one batch': {
    seeds: SMALL,
    expected: { listed: 1_234, archived: 1_234, skipped: 0, conflicting: 0, failed: 0 },
  },
  'more than one batch, and a function lists': {
    props: { listing: Listing.selective() },
    flags: ['--listing', 'selective'],
    seeds: SMALL,
    expected: { listed: 1_234, archived: 1_234, skipped: 0, conflicting: 0, failed: 0 },
  },
  'objects of every kind': {
    seeds: ODD_NAMES,
    expected: { listed: 16, archived: 16, skipped: 0, conflicting: 0, failed: 0 },
  },
  'several days, undated names and folders': {
    days: { from: '2026-11-22', to: '2026-11-24' },
    seeds: DAYS_APART,
    expected: { listed: 6, archived: 3, skipped: 3, conflicting: 0, failed: 0 },
  },
  conflicts: {
    seeds: CONFLICTS,
    expected: { listed: 2, archived: 1, skipped: 0, conflicting: 1, failed: 0 },
  },
  'conflicts that are renamed': {
    props: { conflictPolicy: ConflictPolicy.RENAME },
    flags: ['--conflict-policy', 'rename'],
    seeds: CONFLICTS,
    expected: { listed: 2, archived: 2, skipped: 0, conflicting: 0, failed: 0 },
  },
  'a filter, and folders by name': {
    props: {
      filter: {
        include: ['eu/**'],
        exclude: ['**/*.tmp'],
        minSize: Size.bytes(2),
        minAge: Duration.hours(1),
      },
      layout: ArchiveLayout.hive({ flatten: true }),
    },
    flags: [
      '--include',
      'eu/**',
      '--exclude',
      '**/*.tmp',
      '--min-size',
      '2',
      '--min-age',
      '1h',
      '--layout',
      'hive',
      '--flatten',
    ],
    seeds: {
      'incoming/eu/a-2026-11-24.csv': ['long enough'],
      'incoming/eu/b-2026-11-24.tmp': ['long enough'],
      'incoming/eu/c-2026-11-24.csv': ['1'],
      'incoming/us/d-2026-11-24.csv': ['long enough'],
    },
    expected: { listed: 4, archived: 1, skipped: 3, conflicting: 0, failed: 0 },
  },
  'dates at the beginning of keys, and another class': {
    props: { dateSource: DateSource.keyPrefix('yyyy/MM/dd') },
    flags: ['--date-source', 'key-prefix', '--date-format', 'yyyy/MM/dd'],
    seeds: { 'incoming/2026/11/24/a.csv': ['a'], 'incoming/2026/11/23/a.csv': ['b'] },
    expected: { listed: 1, archived: 1, skipped: 0, conflicting: 0, failed: 0 },
  },
  'sources that stay': {
    props: { sourceDisposition: SourceDisposition.KEEP },
    flags: ['--source-disposition', 'keep'],
    seeds: DAYS_APART,
    expected: { listed: 6, archived: 1, skipped: 5, conflicting: 0, failed: 0 },
  },
  'large objects, in parts': {
    variables: { MULTIPART_THRESHOLD_BYTES: '20000' },
    seeds: ODD_NAMES,
    expected: { listed: 16, archived: 16, skipped: 0, conflicting: 0, failed: 0 },
  },
  packs: {
    props: { packing: Packing.zip({ maxObjectSize: Size.kibibytes(1) }) },
    flags: ['--packing', '--max-object-size', '1KiB'],
    seeds: { ...SMALL, 'incoming/eu/large-2026-11-24.csv': ['l'.repeat(2_000)] },
    expected: { listed: 1_235, archived: 1_235, skipped: 0, conflicting: 0, failed: 0 },
  },
  'another bucket': {
    archive: {},
    seeds: ODD_NAMES,
    expected: { listed: 16, archived: 16, skipped: 0, conflicting: 0, failed: 0 },
  },
  'a bucket of another account': {
    archive: { account: OTHER_ACCOUNT },
    flags: ['--destination-owner', OTHER_ACCOUNT],
    seeds: ODD_NAMES,
    expected: { listed: 16, archived: 16, skipped: 0, conflicting: 0, failed: 0 },
  },
  'retained objects': {
    archive: { objectLock: true },
    props: { retention: Retention.compliance({ years: 7 }) },
    flags: ['--retention', 'compliance', '--retention-years', '7'],
    days: { from: '1990-11-24', to: '2026-11-24' },
    seeds: { ...DAYS_APART, 'incoming/ended-1990-11-24.csv': ['past seven years'] },
    expected: { listed: 7, archived: 4, skipped: 3, conflicting: 0, failed: 0 },
  },
  'retained packs': {
    archive: { objectLock: true },
    props: { packing: Packing.zip(), retention: Retention.governance({ days: 36_500 }) },
    flags: ['--packing', '--retention', 'governance', '--retention-days', '36500'],
    seeds: Object.fromEntries(Object.entries(SMALL).slice(0, 60)),
    expected: { listed: 60, archived: 60, skipped: 0, conflicting: 0, failed: 0 },
  },
  'sources in Glacier that stay there': {
    props: { toleratedFailurePercentage: 50 },
    flags: ['--tolerated-failure-percentage', '50'],
    seeds: GLACIER,
    expected: { listed: 3, archived: 2, skipped: 0, conflicting: 0, failed: 1 },
  },
  'sources in Glacier that are restored first': {
    props: { glacierSources: GlacierSources.restoreFirst({ days: 2 }) },
    flags: ['--glacier-sources', 'standard', '--glacier-days', '2'],
    seeds: GLACIER,
    expected: { listed: 3, archived: 2, skipped: 1, conflicting: 0, failed: 0 },
  },
};

const DAY = { from: '2026-11-24', to: '2026-11-24' };

test.each(Object.entries(SCENARIOS))('both do the same: %s', async (_, scenario) => {
  const { flags = [], seeds, archive, days = DAY, variables, expected } = scenario;
  const rehearsal = await rehearse((stack) => createProps(stack, scenario), {
    environment: variables,
    stackProps: { env: { account: OWNER, region: 'us-east-1' } },
  });
  const command = await openCommand();
  try {
    if (archive) {
      command.s3.store.createBucket('archive', archive);
    }
    const lastModified = new Date('2026-11-24T12:00:00Z');
    for (const [key, [content, options]] of Object.entries(seeds)) {
      for (const { store } of [rehearsal.sandbox.s3!, command.s3]) {
        store.put('source', key, content, { lastModified, ...options });
      }
    }
    const deployed = await rehearsal.sandbox.run({ input: days });
    const once = await command.archive(
      ['--from', days.from, '--to', days.to, ...flags],
      { variables },
      ['s3://source/incoming/', `s3://${archive ? 'archive' : 'source'}/archive/`],
    );

    expect(deployed.counts).toEqual(expected);
    expect(once.summary?.counts).toEqual(expected);
    expect(listObjects(command.s3)).toEqual(listObjects(rehearsal.sandbox.s3!));
    expect(sortLines(command.ledger())).toEqual(
      sortLines(readLedger(rehearsal.sandbox.s3!, rehearsal.sandbox.reportBucket)),
    );
    const { outcome } = rehearsal.sandbox.lastRun!;
    expect(once.summary?.outcome).toBe(outcome);
    expect(once.status).toBe(outcome === 'CLEAN' ? 0 : 1);
  } finally {
    await command.close();
    await rehearsal.close();
  }
});

function createProps(stack: Stack, { props, archive }: Scenario): Partial<S3DatedArchiverProps> {
  return archive ? { ...props, destinationBucket: createArchive(stack, archive) } : { ...props };
}

function createArchive(stack: Stack, { account, objectLock }: BucketOptions): IBucket {
  const bucketName = 'archive';
  return account === undefined
    ? new Bucket(stack, 'Archive', { bucketName, objectLockEnabled: objectLock })
    : Bucket.fromBucketAttributes(stack, 'Archive', { bucketName, account });
}

/** Everything of each object in source and archive, but for the times when it was written. */
function listObjects({ store }: S3Double): object {
  const buckets = ['source', 'archive'].filter((name) => store.buckets.has(name));
  return buckets.map((bucket) =>
    store.keys(bucket).map((key) => {
      const { etag, attributes } = store.get(bucket, key)!;
      const { restore, ...others } = attributes;
      return [bucket, key, etag, others, restore && restore.readyAt > 0];
    }),
  );
}

/**
 * Without what depends on the clock, and on which process did it. S3 chooses the ids of versions
 * and requests.
 */
function sortLines(lines: readonly LedgerLine[]): object[] {
  return lines
    .map(({ at, ms, archivedVersionId, message, ...line }) => ({
      ...line,
      message: message?.replace(/\(request \w+\)/, ''),
      hasVersion: archivedVersionId !== undefined,
    }))
    .sort((one, other) => (one.key < other.key ? -1 : 1));
}
