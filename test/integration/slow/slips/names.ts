/** Names that the default format, yyyy-MM-dd, does not read: dateSource was left out. */
export interface NamesSlip {
  readonly slip: string;
  readonly keys: readonly string[];
  readonly correction: RegExp;
}

const slip = (name: string, keys: readonly string[], correction: RegExp): NamesSlip => ({
  slip: name,
  keys,
  correction,
});

export const NAMES_SLIPS: readonly NamesSlip[] = [
  slip(
    'logrotate with dateext',
    ['app.log-20261124.gz', 'app.log-20261123.gz'],
    /DateSource\.objectName\(.yyyyMMdd.\)/,
  ),
  slip(
    'access logs of nginx, month first',
    ['access_11-24-2026.log', 'access_11-23-2026.log'],
    /DateSource\.objectName\(.MM-dd-yyyy.\)/,
  ),
  slip(
    'exports with the day first',
    ['export_24.11.2026.csv', 'export_23.11.2026.csv'],
    /DateSource\.objectName\(.dd\.MM\.yyyy.\)/,
  ),
  slip(
    'Kinesis Firehose folders',
    ['2026/11/24/13/stream-1-abc', '2026/11/23/13/stream-1-abc'],
    /DateSource\.objectKey\(.yyyy\/MM\/dd.\)/,
  ),
  slip(
    'Hive partitions',
    ['year=2026/month=11/day=24/part-0', 'year=2026/month=11/day=23/part-0'],
    /DateSource\.objectKey\(/,
  ),
  slip('IIS logs', ['u_ex261124.log', 'u_ex261123.log'], /DateSource\.objectName\(.yyMMdd.\)/),
  slip(
    'database dumps with a time',
    ['db_20261124013000.sql', 'db_20261123013000.sql'],
    /DateSource\.objectName\(.yyyyMMddHHmmss.\)/,
  ),
  slip(
    'CloudTrail',
    [
      '1_CloudTrail_eu-west-1_20261124T0130Z_a.json.gz',
      '1_CloudTrail_eu-west-1_20261123T0130Z_b.json.gz',
    ],
    /objectName\(.yyyyMMdd.\)/,
  ),
  slip(
    'load balancers',
    [
      '1_elasticloadbalancing_lb_20261124T0130Z_10.0.0.1_a.log.gz',
      '1_elasticloadbalancing_lb_20261123T0130Z_b.log.gz',
    ],
    /objectName\(.yyyyMMdd.\)/,
  ),
  slip(
    'VPC flow logs in folders',
    ['flow/2026/11/24/a.log.gz', 'flow/2026/11/23/b.log.gz'],
    /objectKey\(.yyyy\/MM\/dd.\)/,
  ),
  slip(
    'Azure diagnostics',
    ['y=2026/m=11/d=24/h=01/PT1H.json', 'y=2026/m=11/d=23/h=01/PT1H.json'],
    /objectKey\(.'y='yyyy'\/m='MM'\/d='dd.\)/,
  ),
  slip(
    'rotatelogs of Apache',
    ['access.log.20261124', 'access.log.20261123'],
    /objectName\(.yyyyMMdd.\)/,
  ),
  slip(
    'dumps with underscores',
    ['backup_2026_11_24.dump', 'backup_2026_11_23.dump'],
    /objectName\(.yyyy_MM_dd.\)/,
  ),
  slip(
    'Spark partitions',
    ['date=2026-11-24/part-0', 'date=2026-11-23/part-0'],
    /objectKey\(.yyyy-MM-dd.\)/,
  ),
  slip(
    'Airflow partitions',
    ['dt=20261124/part-0', 'dt=20261123/part-0'],
    /objectKey\(.yyyyMMdd.\)/,
  ),
  slip('Fluentd', ['log.2026112401_0.gz', 'log.2026112301_0.gz'], /objectName\(.yyyyMMddHH.\)/),
  slip('log4j', ['app.2026.11.24.log', 'app.2026.11.23.log'], /objectName\(.yyyy\.MM\.dd.\)/),
  slip(
    'spreadsheets of Americans',
    ['Report 11_24_2026.xlsx', 'Report 11_23_2026.xlsx'],
    /objectName\(.MM_dd_yyyy.\)/,
  ),
  slip(
    'cameras',
    ['IMG_20261124_013000.jpg', 'IMG_20261123_013000.jpg'],
    /objectName\(.yyyyMMdd.\)/,
  ),
  slip(
    'scanners with short years',
    ['scan-26-11-24.pdf', 'scan-26-11-23.pdf'],
    /objectName\(.yy-MM-dd.\)/,
  ),
];
