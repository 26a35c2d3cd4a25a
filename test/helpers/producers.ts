import { AWS_PRODUCERS } from './producers-of/aws';
import { BACKUPS } from './producers-of/backups';
import { DATA } from './producers-of/data';
import { LOGS } from './producers-of/logs';
import type { DateSourceSettings } from '../../src/dates/settings';

/** Keys in the format of a producer, and the date source that reads their day. */
export interface Producer {
  readonly producer: string;
  /** The `prefix` of the archiver that fits the date source. */
  readonly prefix: string;
  readonly dateSource: DateSourceSettings;
  /** A key of the day 2026-11-24. */
  readonly key: string;
  /** The page on which the producer documents its names. */
  readonly page: string;
  /** Similar keys without a date: they have too many digits or no valid day. */
  readonly nearMisses: readonly string[];
  /** Why the hint does not guess the day. Unset: it does. */
  readonly notGuessed?: string;
}

export const DAY = '2026-11-24';

function objectName(...formats: string[]): DateSourceSettings {
  return { kind: 'objectName', formats };
}

function objectKey(...formats: string[]): DateSourceSettings {
  return { kind: 'objectKey', formats };
}

function keyPrefix(format: string): DateSourceSettings {
  return { kind: 'keyPrefix', formats: [format] };
}

