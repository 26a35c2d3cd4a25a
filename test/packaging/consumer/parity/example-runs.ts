import type { RunOptions } from 'cdk-s3-dated-archiver-sandbox';

/** A run of an example. It lists what the example archives, as its comments and props promise. */
export interface ExampleRun {
  readonly scenario: string;
  /** The stack is needed if the app has several archivers. */
  readonly stack?: string;
  /** The organizations of accounts, for policies that depend on them. */
  readonly organizations?: Record<string, string>;
  readonly run: RunOptions;
  /** The key of each object before and after the run. `null` means that the object stays. */
  readonly moves: Record<string, string | null>;
  /** The archived objects also stay at their source. */
  readonly keepsSources?: boolean;
  /** The storage class of the archived objects. Default: STANDARD. */
  readonly storageClass?: string;
  /** The number of messages. Default: none. */
  readonly alerts?: number;
  /** A run after it, and what it counts. */
  readonly then?: {
    readonly run: RunOptions;
    readonly counts: { readonly [name: string]: number };
  };
}

/**
 * What `cdk synth` says about an example on purpose: it prints what the other account has to allow.
 */
export const EXPECTED_ANNOTATIONS: Readonly<Record<string, readonly string[]>> = {
  'other-account': [
    'so its key policy must allow this archiver to use it',
    'so its bucket policy must allow this archiver to use it',
  ],
};

