/** What services of AWS write besides those in producers.ts. */
import { row } from './row';

export const AWS_PRODUCERS = [
  row(
    'CloudFront standard logs, v2',
    'docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html',
    ['objectName', 'yyyy-MM-dd-HH'],
    [
      'AWSLogs/111122223333/CloudFront/',
      'EMLARXS9EXAMPLE.2026-11-24-20.a1b2c3d4.gz',
      'EMLARXS9EXAMPLE.2026-11-24-24.a1b2c3d4.gz',
    ],
  ),
  row(
    'CloudFront standard logs, v2, partitioned',
    'docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html',
    ['keyPrefix', 'yyyy/MM/dd/HH/'],
    [
      'AWSLogs/111122223333/CloudFront/EMLARXS9EXAMPLE/',
      '2026/11/24/20/EMLARXS9EXAMPLE.2026-11-24-20.a1b2c3d4.gz',
      '2026/11/24/x.gz',
    ],
  ),
  row(
    'Application Load Balancer connection logs',
    'docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-connection-logs.html',
    ['objectName', "yyyyMMdd'T'HHmm'Z'"],
    [
      'AWSLogs/',
      '111122223333/elasticloadbalancing/us-east-1/2026/11/24/conn_log.111122223333_elasticloadbalancing_us-east-1_app.web.1234567890abcdef_20261124T2340Z_172.160.1.192_20sg8hgm.log.gz',
      '111122223333/elasticloadbalancing/us-east-1/2026/11/24/ConnectionLogTestFile',
    ],
  ),
  row(
    'VPC Flow Logs, by the hour',
    'docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-path.html',
    ['keyPrefix', 'yyyy/MM/dd/HH/'],
    [
      'AWSLogs/123456789012/vpcflowlogs/us-east-1/',
      '2026/11/24/16/123456789012_vpcflowlogs_us-east-1_fl-1234abcd_20261124T1620Z_fe123456.log.gz',
      '2026/11/24/25/x.log.gz',
    ],
  ),
  row(
    'Transit Gateway Flow Logs',
    'docs.aws.amazon.com/vpc/latest/tgw/flow-logs-s3.html',
    ['objectName', "yyyyMMdd'T'HHmm'Z'"],
    [
      'AWSLogs/',
      '123456789012/vpcflowlogs/us-east-1/2026/11/24/123456789012_vpcflowlogs_us-east-1_fl-1234abcd_20261124T1620Z_fe123456.log.gz',
      '123456789012/vpcflowlogs/us-east-1/2026/11/24/20261124T1660Z.log.gz',
    ],
  ),
  row(
    'CloudTrail digests',
    'docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html',
    ['objectName', "yyyyMMdd'T'HHmmss'Z'"],
    [
      'AWSLogs/111122223333/CloudTrail-Digest/',
      'us-east-2/2026/11/24/111122223333_CloudTrail-Digest_us-east-2_trail_us-east-2_20261124T210132Z.json.gz',
      'us-east-2/2026/11/24/20261124T2101Z.json.gz',
    ],
  ),
  row(
    'CloudTrail, by the folder',
    'docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-find-log-files.html',
    ['keyPrefix', 'yyyy/MM/dd/'],
    [
      'AWSLogs/111122223333/CloudTrail/us-east-2/',
      '2026/11/24/111122223333_CloudTrail_us-east-2_20261124T0210Z_Mu0KsOhtH1ar15ZZ.json.gz',
      '2026/13/24/x.json.gz',
    ],
  ),
  row(
    'AWS Network Firewall',
    'docs.aws.amazon.com/network-firewall/latest/developerguide/logging-s3.html',
    ['objectName', 'yyyyMMddHHmm'],
    [
      'AWSLogs/',
      '123456789012/network-firewall/alert/us-east-2/fw/2026/11/24/19/123456789012_network-firewall_alert_us-east-2_fw_202611241906_44442222.log.gz',
      '123456789012/network-firewall/alert/us-east-2/fw/2026/11/24/19/x_202611241960_44442222.log.gz',
    ],
  ),
  row(
    'Global Accelerator flow logs',
    'docs.aws.amazon.com/global-accelerator/latest/dg/monitoring-global-accelerator.flow-logs.html',
    ['objectName', "yyyyMMdd'T'HHmm'Z'"],
    [
      'AWSLogs/',
      '123456789012/globalaccelerator/us-west-2/2026/11/24/123456789012_globalaccelerator_1234abcd_20261124T1625Z_hash.log.gz',
      '123456789012/globalaccelerator/us-west-2/2026/11/24/x.log.gz',
    ],
  ),
  row(
    'Verified Access logs',
    'docs.aws.amazon.com/verified-access/latest/ug/access-logs-destinations.html',
    ['objectName', "yyyyMMdd'T'HHmm'Z'"],
    [
      'AWSLogs/',
      '123456789012/VerifiedAccess/us-east-1/2026/11/24/123456789012_VerifiedAccess_us-east-1_vai-1_20261124T1625Z_hash.json.gz',
      '123456789012/VerifiedAccess/us-east-1/2026/11/24/x.json.gz',
    ],
  ),
  row(
    'Redshift audit logs',
    'docs.aws.amazon.com/redshift/latest/mgmt/db-auditing.html',
    ['objectName', "yyyy-MM-dd'T'HH:mm"],
    [
      'AWSLogs/',
      '123456789012/redshift/us-east-1/2026/11/24/123456789012_redshift_us-east-1_mycluster_userlog_2026-11-24T18:01.gz',
      '123456789012/redshift/us-east-1/2026/11/24/mycluster_userlog_2026-11-24T24:01.gz',
    ],
  ),
  row(
    'S3 Inventory',
    'docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory-location.html',
    ['objectKey', "yyyy-MM-dd'T'HH-mm'Z'"],
    [
      'inventory/',
      'data/daily/2026-11-24T01-00Z/manifest.json',
      'data/daily/hive/dt=2026-11-24-01-00/symlink.txt',
    ],
  ),
  row(
    'S3 Storage Lens',
    'docs.aws.amazon.com/AmazonS3/latest/userguide/storage_lens_data_export.html',
    ['keyPrefix', "'dt='yyyy-MM-dd/"],
    [
      'lens/StorageLens/111122223333/daily/V_1/reports/',
      'dt=2026-11-24/a38f6bc4.csv',
      'dt=2026-11/a38f6bc4.csv',
    ],
  ),
  row(
    'RDS for PostgreSQL logs',
    'docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Concepts.PostgreSQL.overview.parameter-groups.html',
    ['objectName', 'yyyy-MM-dd-HH'],
    ['rds/', 'shop/error/postgresql.log.2026-11-24-16', 'shop/error/postgresql.log.2026-11-24'],
  ),
  row(
    'Aurora snapshot exports',
    'docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-export-snapshot.html',
    ['objectKey', 'yyyyMMdd'],
    [
      'exports/',
      'shop-20261124/shop/shop.orders/1/part-00000-c5a881bb-58ff-4ee6-1111-b41ecff340a3-c000.gz.parquet',
      'shop-202611241/shop/shop.orders/1/part-00000.gz.parquet',
    ],
  ),
  row(
    'Amazon Security Lake',
    'docs.aws.amazon.com/security-lake/latest/userguide/what-is-security-lake.html',
    ['objectKey', "'eventDay='yyyyMMdd/"],
    [
      'aws/',
      'CLOUD_TRAIL_MGMT/2.0/region=us-east-1/accountId=123456789012/eventDay=20261124/a1b2.gz.parquet',
      'CLOUD_TRAIL_MGMT/2.0/region=us-east-1/accountId=123456789012/eventDay=20261131/a1b2.gz.parquet',
    ],
  ),
  row(
    'GuardDuty findings',
    'docs.aws.amazon.com/guardduty/latest/ug/guardduty_exportfindings.html',
    ['keyPrefix', 'yyyy/MM/dd/'],
    [
      'AWSLogs/123456789012/GuardDuty/us-east-1/',
      '2026/11/24/4bc3a5f1-8b1e.jsonl.gz',
      '2026/11/4bc3a5f1-8b1e.jsonl.gz',
    ],
  ),
  row(
    'Amazon Connect recordings',
    'docs.aws.amazon.com/connect/latest/adminguide/set-up-recordings.html',
    ['objectName', "yyyyMMdd'T'HH:mm"],
    [
      'connect/shop/CallRecordings/',
      '2026/11/24/3c9a1d0e_20261124T15:04_UTC.wav',
      '2026/11/24/3c9a1d0e_20261124T15:4_UTC.wav',
    ],
  ),
  row(
    'AWS IoT Core rules with ${timestamp()}',
    'docs.aws.amazon.com/iot/latest/developerguide/s3-rule-action.html',
    ['objectName', 'epochMilliseconds'],
    [
      'iot/',
      'sensors/7/1795521600123.json',
      'sensors/7/17955216001234.json',
      'sensors/1795521600123/state.json',
    ],
  ),
  row(
    'Amazon Data Firehose, Hive-compatible prefixes',
    'docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html',
    ['keyPrefix', "'year='yyyy/'month='MM/'day='dd/"],
    [
      'events/',
      'year=2026/month=11/day=24/events-1-2026-11-24-16-03-12-3b2a4c1e',
      'failed/year=2026/month=11/day=24/events',
    ],
  ),
  row(
    'AWS DMS, changes',
    'docs.aws.amazon.com/dms/latest/userguide/CHAP_Target.S3.html',
    ['objectName', 'yyyyMMdd-'],
    ['cdc/', 'public/orders/20261124-160312345.csv', 'public/orders/LOAD00000001.csv'],
  ),
  row(
    'AWS DMS, date-based folders',
    'docs.aws.amazon.com/dms/latest/userguide/CHAP_Target.S3.html',
    ['objectKey', 'yyyy/MM/dd'],
    ['cdc/', 'public/orders/2026/11/24/160312345.csv', 'public/orders/2026/11/LOAD00000001.csv'],
  ),
  row(
    'Athena query results',
    'docs.aws.amazon.com/athena/latest/ug/querying.html',
    ['keyPrefix', 'yyyy/MM/dd/'],
    ['athena/Unsaved/', '2026/11/24/1b0c7a1e.csv', 'tables/1b0c7a1e.csv'],
  ),
  row(
    'Amazon MSK broker logs',
    'docs.aws.amazon.com/msk/latest/developerguide/msk-logging.html',
    ['objectKey', 'yyyy-MM-dd-HH'],
    [
      'AWSLogs/',
      '123456789012/KafkaBrokerLogs/us-east-1/shop-0c1d/2026-11-24-16/Broker-1_16-10_5f3a.log.gz',
      '123456789012/KafkaBrokerLogs/us-east-1/shop-0c1d/2026-11-24/Broker-1.log.gz',
    ],
  ),
  row(
    'Elastic Beanstalk rotated logs',
    'docs.aws.amazon.com/elasticbeanstalk/latest/dg/using-features.logging.html',
    ['objectName', 'epochSeconds'],
    [
      'resources/environments/logs/publish/',
      'e-abc/i-0123/_var_log_nginx_rotated_access.log1795478400.gz',
      'e-abc/i-0123/_var_log_nginx_rotated_access.log17954784001.gz',
    ],
  ),
  row(
    'Bedrock invocation logs',
    'docs.aws.amazon.com/bedrock/latest/userguide/model-invocation-logging.html',
    ['objectName', "yyyyMMdd'T'"],
    [
      'AWSLogs/',
      '123456789012/BedrockModelInvocationLogs/us-east-1/2026/11/24/16/20261124T160312345Z_5f3a.json.gz',
      '123456789012/BedrockModelInvocationLogs/us-east-1/2026/11/24/16/20261131T160312345Z_5f3a.json.gz',
    ],
  ),
  row(
    'ElastiCache backups, exported',
    'docs.aws.amazon.com/AmazonElastiCache/latest/dg/backups-exporting.html',
    ['objectName', 'yyyy-MM-dd-HH-mm'],
    ['redis/', 'automatic.shop-2026-11-24-03-15-0001.rdb', 'manual.shop-0001.rdb'],
  ),
];
