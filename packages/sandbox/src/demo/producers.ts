import { createHash } from 'node:crypto';
import { type Day, timeOf } from './days';

/** A program or service that writes objects with a date in their names. */
export interface Producer {
  readonly name: string;
  /** Objects on a full day. */
  readonly perDay: number;
  /** Key of the n-th of `count` objects of a day, below the archiver's prefix. */
  key(day: Day, n: number, count: number): string;
}

const ACCOUNT = '123456789012';
const REGION = 'ap-northeast-1';

/** Replaces the random part of a producer's names. It is the same in every run of the demo. */
function random(seed: string, length: number): string {
  return createHash('sha256').update(seed).digest('hex').slice(0, length);
}

function uuid(seed: string): string {
  const hex = random(seed, 32);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-');
}

/** `AWSLogs/ACCOUNT/SERVICE/REGION/2026/11/24/`, the folder to which most AWS services deliver. */
const awsLogs = (service: string, day: Day) =>
  `AWSLogs/${ACCOUNT}/${service}/${REGION}/${day.path}/`;

/** Names follow the producers' documentation. test/helpers/producers.ts cites the pages. */
export const PRODUCERS: readonly Producer[] = [
  {
    name: 'ALB access logs',
    perDay: 720,
    key: (day, n, count) => {
      const [hour, minute] = timeOf(n, count);
      return (
        `${awsLogs('elasticloadbalancing', day)}${ACCOUNT}_elasticloadbalancing_${REGION}_app.shop.f7e8d9c0b1a23456` +
        `_${day.compact}T${hour}${minute}Z_203.0.113.${n % 250}_${random(`alb${day.iso}${n}`, 8)}.log.gz`
      );
    },
  },
  {
    name: 'CloudTrail',
    perDay: 432,
    key: (day, n, count) => {
      const [hour, minute] = timeOf(n, count);
      return `${awsLogs('CloudTrail', day)}${ACCOUNT}_CloudTrail_${REGION}_${day.compact}T${hour}${minute}Z_${random(`trail${day.iso}${n}`, 16)}.json.gz`;
    },
  },
  {
    name: 'VPC Flow Logs',
    perDay: 288,
    key: (day, n, count) => {
      const [hour, minute] = timeOf(n, count);
      return `${awsLogs('vpcflowlogs', day)}${ACCOUNT}_vpcflowlogs_${REGION}_fl-0a1b2c3d4e5f60718_${day.compact}T${hour}${minute}Z_${random(`vpc${day.iso}${n}`, 8)}.log.gz`;
    },
  },
  {
    name: 'CloudFront standard logs',
    perDay: 360,
    key: (day, n, count) =>
      `cloudfront/E2EXAMPLE9ABC1.${day.iso}-${timeOf(n, count)[0]}.${random(`cf${day.iso}${n}`, 8)}.gz`,
  },
  {
    name: 'S3 server access logs',
    perDay: 576,
    key: (day, n, count) =>
      `s3-access/${day.iso}-${timeOf(n, count).join('-')}-${random(`s3${day.iso}${n}`, 16).toUpperCase()}`,
  },
  {
    name: 'Firehose',
    perDay: 288,
    key: (day, n, count) => {
      const [hour, minute, second] = timeOf(n, count);
      return `firehose/${day.path}/${hour}/orders-1-${day.iso}-${hour}-${minute}-${second}-${uuid(`fh${day.iso}${n}`)}`;
    },
  },
  {
    name: 'Fluent Bit',
    perDay: 288,
    key: (day, n, count) =>
      `fluent-bit/kube.${['web', 'api', 'jobs'][n % 3]}/${day.compact}-${timeOf(n, count).join('')}-${random(`fb${day.iso}${n}`, 8)}.gz`,
  },
  {
    name: 'NEXRAD',
    perDay: 240,
    key: (day, n, count) => {
      const site = ['KTLX', 'KAMA', 'RODN'][n % 3];
      return `nexrad/${day.path}/${site}/${site}${day.compact}_${timeOf(n, count).join('')}_V06`;
    },
  },
  {
    name: 'MODIS',
    perDay: 120,
    key: (day, n) =>
      `modis/MOD09GA.A${day.ordinal}.h${String(n % 36).padStart(2, '0')}v${String(Math.floor(n / 36)).padStart(2, '0')}.061.2026330042512.hdf`,
  },
  {
    name: 'GH Archive',
    perDay: 24,
    key: (day, n) => `gharchive/${day.iso}-${n}.json.gz`,
  },
  {
    name: 'Wikimedia pageviews',
    perDay: 24,
    key: (day, n, count) => `wikimedia/pageviews-${day.compact}-${timeOf(n, count)[0]}0000.gz`,
  },
  {
    name: 'IIS',
    perDay: 40,
    key: (day, n) => `iis/web-${String(n + 1).padStart(2, '0')}/W3SVC1/u_ex${day.short}.log`,
  },
  {
    name: 'logrotate',
    perDay: 40,
    key: (day, n) => `syslog/host-${String(n + 1).padStart(2, '0')}/messages-${day.compact}.gz`,
  },
  {
    name: 'pg_dump, mysqldump',
    perDay: 24,
    key: (day, n) =>
      n % 2 === 0
        ? `dumps/shop${n / 2}_${day.iso}T01-00-00Z.dump`
        : `dumps/crm${(n - 1) / 2}-${day.iso}_0100.sql.gz`,
  },
  {
    name: 'Kubernetes (Velero)',
    perDay: 16,
    key: (day, n) => {
      const backup = `nightly${Math.floor(n / 2)}-${day.compact}010015`;
      return `velero/backups/${backup}/${backup}${n % 2 === 0 ? '-logs.gz' : '.tar.gz'}`;
    },
  },
];