export const EXAMPLE_RUNS: ExampleRun[] = [
  {
    scenario: 'daily-cron',
    run: { now: '2026-11-25T01:00:00+09:00' },
    moves: {
      'incoming/shop/orders-2026-11-24.csv': 'archive/2026/11/24/shop/orders-2026-11-24.csv',
      'incoming/u_ex261123.log': 'archive/2026/11/23/u_ex261123.log',
      'incoming/MOD09GA.A2026328.h08v05.061.hdf':
        'archive/2026/11/24/MOD09GA.A2026328.h08v05.061.hdf',
      'incoming/nightly-20261124010015-logs.gz':
        'archive/2026/11/24/nightly-20261124010015-logs.gz',
      'incoming/20261122.gz': null,
      'incoming/20261125.gz': null,
    },
  },
  {
    scenario: 'backfill-only',
    run: { input: { from: '2026-11-01', to: '2026-11-24' } },
    moves: {
      'landing/2026-11-24T07-15_eu.json': 'history/2026/11/24/2026-11-24T07-15_eu.json',
      'landing/2026-11-01_eu/a.json': 'history/2026/11/01/2026-11-01_eu/a.json',
      'landing/eu/2026-11-24.json': null,
      'landing/2026-10-31.json': null,
    },
    // A restore that moves objects waits for minutes until no run that archives can work any more.
    then: {
      run: { input: { action: 'restore', from: '2026-11-01', to: '2026-11-24', dryRun: true } },
      counts: { listed: 2, restored: 2, skipped: 0, conflicting: 0, failed: 0 },
    },
  },
  {
    scenario: 'backfill-only',
    run: { input: {}, now: '2026-11-25T12:00:00+01:00' },
    moves: {
      'landing/2026-10-25.json': 'history/2026/10/25/2026-10-25.json',
      'landing/2026-10-26.json': null,
    },
  },
  {
    scenario: 'verified-archive',
    run: { now: '2026-11-25T01:00:00+01:00' },
    moves: {
      'incoming/minutes-2026-11-24.pdf': 'archive/2026/11/24/minutes-2026-11-24.pdf',
      'incoming/minutes-2026-11-23.pdf': null,
    },
    then: {
      run: { schedule: 'ArchiverVerificationsWeekly', now: '2026-11-29T06:00:00+01:00' },
      counts: { listed: 1, present: 1, changed: 0, missing: 0, unproven: 0, skipped: 0 },
    },
  },
  {
    scenario: 'verified-archive',
    run: { now: '2026-11-25T01:00:00+01:00' },
    moves: {
      'incoming/accounts-2026-11-24.pdf': 'archive/2026/11/24/accounts-2026-11-24.pdf',
    },
    then: {
      run: { schedule: 'ArchiverVerificationsQuarterly', now: '2027-01-01T08:00:00+01:00' },
      counts: { listed: 1, present: 1, changed: 0, missing: 0, unproven: 0, skipped: 0 },
    },
  },
  {
    scenario: 'few-of-many',
    run: { now: '2026-11-25T01:00:00+09:00' },
    moves: {
      'eu/orders-2026-11-24.csv': 'archive/2026/11/24/eu/orders-2026-11-24.csv',
      'archive.2026-11-24.csv': 'archive/2026/11/24/archive.2026-11-24.csv',
      'orders-2026-11-23.csv': null,
      'archive/2026/11/23/orders-2026-11-24.csv': null,
    },
  },
  {
    scenario: 'other-account',
    run: { now: '2026-11-25T01:00:00+01:00' },
    moves: {
      'incoming/eu/orders-2026-11-24.csv': 'archive/2026/11/24/eu/orders-2026-11-24.csv',
      'incoming/orders-2026-11-23.csv': null,
    },
  },
  {
    scenario: 'central-archive',
    organizations: { '999988887777': 'o-exampleorgid', '111122223333': 'o-exampleorgid' },
    run: { now: '2026-11-25T01:00:00+01:00' },
    moves: {
      'incoming/invoice-2026-11-24.pdf': 'archive/billing/2026/11/24/invoice-2026-11-24.pdf',
      'incoming/invoice-2026-11-23.pdf': null,
    },
    then: {
      run: { input: { action: 'verify', date: '2026-11-24' } },
      counts: { listed: 1, present: 1, changed: 0, missing: 0, unproven: 0, skipped: 0 },
    },
  },
  {
    scenario: 'from-a-list',
    run: { input: { date: '2026-11-24' } },
    moves: {
      'incoming/orders-2026-11-24.csv': 'archive/2026/11/24/orders-2026-11-24.csv',
      'incoming/orders-2026-11-23.csv': null,
    },
  },
  {
    scenario: 'cross-bucket-kms',
    run: { now: '2026-11-25T02:30:00-05:00' },
    moves: {
      'eu/orders-2026-11-24.csv': '2026/11/24/eu/orders-2026-11-24.csv',
      'orders-2026-11-22.csv': '2026/11/22/orders-2026-11-22.csv',
      'orders-2026-11-21.csv': null,
    },
    storageClass: 'GLACIER_IR',
  },
  {
    scenario: 'hive-for-athena',
    run: { now: '2026-11-25T00:30:00Z' },
    moves: {
      'raw/events/2026/11/24/07/events-1-2026-11-24-07-15-02-1f0e':
        'events/year=2026/month=11/day=24/events-1-2026-11-24-07-15-02-1f0e',
      'raw/events/2026/11/25/00/events-1-2026-11-25-00-15-02-1f0e': null,
    },
  },
  {
    scenario: 'logs-to-athena',
    stack: 'LogsToAthena/Archiver',
    run: { now: '2026-11-25T01:00:00Z' },
    moves: {
      'incoming/web-2026-11-24-07.json.gz': 'logs/day=2026-11-24/web-2026-11-24-07.json.gz',
      'incoming/web-2026-11-23-23.json.gz': 'logs/day=2026-11-23/web-2026-11-23-23.json.gz',
      'incoming/web-2026-11-25-00.json.gz': null,
    },
  },
  {
    // Fewer than four logs of a day are moved one by one.
    scenario: 'logs-to-athena',
    stack: 'LogsToAthena/Cold',
    run: { now: '2026-12-25T04:00:00Z' },
    moves: {
      'logs/day=2026-11-24/web-2026-11-24-07.json.gz':
        'logs/2026/11/day=2026-11-24/web-2026-11-24-07.json.gz',
      'logs/day=2026-11-25/web-2026-11-25-07.json.gz': null,
    },
    storageClass: 'DEEP_ARCHIVE',
  },
  {
    scenario: 'cheap-storage-class',
    run: { now: '2026-11-25T12:00:00Z' },
    moves: {
      'records/minutes 26-08-2026.pdf': 'archive/2026/08/minutes 26-08-2026.pdf',
      'records/ledger/20231231.parquet': 'archive/2023/12/ledger/20231231.parquet',
      'records/minutes 27-08-2026.pdf': null,
    },
    storageClass: 'DEEP_ARCHIVE',
  },
  {
    // Fewer than three small files of a day are moved one by one.
    scenario: 'small-files',
    run: { now: '2026-11-25T01:00:00+09:00' },
    moves: {
      'readings/eu/a-2026-11-24.json': 'archive/2026/11/24/eu/a-2026-11-24.json',
      'readings/b-2026-11-24.json': 'archive/2026/11/24/b-2026-11-24.json',
      'readings/c-2026-11-25.json': null,
    },
    storageClass: 'DEEP_ARCHIVE',
  },
  {
    scenario: 'high-volume',
    run: { now: '2026-11-25T03:00:00Z' },
    moves: {
      'clicks/2026-11-24/23/59/58.171-4f1c.json':
        'archive/2026/11/24/2026-11-24/23/59/58.171-4f1c.json',
      'clicks/2026-11-25/00/00/00.002-4f1c.json': null,
    },
  },
  {
    scenario: 'existing-alert-topic',
    run: { now: '2026-11-25T06:15:00Z' },
    moves: {
      'exports/users-2026-11-24.csv': 'archive/2026/11/24/users-2026-11-24.csv',
      'exports/users-2026-11-25.csv': null,
    },
    alerts: 1,
  },
  {
    scenario: 'chat-channel',
    run: { now: '2026-11-25T01:00:00Z' },
    moves: {
      'incoming/orders-2026-11-24.csv': 'archive/2026/11/24/orders-2026-11-24.csv',
      'incoming/orders-2026-11-25.csv': null,
    },
  },
  {
    scenario: 'copy-now-delete-later',
    stack: 'CopyNowDeleteLater/Copy',
    run: { now: '2026-11-25T01:00:00Z' },
    moves: {
      'feeds/eu/prices-2026-11-24T0715.json':
        'archive/year=2026/month=11/day=24/hour=07/eu/prices-2026-11-24T0715.json',
      'feeds/prices-2026-11-24T0715.json.part': null,
      'feeds/prices-2026-11-17T0715.json': null,
    },
    keepsSources: true,
  },
  {
    scenario: 'copy-now-delete-later',
    stack: 'CopyNowDeleteLater/Delete',
    run: { now: '2026-11-25T03:00:00Z' },
    moves: {
      'feeds/prices-2026-11-17T2359.json':
        'archive/year=2026/month=11/day=17/hour=23/prices-2026-11-17T2359.json',
      'feeds/prices-2026-11-18T0000.json': null,
    },
  },
  {
    scenario: 'several-prefixes',
    stack: 'SeveralPrefixes/Billing',
    run: { now: '2026-11-25T02:00:00+01:00' },
    moves: {
      'billing/invoice_20261124_0017.pdf': 'archive/billing/2026/11/24/invoice_20261124_0017.pdf',
      'web/u_ex261124.log': null,
    },
  },
  {
    scenario: 'several-prefixes',
    stack: 'SeveralPrefixes/Web',
    run: { now: '2026-11-25T02:30:00+01:00' },
    moves: {
      'web/u_ex261124.log': 'archive/web/2026/11/24/u_ex261124.log',
      'billing/invoice_20261124_0017.pdf': null,
    },
  },
  {
    scenario: 'compliance',
    run: { now: '2026-11-24T22:00:00-05:00' },
    moves: {
      'statements/0017/2026-11-23.pdf': 'archive/2026/11/23/0017/2026-11-23.pdf',
      'statements/0017/2026-11-24.pdf': null,
    },
  },
];
