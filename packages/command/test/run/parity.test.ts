/** The same objects, once by a synthesized archiver in the sandbox, and once by the command. */
import { Size, Duration } from 'aws-cdk-lib';
import type { PutOptions, S3Double } from 'cdk-s3-dated-archiver-s3-double';
import {
  ArchiveLayout,
  ConflictPolicy,
  DateSource,
  Listing,
  Packing,
  type S3DatedArchiverProps,
  SourceDisposition,
} from '../../../../src';
import type { LedgerLine } from '../../../../src/contract/payloads/ledger-line';
import { KINDS } from '../../../../test/helpers/both-ways';
import { rehearse } from '../../../../test/helpers/run-in-sandbox';
import { openCommand, readLedger } from '../helpers/run-command';

type Seeds = { readonly [key: string]: readonly [content: string, options?: PutOptions] };

interface Scenario {
  readonly props?: Partial<S3DatedArchiverProps>;
  readonly flags?: readonly string[];
  readonly seeds: Seeds;
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
};

const DAY = { from: '2026-11-24', to: '2026-11-24' };

test.each(Object.entries(SCENARIOS))(
  'both do the same: %s',
  async (_, { props = {}, flags = [], seeds, days = DAY, variables, expected }) => {
    const rehearsal = await rehearse(props, { environment: variables });
    const command = await openCommand();
    try {
      const lastModified = new Date('2026-11-24T12:00:00Z');
      for (const [key, [content, options]] of Object.entries(seeds)) {
        for (const { store } of [rehearsal.sandbox.s3!, command.s3]) {
          store.put('source', key, content, { lastModified, ...options });
        }
      }
      const deployed = await rehearsal.sandbox.run({ input: days });
      const once = await command.archive(['--from', days.from, '--to', days.to, ...flags], {
        variables,
      });

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
  },
);

/** Everything of each object in source and archive, but for the time when it was written. */
function listObjects({ store }: S3Double): object {
  return Object.fromEntries(
    store.keys('source').map((key) => {
      const { etag, attributes } = store.get('source', key)!;
      return [key, { etag, attributes }];
    }),
  );
}

/** Without what depends on the clock, and on which process did it. */
function sortLines(lines: readonly LedgerLine[]): object[] {
  return lines
    .map(({ at, ms, ...line }) => line)
    .sort((one, other) => (one.key < other.key ? -1 : 1));
}