/** Those that people name first. */
export const WELL_KNOWN: readonly Producer[] = [
  {
    // [DestinationPrefix][YYYY]-[MM]-[DD]-[hh]-[mm]-[ss]-[UniqueString]
    producer: 'S3 server access logs',
    prefix: 'logs/',
    dateSource: objectName('yyyy-MM-dd-HH-mm-ss'),
    key: 'logs/2026-11-24-00-12-59-E568B2907131C0C0',
    page: 'https://docs.aws.amazon.com/AmazonS3/latest/API/API_TargetObjectKeyFormat.html',
    nearMisses: [
      'logs/2026-11-31-00-12-59-E568B2907131C0C0',
      'logs/2026-11-24-24-12-59-E568B2907131C0C0',
    ],
  },
  {
    // [DestinationPrefix][SourceAccountId]/[SourceRegion]/[SourceBucket]/[YYYY]/[MM]/[DD]/
    // [YYYY]-[MM]-[DD]-[hh]-[mm]-[ss]-[UniqueString]
    producer: 'S3 server access logs, partitioned',
    prefix: 'logs/111122223333/us-east-1/data/',
    dateSource: keyPrefix('yyyy/MM/dd/'),
    key: 'logs/111122223333/us-east-1/data/2026/11/24/2026-11-24-00-00-00-E568B2907131C0C0',
    page: 'https://docs.aws.amazon.com/AmazonS3/latest/API/API_PartitionedPrefix.html',
    nearMisses: ['logs/111122223333/us-east-1/data/2026/11/2026-11-24-00-00-00-E568B2907131C0C0'],
  },
  {
    // AWSLogs/aws-account-id/elasticloadbalancing/region/yyyy/mm/dd/
    // aws-account-id_elasticloadbalancing_region_app.load-balancer-id_end-time_ip-address_
    // random-string.log.gz
    producer: 'Application Load Balancer access logs',
    prefix: 'AWSLogs/',
    dateSource: objectName("yyyyMMdd'T'HHmm'Z'"),
    key: 'AWSLogs/111122223333/elasticloadbalancing/us-east-1/2026/11/24/111122223333_elasticloadbalancing_us-east-1_app.web.1234567890abcdef_20261124T2340Z_172.160.1.192_20sg8hgm.log.gz',
    page: 'https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html',
    nearMisses: [
      'AWSLogs/111122223333/elasticloadbalancing/us-east-1/2026/11/24/202611241234_elasticloadbalancing_us-east-1_app.web.20261124_172.160.1.192_20sg8hgm.log.gz',
    ],
  },
  {
    // aws-account-id_elasticloadbalancing_region_net.load-balancer-id_end-time_random-string.log.gz
    producer: 'Network Load Balancer access logs',
    prefix: 'AWSLogs/',
    dateSource: objectName("yyyyMMdd'T'HHmm'Z'"),
    key: 'AWSLogs/111122223333/elasticloadbalancing/us-east-2/2026/11/24/111122223333_elasticloadbalancing_us-east-2_net.queue.1234567890abcdef_20261124T0005Z_2soosksi.log.gz',
    page: 'https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-access-logs.html',
    nearMisses: [
      'AWSLogs/111122223333/elasticloadbalancing/us-east-2/2026/11/24/111122223333_elasticloadbalancing_us-east-2_net.queue.1234567890abcdef_20261124T0060Z_2soosksi.log.gz',
    ],
  },
  {
    // aws-account-id_elasticloadbalancing_region_load-balancer-name_end-time_ip-address_
    // random-string.log
    producer: 'Classic Load Balancer access logs',
    prefix: 'AWSLogs/',
    dateSource: objectName("yyyyMMdd'T'HHmm'Z'"),
    key: 'AWSLogs/111122223333/elasticloadbalancing/us-west-2/2026/11/24/111122223333_elasticloadbalancing_us-west-2_my-loadbalancer_20261124T2340Z_172.160.1.192_20sg8hgm.log',
    page: 'https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/access-log-collection.html',
    nearMisses: ['AWSLogs/111122223333/ELBAccessLogTestFile'],
  },
  {
    // <optional prefix>/<distribution ID>.YYYY-MM-DD-HH.unique-ID.gz
    producer: 'CloudFront standard logs',
    prefix: 'cdn/',
    dateSource: objectName('yyyy-MM-dd-HH'),
    key: 'cdn/EMLARXS9EXAMPLE.2026-11-24-20.RT4KCN4SGK9.gz',
    page: 'https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging-legacy-s3.html',
    nearMisses: [
      'cdn/EMLARXS9EXAMPLE.2026-11-24-200.RT4KCN4SGK9.gz',
      'cdn/E12026-11-24-20.RT4KCN4SGK9.gz',
    ],
  },
  {
    // AccountID_CloudTrail_RegionName_YYYYMMDDTHHmmZ_UniqueString.json.gz
    producer: 'CloudTrail',
    prefix: 'AWSLogs/111122223333/CloudTrail/',
    dateSource: objectName("yyyyMMdd'T'HHmm'Z'"),
    key: 'AWSLogs/111122223333/CloudTrail/us-east-2/2026/11/24/111122223333_CloudTrail_us-east-2_20261124T0210Z_Mu0KsOhtH1ar15ZZ.json.gz',
    page: 'https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-examples.html',
    nearMisses: [
      'AWSLogs/111122223333/CloudTrail/us-east-2/2026/11/24/202611241234_CloudTrail_us-east-2_20261131T0210Z_Mu0KsOhtH1ar15ZZ.json.gz',
    ],
  },
  {
    // aws_account_id_vpcflowlogs_region_flow_log_id_YYYYMMDDTHHmmZ_hash.log.gz
    producer: 'VPC Flow Logs',
    prefix: 'AWSLogs/',
    dateSource: objectName("yyyyMMdd'T'HHmm'Z'"),
    key: 'AWSLogs/123456789012/vpcflowlogs/us-east-1/2026/11/24/123456789012_vpcflowlogs_us-east-1_fl-1234abcd_20261124T1620Z_fe123456.log.gz',
    page: 'https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-path.html',
    nearMisses: [
      'AWSLogs/123456789012/vpcflowlogs/us-east-1/2026/11/24/123456789012_vpcflowlogs_us-east-1_fl-20261124_20261324T1620Z_fe123456.log.gz',
    ],
  },
  {
    // AWSLogs/aws-account-id=account_id/aws-service=vpcflowlogs/aws-region=region/year=year/
    // month=month/day=day/
    producer: 'VPC Flow Logs, Hive-compatible prefixes',
    prefix: 'AWSLogs/aws-account-id=123456789012/aws-service=vpcflowlogs/aws-region=us-east-1/',
    dateSource: keyPrefix("'year='yyyy/'month='MM/'day='dd/"),
    key: 'AWSLogs/aws-account-id=123456789012/aws-service=vpcflowlogs/aws-region=us-east-1/year=2026/month=11/day=24/123456789012_vpcflowlogs_us-east-1_fl-1234abcd_20261124T1620Z_fe123456.log.parquet',
    page: 'https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-path.html',
    nearMisses: [
      'AWSLogs/aws-account-id=123456789012/aws-service=vpcflowlogs/aws-region=us-east-1/year=2026/month=11/day=31/x.log.parquet',
    ],
  },
  {
    // YYYY/MM/dd/HH/<stream name>-<stream
    // version>-<year>-<month>-<day>-<hour>-<minute>-<second>-<uuid>
    producer: 'Amazon Data Firehose',
    prefix: 'clicks/',
    dateSource: keyPrefix('yyyy/MM/dd/HH/'),
    key: 'clicks/2026/11/24/16/clicks-1-2026-11-24-16-03-12-3b2a4c1e-61c5-4a7e-9c52-0f6d1a7f2b11.gz',
    page: 'https://docs.aws.amazon.com/firehose/latest/dev/s3-object-name.html',
    nearMisses: [
      'clicks/processing-failed/2026/11/24/16/clicks-1-2026-11-24-16-03-12-3b2a4c1e.gz',
      'clicks/2026/11/24/24/clicks.gz',
    ],
  },
  {
    // The names are the same. The stream version before the date is not taken for a part of the
    // date.
    producer: 'Amazon Data Firehose, by the name',
    prefix: 'clicks/',
    dateSource: objectName('yyyy-MM-dd-HH-mm-ss'),
    key: 'clicks/2026/11/24/16/clicks-12-2026-11-24-16-03-12-3b2a4c1e-61c5-4a7e-9c52-0f6d1a7f2b11.gz',
    page: 'https://docs.aws.amazon.com/firehose/latest/dev/s3-object-name.html',
    nearMisses: ['clicks/2026/11/24/16/clicks-12-2026-11-24-16-03-123-3b2a4c1e.gz'],
  },
  {
    // AWSLogs/account-id/WAFLogs/Region/web-acl-name/YYYY/MM/dd/HH/mm/
    // account-id_waflogs_Region_web-acl-name_timestamp_hash.log.gz
    producer: 'AWS WAF',
    prefix: 'AWSLogs/',
    dateSource: objectName("yyyyMMdd'T'HHmm'Z'"),
    key: 'AWSLogs/11111111111/WAFLogs/us-east-1/TEST-WEBACL/2026/11/24/19/00/11111111111_waflogs_us-east-1_TEST-WEBACL_20261124T1900Z_e0ca43b5.log.gz',
    page: 'https://docs.aws.amazon.com/waf/latest/developerguide/logging-s3.html',
    nearMisses: [
      'AWSLogs/11111111111/WAFLogs/us-east-1/TEST-WEBACL/2026/11/24/19/00/11111111111_waflogs_us-east-1_20261124_20260230T1900Z_e0ca43b5.log.gz',
    ],
  },
  {
    // AWSLogs/aws_account_id/vpcdnsquerylogs/vpc_id/YYYY/MM/DD/
    // vpc_id_vpcdnsquerylogs_account_id_YYYYMMDDTHHmmZ_hash.log.gz
    producer: 'Route 53 Resolver query logs',
    prefix: 'AWSLogs/',
    dateSource: objectName("yyyyMMdd'T'HHmm'Z'"),
    key: 'AWSLogs/111122223333/vpcdnsquerylogs/vpc-7example/2026/11/24/vpc-7example_vpcdnsquerylogs_111122223333_20261124T1755Z_1a2b3c4d.log.gz',
    page: 'https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-query-logs.html',
    nearMisses: [
      'AWSLogs/111122223333/vpcdnsquerylogs/vpc-7example/2026/11/24/vpc-20261124_vpcdnsquerylogs_202611241755_1a2b3c4d.log.gz',
    ],
  },
  {
    // AWSLogs/account/Config/region/2016/9/27/ConfigHistory/
    // account_Config_region_ConfigHistory_type_start_end_1.json.gz;
    // the folders have no leading zeros
    producer: 'AWS Config history',
    prefix: 'AWSLogs/',
    dateSource: objectName("yyyyMMdd'T'HHmmss'Z'"),
    key: 'AWSLogs/123456789012/Config/us-east-2/2026/11/24/ConfigHistory/123456789012_Config_us-east-2_ConfigHistory_AWS::CloudTrail::Trail_20261124T195818Z_20261124T195818Z_1.json.gz',
    page: 'https://docs.aws.amazon.com/config/latest/developerguide/example-configuration-history-notification.html',
    nearMisses: ['AWSLogs/123456789012/Config/ConfigWritabilityCheckFile'],
  },
  {
    // account_Config_region_ConfigSnapshot_time_id.json.gz
    producer: 'AWS Config snapshots',
    prefix: 'AWSLogs/',
    dateSource: objectName("yyyyMMdd'T'HHmmss'Z'"),
    key: 'AWSLogs/123456789012/Config/us-east-2/2026/11/24/ConfigSnapshot/123456789012_Config_us-east-2_ConfigSnapshot_20261124T000426Z_3d8a1f5e-4f9a-4d2c-8b6e-9f1c2d3e4f5a.json.gz',
    page: 'https://docs.aws.amazon.com/config/latest/developerguide/view-configuration-snapshot.html',
    nearMisses: [
      'AWSLogs/123456789012/Config/us-east-2/2026/11/24/ConfigSnapshot/123456789012_Config_us-east-2_ConfigSnapshot_20261124T006026Z_3d8a1f5e.json.gz',
    ],
  },
  {
    // export_identifier/database_name/schema_name.table_name/batch_index/
    // part-partition_index-random_uuid.gz.parquet
    // has only one date: the one that people put into the name of the export.
    producer: 'RDS snapshot exports',
    prefix: 'exports/',
    dateSource: objectKey('yyyy-MM-dd'),
    key: 'exports/mydb-2026-11-24/rdststdb/rdststdb.DataInsert_7ADB5D19965123A2/1/part-00000-c5a881bb-58ff-4ee6-1111-b41ecff340a3-c000.gz.parquet',
    page: 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ExportSnapshot.FileNames.html',
    nearMisses: [
      'exports/export-1234567890123-459/rdststdb/rdststdb.DataInsert_7ADB5D19965123A2/1/part-00000-c5a881bb.gz.parquet',
    ],
  },
  {
    // There is one file an hour. Hours have no leading zero.
    producer: 'GH Archive',
    prefix: 'gharchive/',
    dateSource: objectName('yyyy-MM-dd'),
    key: 'gharchive/2026-11-24-0.json.gz',
    page: 'https://www.gharchive.org/',
    nearMisses: ['gharchive/2026-11-240.json.gz', 'gharchive/2026-02-29-23.json.gz'],
  },
  {
    // ${YEAR}/${YEAR}-${MONTH}/pageviews-${YEAR}${MONTH}${DAY}-${HOUR}0000.gz
    producer: 'Wikimedia pageviews',
    prefix: 'pageviews/',
    dateSource: objectName('yyyyMMdd-HHmmss'),
    key: 'pageviews/2026/2026-11/pageviews-20261124-000000.gz',
    page: 'https://wikitech.wikimedia.org/wiki/Analytics/Data_Lake/Traffic/Pageviews',
    nearMisses: [
      'pageviews/2026/2026-11/pageviews-20261124-240000.gz',
      'pageviews/2026/2026-11/pageviews-20261131-000000.gz',
    ],
  },
  {
    // The format is /<Year>/<Month>/<Day>/<NEXRAD Station>/GGGGYYYYMMDD_TTTTTT, followed by the
    // version.
    producer: 'NEXRAD Level II',
    prefix: '',
    dateSource: objectName('yyyyMMdd_HHmmss'),
    key: '2026/11/24/KTLX/KTLX20261124_000312_V06',
    page: 'https://registry.opendata.aws/noaa-nexrad/',
    nearMisses: [
      '2026/11/24/KTLX/KTLX120261124_000312_V06',
      '2026/11/24/KTLX/KTLX20261124_0003120_V06',
    ],
  },
  {
    // The keys are the same, but the archiver lists them one day at a time.
    producer: 'NEXRAD Level II, by the folder',
    prefix: '',
    dateSource: keyPrefix('yyyy/MM/dd/'),
    key: '2026/11/24/KTLX/KTLX20261124_000312_V06_MDM',
    page: 'https://registry.opendata.aws/noaa-nexrad/',
    nearMisses: ['index/2026/11/24/KTLX/KTLX20261124_000312_V06'],
  },
  {
    // The format is ESDT.AYYYYDDD.tile.collection.YYYYDDDHHMMSS.hdf. The second date is the
    // processing date, which has more digits.
    producer: 'MODIS',
    prefix: 'modis/',
    dateSource: objectName('yyyyDDD'),
    key: 'modis/MOD09GA.A2026328.h08v05.061.2026330031145.hdf',
    page: 'https://lpdaac.usgs.gov/data/get-started-data/collection-overview/missions/modis-overview/',
    nearMisses: [
      'modis/MOD09GA.A2026366.h08v05.061.2026330031145.hdf',
      'modis/MOD09GA.A2026000.h08v05.061.2026330031145.hdf',
    ],
  },
  {
    // The daily format is u_exyymmdd.log.
    producer: 'IIS, W3C format',
    prefix: 'iis/',
    dateSource: objectName("'u_ex'yyMMdd"),
    key: 'iis/W3SVC1/u_ex261124.log',
    page: 'https://learn.microsoft.com/en-us/windows/win32/api/http/ne-http-http_logging_rollover_type',
    nearMisses: [
      'iis/W3SVC1/u_ex26112416.log',
      'iis/W3SVC1/u_ex2611.log',
      'iis/W3SVC1/u_in261124.log',
    ],
  },
  {
    // The hourly format is u_exyymmddhh.log.
    producer: 'IIS, W3C format, hourly',
    prefix: 'iis/',
    dateSource: objectName("'u_ex'yyMMdd", "'u_ex'yyMMddHH"),
    key: 'iis/W3SVC1/u_ex26112416.log',
    page: 'https://learn.microsoft.com/en-us/windows/win32/api/http/ne-http-http_logging_rollover_type',
    nearMisses: ['iis/W3SVC1/u_ex26112424.log', 'iis/W3SVC1/u_extend26.log'],
  },
  {
    // The default of dateformat is -%Y%m%d.
    producer: 'logrotate with dateext',
    prefix: 'hosts/',
    dateSource: objectName('-yyyyMMdd'),
    key: 'hosts/web-1/access.log-20261124.gz',
    page: 'https://man7.org/linux/man-pages/man8/logrotate.8.html',
    nearMisses: [
      'hosts/web-1/access.log-1795478400.gz',
      'hosts/web-1/access.log.1.gz',
      'hosts/web-1/access.log-2026112416.gz',
    ],
  },
  {
    // The option dateformat -%Y%m%d-%s adds the epoch.
    producer: 'logrotate with dateext and an epoch',
    prefix: 'hosts/',
    dateSource: objectName('-yyyyMMdd-'),
    key: 'hosts/web-1/access.log-20261124-1795478400.gz',
    page: 'https://man7.org/linux/man-pages/man8/logrotate.8.html',
    nearMisses: ['hosts/web-1/access.log-20261124.gz'],
  },
  {
    // The shell makes the name: pg_dump ... > shop_$(date +%Y-%m-%d).dump
    producer: 'pg_dump, as scripts name it',
    prefix: 'backups/',
    dateSource: objectName('yyyy-MM-dd'),
    key: 'backups/postgres/shop_2026-11-24.dump',
    page: 'https://wiki.postgresql.org/wiki/Automated_Backup_on_Linux',
    nearMisses: ['backups/postgres/shop_2026-11.dump', 'backups/postgres/shop_2026-09-31.dump'],
  },
  {
    // The shell makes the name: mysqldump ... | gzip > shop_$(date +%Y%m%d_%H%M%S).sql.gz
    producer: 'mysqldump, as scripts name it',
    prefix: 'backups/',
    dateSource: objectName('yyyyMMdd_HHmmss', 'yyyyMMddHHmmss', 'yyyyMMdd'),
    key: 'backups/mysql/shop_20261124_031500.sql.gz',
    page: 'https://dev.mysql.com/doc/refman/8.4/en/mysqldump.html',
    nearMisses: ['backups/mysql/shop_1795478400.sql.gz', 'backups/mysql/shop_2026112403.sql.gz'],
  },
  {
    // The kubelet rotates CONTAINER_LOG to CONTAINER_LOG.20060102-150405.
    producer: 'Kubernetes container logs',
    prefix: 'pods/',
    dateSource: objectName('yyyyMMdd-HHmmss'),
    key: 'pods/shop_web-6f4d_0a1b2c3d/web/0.log.20261124-000312.gz',
    page: 'https://kubernetes.io/docs/concepts/cluster-administration/logging/',
    nearMisses: [
      'pods/shop_web-6f4d_0a1b2c3d/web/0.log',
      'pods/shop_web-6f4d_0a1b2c3d/web/0.log.20261124-006012.gz',
    ],
  },
  {
    // kube-apiserver rotates with lumberjack: name-2006-01-02T15-04-05.000.log
    producer: 'Kubernetes audit logs',
    prefix: 'audit/',
    dateSource: objectName("yyyy-MM-dd'T'HH-mm-ss"),
    key: 'audit/kube-apiserver/audit-2026-11-24T23-59-59.123.log.gz',
    page: 'https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/',
    nearMisses: [
      'audit/kube-apiserver/audit.log',
      'audit/kube-apiserver/audit-2026-11-24T23-59-590.log',
    ],
  },
  {
    // The default of s3_key_format is /fluent-bit-logs/$TAG/%Y/%m/%d/%H/%M/%S.
    producer: 'Fluent Bit',
    prefix: 'fluent-bit-logs/',
    dateSource: objectKey('yyyy/MM/dd/HH/mm/ss'),
    key: 'fluent-bit-logs/kube.var.log.containers.web/2026/11/24/16/03/12-objectQx7TzXy1',
    page: 'https://docs.fluentbit.io/manual/pipeline/outputs/s3',
    nearMisses: ['fluent-bit-logs/kube.var.log.containers.web/2026/11/24/16/60/12-objectQx7TzXy1'],
  },
  {
    // The default of s3_object_key_format is %{path}%{time_slice}_%{index}.%{file_extension}. The
    // examples set time_slice_format to %Y%m%d-%H.
    producer: 'Fluentd',
    prefix: 'logs/',
    dateSource: objectName('yyyyMMdd-HH', 'yyyyMMddHH', 'yyyyMMdd'),
    key: 'logs/20261124-16_0.gz',
    page: 'https://docs.fluentd.org/output/s3',
    nearMisses: ['logs/202611_0.gz', 'logs/202611241_0.gz'],
  },
];

export const PRODUCERS: readonly Producer[] = [
  ...WELL_KNOWN,
  ...AWS_PRODUCERS,
  ...BACKUPS,
  ...DATA,
  ...LOGS,
];
