/** Data platforms, open data, and names that people give. */
import { row } from './row';

export const DATA = [
  row(
    'Kafka Connect, by time',
    'docs.confluent.io/kafka-connectors/s3-sink/current/overview.html',
    ['keyPrefix', "'year='yyyy/'month='MM/'day='dd/'hour='HH/"],
    [
      'topics/orders/',
      'year=2026/month=11/day=24/hour=16/orders+0+0000000000.avro',
      'partition=0/orders+0+0000000000.avro',
    ],
  ),
  row(
    'Secor',
    'github.com/pinterest/secor',
    ['objectKey', "'dt='yyyy-MM-dd/"],
    [
      'secor/',
      'orders/dt=2026-11-24/1_0_00000000000000000000.gz',
      'orders/offset=0/1_0_00000000000000000000.gz',
    ],
  ),
  row(
    'Hive and Spark partitions',
    'spark.apache.org/docs/latest/sql-data-sources-parquet.html',
    ['objectKey', "'ds='yyyy-MM-dd/"],
    ['warehouse/', 'sales/ds=2026-11-24/part-00000-c5a881bb-c000.snappy.parquet', 'sales/_SUCCESS'],
  ),
  row(
    'Airflow task logs',
    'airflow.apache.org/docs/apache-airflow/stable/administration-and-deployment/logging-monitoring/logging-tasks.html',
    ['objectKey', "yyyy-MM-dd'T'HH:mm:ss"],
    [
      'airflow/',
      'dag_id=shop/run_id=scheduled__2026-11-24T00:00:00+00:00/task_id=load/attempt=1.log',
      'dag_id=shop/run_id=backfill/task_id=load/attempt=1.log',
    ],
  ),
  row(
    'Airbyte',
    'docs.airbyte.com/integrations/destinations/s3',
    ['objectName', 'yyyy_MM_dd_'],
    [
      'airbyte/',
      'shop/orders/2026_11_24_1795478400123_0.csv',
      'shop/orders/2026_11_31_1795478400123_0.csv',
    ],
  ),
  row(
    'Flink FileSink',
    'nightlies.apache.org/flink/flink-docs-stable/docs/connectors/datastream/filesystem/',
    ['keyPrefix', 'yyyy-MM-dd--HH/'],
    ['flink/', '2026-11-24--16/part-0-0', '2026-11-24-16/part-0-0'],
  ),
  row(
    'Flume HDFS sink',
    'flume.apache.org/',
    ['objectName', 'epochMilliseconds'],
    ['flume/', 'events/FlumeData.1795478400123.avro', 'events/FlumeData.1795478400.avro'],
  ),
  row(
    'Segment',
    'segment.com/docs/connections/storage/catalog/aws-s3/',
    ['objectKey', 'epochMilliseconds'],
    ['segment-logs/', 'a1B2c3/1795478400000/0b1c7a1e.gz', 'a1B2c3/1795478400/0b1c7a1e.gz'],
  ),
  row(
    'Snowplow',
    'docs.snowplow.io/docs/',
    ['objectKey', "'run='yyyy-MM-dd-HH-mm-ss/"],
    [
      'snowplow/',
      'enriched/good/run=2026-11-24-16-03-12/part-00000.gz',
      'enriched/good/part-00000.gz',
    ],
  ),
  row(
    'Amplitude exports',
    'amplitude.com/docs/data/destination-catalog/amazon-s3',
    ['objectName', 'yyyy-MM-dd'],
    ['amplitude/', '187520/187520_2026-11-24_16#0.json.gz', '187520/187520_complete.json.gz'],
  ),
  row(
    'Mixpanel exports',
    'docs.mixpanel.com/docs/data-pipelines',
    ['keyPrefix', 'yyyy/MM/dd/'],
    [
      'mixpanel/12345/mp_master_event/',
      '2026/11/24/full_day/part-0.json.gz',
      'full_day/part-0.json.gz',
    ],
  ),
  row(
    'Landsat',
    'www.usgs.gov/landsat-missions/landsat-collection-2',
    ['objectKey', "'_'yyyyMMdd'_'"],
    [
      'landsat/',
      'LC08_L1TP_139045_20261124_20261202_02_T1/LC08_B1.TIF',
      'LC08_L1TP_139045/LC08_B1.TIF',
    ],
  ),
  row(
    'Sentinel-2',
    'sentiwiki.copernicus.eu/web/s2-products',
    ['objectName', "'_'yyyyMMdd'T'HHmmss'_N'"],
    [
      'sentinel/',
      'S2A_MSIL2A_20261124T100031_N0511_R122_T33UUP_20261130T131233.zip',
      'S2A_MSIL2A_N0511_R122_T33UUP_20261130T131233.zip',
    ],
  ),
  row(
    'GOES',
    'registry.opendata.aws/noaa-goes/',
    ['keyPrefix', 'yyyy/DDD/HH/'],
    [
      'ABI-L2-CMIPF/',
      '2026/328/16/OR_ABI-L2-CMIPF-M6C13_G16_s20263281600207_e20263281609527_c20263281610025.nc',
      '2026/328/24/OR_ABI.nc',
    ],
  ),
  row(
    'GFS',
    'registry.opendata.aws/noaa-gfs-bdp-pds/',
    ['keyPrefix', "'gfs.'yyyyMMdd/"],
    [
      '',
      'gfs.20261124/00/atmos/gfs.t00z.pgrb2.0p25.f000',
      'gdas.20261124/00/atmos/gdas.t00z.pgrb2',
    ],
  ),
  row(
    'ECMWF open data',
    'registry.opendata.aws/ecmwf-forecasts/',
    ['keyPrefix', 'yyyyMMdd/'],
    ['', '20261124/00z/ifs/0p25/oper/20261124000000-0h-oper-fc.grib2', 'index.html'],
  ),
  row(
    'Common Crawl',
    'commoncrawl.org/get-started',
    ['objectName', "'CC-MAIN-'yyyyMMddHHmmss'-'"],
    [
      'crawl-data/',
      'CC-MAIN-2026-47/segments/1795478400.12/warc/CC-MAIN-20261124031500-20261124061500-00000.warc.gz',
      'CC-MAIN-2026-47/warc.paths.gz',
    ],
  ),
  row(
    'OpenAQ',
    'docs.openaq.org/aws/about',
    ['objectName', '-yyyyMMdd'],
    [
      'records/',
      'csv.gz/locationid=1/year=2026/month=11/location-1-20261124.csv.gz',
      'csv.gz/locationid=1/year=2026/month=11/location-1.csv.gz',
    ],
  ),
  row(
    'SAS, DATE9.',
    'documentation.sas.com/doc/en/pgmsascdc/9.4_3.5/leforinforref/n16fcea6kx0scon1mnitnm2d6wod.htm',
    ['objectName', 'ddMMMyyyy'],
    ['sas/', 'sales_24NOV2026.sas7bdat', 'sales_24NVO2026.sas7bdat'],
  ),
  row(
    "PowerShell's Get-Date",
    'learn.microsoft.com/en-us/powershell/module/microsoft.powershell.utility/get-date',
    ['objectName', 'dd-MMM-yyyy'],
    ['windows/', 'backup_24-Nov-2026.zip', 'backup_24-Nov-26.zip'],
  ),
  row(
    "Excel's TEXT function",
    'support.microsoft.com/en-us/office/text-function-20d5ac4d-7b94-49fd-bb38-93d29371225c',
    ['objectName', 'dd MMM yyyy'],
    ['excel/', 'Sales 24 Nov 2026.xlsx', 'Sales 4 Nov 2026.xlsx'],
  ),
  row(
    'GNU date with %B',
    'www.gnu.org/software/coreutils/manual/html_node/Date-conversion-specifiers.html',
    ['objectName', 'dd-MMMM-yyyy'],
    [
      'reports/',
      'report-24-November-2026.pdf',
      'report-24-Nov-2026.pdf',
      'report-24-Novembre-2026.pdf',
    ],
  ),
  row(
    "R's format of a Date",
    'stat.ethz.ch/R-manual/R-devel/library/base/html/strptime.html',
    ['objectName', 'MMM-dd-yyyy'],
    ['r/', 'model_Nov-24-2026.rds', 'model_Nov-2026.rds'],
  ),
  row(
    'Folders with names of months',
    'www.gnu.org/software/coreutils/manual/html_node/Date-conversion-specifiers.html',
    ['keyPrefix', 'yyyy/MMMM/dd/'],
    ['reports/', '2026/November/24/report.pdf', '2026/11/24/report.pdf'],
  ),
  row(
    "Android's camera",
    'developer.android.com/media/camera/camera-deprecated/photobasics',
    ['objectName', 'yyyyMMdd_HHmmss'],
    ['photos/', 'IMG_20261124_160312.jpg', 'IMG_0042.jpg'],
  ),
  row(
    'Screenshots of macOS',
    'support.apple.com/en-us/102646',
    ['objectName', 'yyyy-MM-dd'],
    ['desktop/', 'Screenshot 2026-11-24 at 16.03.12.png', 'Screenshot 2026-11 at 16.03.12.png'],
  ),
];
