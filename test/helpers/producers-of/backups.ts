/** Databases, backups and builds. */
import { row } from './row';

export const BACKUPS = [
  row(
    'WAL-G, MySQL and MongoDB',
    'wal-g.readthedocs.io/MySQL/',
    ['objectKey', "'stream_'yyyyMMdd'T'HHmmss'Z'"],
    [
      'mysql/basebackups_005/',
      'stream_20261124T031500Z/stream.br',
      'stream_20261124T0315Z/stream.br',
    ],
  ),
  row(
    'pgBackRest',
    'pgbackrest.org/user-guide.html',
    ['objectKey', 'yyyyMMdd-HHmmss'],
    ['backup/main/', '20261124-031500F/backup.manifest', 'backup.info'],
  ),
  row(
    'Barman for the cloud',
    'docs.pgbarman.org/',
    ['objectKey', "yyyyMMdd'T'HHmmss"],
    [
      'pg/',
      'main/base/20261124T031500/data.tar',
      'main/wals/0000000100000000/000000010000000000000001',
    ],
  ),
  row(
    'mongodump, as scripts name it',
    'www.mongodb.com/docs/database-tools/mongodump/',
    ['objectName', 'yyyy-MM-dd'],
    ['backups/', 'mongo/dump-2026-11-24.archive.gz', 'mongo/dump-latest.archive.gz'],
  ),
  row(
    'Percona XtraBackup',
    'docs.percona.com/percona-xtrabackup/8.0/create-full-backup.html',
    ['keyPrefix', 'yyyy-MM-dd_HH-mm-ss/'],
    ['xtrabackup/', '2026-11-24_03-15-00/xtrabackup_info', 'base/xtrabackup_info'],
  ),
  row(
    'mydumper',
    'mydumper.github.io/mydumper/',
    ['objectKey', 'yyyyMMdd-HHmmss'],
    [
      'backups/',
      'export-20261124-031500/shop.orders.sql.zst',
      'export-20261124/shop.orders.sql.zst',
    ],
  ),
  row(
    'AutoMySQLBackup',
    'sourceforge.net/projects/automysqlbackup/',
    ['objectName', 'yyyy-MM-dd_HH'],
    [
      'backups/',
      'daily/shop/daily_shop_2026-11-24_03h15m_Tuesday.sql.gz',
      'daily/shop/daily_shop_latest.sql.gz',
    ],
  ),
  row(
    'SQL Server maintenance plans',
    'learn.microsoft.com/en-us/sql/relational-databases/maintenance-plans/maintenance-plans',
    ['objectName', 'yyyy_MM_dd_'],
    [
      'mssql/',
      'shop_backup_2026_11_24_031500_1234567.bak',
      'shop_backup_2026_11_31_031500_1234567.bak',
    ],
  ),
  row(
    "Ola Hallengren's backups of SQL Server",
    'ola.hallengren.com/sql-server-backup.html',
    ['objectName', 'yyyyMMdd_HHmmss'],
    [
      'mssql/',
      'DB1/shop/FULL/DB1_shop_FULL_20261124_031500.bak',
      'DB1/shop/FULL/DB1_shop_FULL_20261124_036000.bak',
    ],
  ),
  row(
    'Oracle RMAN control file backups',
    'docs.oracle.com/en/database/oracle/oracle-database/19/rcmrf/',
    ['objectName', "'-'yyyyMMdd'-'"],
    ['oracle/', 'c-1795478400-20261124-00', 'c-1795478400-20261131-00'],
  ),
  row(
    'Oracle Data Pump, as scripts name it',
    'docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/Format-Models.html',
    ['objectName', 'dd-MMM-yyyy'],
    ['oracle/', 'shop_24-NOV-2026.dmp', 'shop_31-NOV-2026.dmp', 'shop_24-NOVEMBER-2026.dmp'],
  ),
  row(
    'SAP HANA log backups',
    'help.sap.com/docs/SAP_HANA_PLATFORM',
    ['objectName', 'epochMilliseconds'],
    ['hana/', 'log/log_backup_2_0_8_9.1795478400123', 'log/log_backup_2_0_8_9.17954784001231'],
  ),
  row(
    'etcd snapshots of k3s and RKE2',
    'docs.k3s.io/cli/etcd-snapshot',
    ['objectName', 'epochSeconds'],
    ['k3s/', 'etcd-snapshot-ip-172-31-3-170-1795478400', 'etcd-snapshot-ip-172-31-3-170-179547840'],
  ),
  row(
    'CockroachDB backups',
    'www.cockroachlabs.com/docs/stable/backup',
    ['keyPrefix', 'yyyy/MM/dd-HHmmss'],
    ['cockroach/', '2026/11/24-031500.00/BACKUP_MANIFEST', 'metadata/latest/LATEST'],
  ),
  row(
    'clickhouse-backup',
    'github.com/Altinity/clickhouse-backup',
    ['keyPrefix', "yyyy-MM-dd'T'HH-mm-ss"],
    ['clickhouse/', '2026-11-24T03-15-00/metadata.json', 'shop/metadata.json'],
  ),
  row(
    'InfluxDB backups',
    'docs.influxdata.com/influxdb/v2/reference/cli/influx/backup/',
    ['objectName', "yyyyMMdd'T'HHmmss'Z'"],
    ['influx/', '20261124T031500Z.manifest', '20261124T0315Z.manifest'],
  ),
  row(
    'Velero',
    'velero.io/docs/main/backup-reference/',
    ['objectKey', 'yyyyMMddHHmmss'],
    ['velero/backups/', 'daily-20261124030000/velero-backup.json', 'daily/velero-backup.json'],
  ),
  row(
    'GitLab backups',
    'docs.gitlab.com/administration/backup_restore/backup_gitlab/',
    ['objectName', 'yyyy_MM_dd'],
    [
      'gitlab/',
      '1795478400_2026_11_24_17.6.0-ee_gitlab_backup.tar',
      '1795478400_gitlab_backup.tar',
    ],
  ),
  row(
    'GitLab job artifacts',
    'docs.gitlab.com/administration/cicd/job_artifacts/',
    ['objectKey', 'yyyy_MM_dd'],
    [
      'artifacts/',
      '4e/07/4e07408562bedb8b60ce05c1decfe3ad16b72230967de01f640b7e4729b49fce/2026_11_24/123/456/artifacts.zip',
      '4e/07/2026_11_31/123/456/artifacts.zip',
    ],
  ),
  row(
    'Jenkins thinBackup',
    'plugins.jenkins.io/thinBackup/',
    ['keyPrefix', "'FULL-'yyyy-MM-dd_HH-mm/"],
    ['jenkins/', 'FULL-2026-11-24_03-15/config.xml', 'DIFF-2026-11-24_03-15/config.xml'],
  ),
  row(
    'Jenkins builds with BUILD_TIMESTAMP',
    'plugins.jenkins.io/build-timestamp/',
    ['objectKey', 'yyyy-MM-dd_HH-mm-ss'],
    ['jenkins/', 'builds/shop/2026-11-24_16-03-12/log', 'builds/shop/1234/log'],
  ),
  row(
    'Gitea dumps',
    'docs.gitea.com/administration/backup-and-restore',
    ['objectName', 'epochSeconds'],
    ['gitea/', 'gitea-dump-1795478400.zip', 'gitea-dump-12.zip'],
  ),
  row(
    'UpdraftPlus for WordPress',
    'wordpress.org/plugins/updraftplus/',
    ['objectName', 'yyyy-MM-dd-HHmm'],
    [
      'wordpress/',
      'backup_2026-11-24-0315_Blog_a1b2c3d4e5f6-db.gz',
      'backup_2026-11-24-2415_Blog_a1b2c3d4e5f6-db.gz',
    ],
  ),
  row(
    'cPanel backups',
    'docs.cpanel.net/cpanel/files/backup-for-cpanel/',
    ['objectName', 'MM.dd.yyyy'],
    ['cpanel/', 'backup-11.24.2026_03-15-00_shop.tar.gz', 'backup-24.11.2026_03-15-00_shop.tar.gz'],
  ),
  row(
    'Plesk backups',
    'docs.plesk.com/en-US/obsidian/administrator-guide/backing-up-and-restoration.59256/',
    ['objectName', "'_'yyMMddHHmm"],
    ['plesk/', 'backup_info_2611240315.xml', 'backup_info_2611242415.xml'],
    'ten digits are more often an epoch',
  ),
  row(
    'Proxmox VE',
    'pve.proxmox.com/wiki/Backup_and_Restore',
    ['objectName', 'yyyy_MM_dd'],
    [
      'dump/',
      'vzdump-qemu-100-2026_11_24-03_15_00.vma.zst',
      'vzdump-qemu-100-2026_13_24-03_15_00.vma.zst',
    ],
  ),
  row(
    'Veeam',
    'helpcenter.veeam.com/docs/vbr/userguide/backup_files.html',
    ['objectName', "yyyy-MM-dd'T'HHmmss"],
    ['veeam/', 'shop/shopD2026-11-24T031500_A1B2.vbk', 'shop/shopD2026-11-24T036000_A1B2.vbk'],
  ),
  row(
    'Junos configuration archives',
    'www.juniper.net/documentation/us/en/software/junos/junos-install-upgrade/',
    ['objectName', 'yyyyMMdd_HHmmss'],
    ['junos/', 'router1_20261124_160312_juniper.conf.gz', 'router1_juniper.conf.gz'],
  ),
];
