/** Servers, loggers, and what ships logs. */
import { row } from './row';

export const LOGS = [
  row(
    'nginx with logrotate, hourly',
    'man7.org/linux/man-pages/man8/logrotate.8.html',
    ['objectName', '-yyyyMMddHH'],
    ['hosts/', 'web-1/nginx/access.log-2026112416.gz', 'web-1/nginx/access.log-2026112424.gz'],
  ),
  row(
    'Apache rotatelogs',
    'httpd.apache.org/docs/2.4/programs/rotatelogs.html',
    ['objectName', 'epochSeconds'],
    ['hosts/', 'web-1/access_log.1795478400', 'web-1/access_log.1'],
  ),
  row(
    'Apache rotatelogs with a date',
    'httpd.apache.org/docs/2.4/programs/rotatelogs.html',
    ['objectName', 'yyyy.MM.dd'],
    ['hosts/', 'web-1/access_log.2026.11.24', 'web-1/access_log.2026.11'],
  ),
  row(
    'Tomcat access logs',
    'tomcat.apache.org/tomcat-11.0-doc/config/valve.html',
    ['objectName', 'yyyy-MM-dd'],
    [
      'hosts/',
      'app-1/localhost_access_log.2026-11-24.txt',
      'app-1/localhost_access_log.2026-11.txt',
    ],
  ),
  row(
    'Log4j 2',
    'logging.apache.org/log4j/2.x/manual/appenders/rolling-file.html',
    ['objectName', 'MM-dd-yyyy'],
    ['hosts/', 'app-1/app-11-24-2026-1.log.gz', 'app-1/app-24-11-2026-1.log.gz'],
  ),
  row(
    'Logback',
    'logback.qos.ch/manual/appenders.html',
    ['objectName', 'yyyy-MM-dd'],
    ['hosts/', 'app-1/shop-2026-11-24.0.log', 'app-1/shop-2026-11-241.0.log'],
  ),
  row(
    'Serilog',
    'github.com/serilog/serilog-sinks-file',
    ['objectName', 'yyyyMMdd'],
    ['hosts/', 'app-1/log20261124_001.txt', 'app-1/log202611241.txt'],
  ),
  row(
    'NLog',
    'github.com/NLog/NLog/wiki/File-target',
    ['objectName', 'yyyyMMdd'],
    ['hosts/', 'app-1/app.20261124.log', 'app-1/app.1.log'],
  ),
  row(
    "Python's TimedRotatingFileHandler",
    'docs.python.org/3/library/logging.handlers.html',
    ['objectName', 'yyyy-MM-dd_HH'],
    ['hosts/', 'app-1/app.log.2026-11-24_16', 'app-1/app.log.2026-11-24_24'],
  ),
  row(
    'winston-daily-rotate-file',
    'github.com/winstonjs/winston-daily-rotate-file',
    ['objectName', 'yyyy-MM-dd-HH'],
    ['hosts/', 'app-1/application-2026-11-24-16.log', 'app-1/application-2026-11-24.log'],
  ),
  row(
    "Ruby's Logger",
    'docs.ruby-lang.org/en/master/Logger.html',
    ['objectName', 'yyyyMMdd'],
    ['hosts/', 'app-1/production.log.20261124', 'app-1/production.log'],
  ),
  row(
    'Monolog and Laravel',
    'laravel.com/docs/logging',
    ['objectName', 'yyyy-MM-dd'],
    ['hosts/', 'app-1/laravel-2026-11-24.log', 'app-1/laravel.log'],
  ),
  row(
    "Go's lumberjack",
    'github.com/natefinch/lumberjack',
    ['objectName', "yyyy-MM-dd'T'HH-mm-ss"],
    [
      'hosts/',
      'app-1/server-2026-11-24T16-03-12.123.log.gz',
      'app-1/server-2026-11-24T16-03-60.123.log.gz',
    ],
  ),
  row(
    'Vector',
    'vector.dev/docs/reference/configuration/sinks/aws_s3/',
    ['keyPrefix', "'date='yyyy-MM-dd/"],
    [
      'vector/',
      'date=2026-11-24/1795478400-0b1c7a1e.log.gz',
      'date=2026-11/1795478400-0b1c7a1e.log.gz',
    ],
  ),
  row(
    'Vector, by the name',
    'vector.dev/docs/reference/configuration/sinks/aws_s3/',
    ['objectName', 'epochSeconds'],
    ['vector/', 'web/1795478400-0b1c7a1e.log.gz', 'web/1795478400000-0b1c7a1e.log.gz'],
  ),
  row(
    'Logstash',
    'www.elastic.co/guide/en/logstash/current/plugins-outputs-s3.html',
    ['objectName', "yyyy-MM-dd'T'HH.mm"],
    [
      'logstash/',
      'ls.s3.312bc026-2f5d-49bc-ae9f-5940cf4ad9a6.2026-11-24T16.03.tag_hello.part0.txt',
      'ls.s3.312bc026.2026-11-24T16.60.part0.txt',
    ],
  ),
  row(
    'OpenTelemetry Collector',
    'github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/exporter/awss3exporter',
    ['keyPrefix', "'year='yyyy/'month='MM/'day='dd/"],
    [
      'otel/',
      'year=2026/month=11/day=24/hour=16/minute=03/logs_123456789.json',
      'logs_123456789.json',
    ],
  ),
  row(
    'Cribl Stream',
    'docs.cribl.io/stream/destinations-s3/',
    ['keyPrefix', 'yyyy/MM/dd/'],
    ['cribl/', '2026/11/24/16/CriblOut-1a2b.json.gz', '16/CriblOut-1a2b.json.gz'],
  ),
  row(
    'Fastly',
    'www.fastly.com/documentation/guides/integrations/logging-endpoints/log-streaming-amazon-s3/',
    ['objectName', "yyyy-MM-dd'T'HH:mm:ss"],
    ['fastly/', '2026-11-24T16:03:12.000-a1b2c3.log.gz', '2026-11-24T16:03:60.000-a1b2c3.log.gz'],
  ),
  row(
    'Cloudflare Logpush',
    'developers.cloudflare.com/logs/logpush/',
    ['keyPrefix', 'yyyyMMdd/'],
    ['cloudflare/', '20261124/20261124T160000Z_20261124T160500Z_5f3a.log.gz', '20261131/x.log.gz'],
  ),
  row(
    'Akamai DataStream',
    'techdocs.akamai.com/datastream2/docs/stream-amazon-s3',
    ['objectName', 'epochSeconds'],
    ['akamai/', 'ak-a1b2-1795478400-1234-ds.gz', 'ak-a1b2-1795478400000-1234-ds.gz'],
  ),
  row(
    'Datadog log archives',
    'docs.datadoghq.com/logs/log_configuration/archives/',
    ['keyPrefix', "'dt='yyyyMMdd/'hour='HH/"],
    [
      'datadog/',
      'dt=20261124/hour=16/archive_160312.1234.a1b2.json.gz',
      'dt=20261124/hour=24/archive.json.gz',
    ],
    'the time in the name looks like a date',
  ),
  row(
    'Exchange message tracking',
    'learn.microsoft.com/en-us/exchange/mail-flow/transport-logs/message-tracking',
    ['objectName', 'yyyyMMddHH'],
    ['exchange/', 'MSGTRK2026112416-1.LOG', 'MSGTRK2026112425-1.LOG'],
  ),
  row(
    'Zeek',
    'docs.zeek.org/en/master/quickstart.html',
    ['keyPrefix', 'yyyy-MM-dd/'],
    ['zeek/', '2026-11-24/conn.16:00:00-17:00:00.log.gz', 'current/conn.log'],
  ),
  row(
    'Suricata',
    'docs.suricata.io/en/latest/output/eve/eve-json-output.html',
    ['objectName', 'yyyy-MM-dd-HH:mm'],
    ['suricata/', 'eve-2026-11-24-16:03.json', 'eve.json'],
  ),
  row(
    'nfdump',
    'github.com/phaag/nfdump',
    ['objectName', 'yyyyMMddHHmm'],
    ['netflow/', 'nfcapd.202611241605', 'nfcapd.current.1234'],
  ),
  row(
    'FreePBX recordings',
    'www.freepbx.org/',
    ['objectName', '-yyyyMMdd-HHmmss-'],
    [
      'calls/',
      '2026/11/24/internal-100-200-20261124-160312-1795536192.12.wav',
      '2026/11/24/internal-100-200-1795536192.12.wav',
    ],
  ),
  row(
    'Zoom recordings',
    'support.zoom.com/hc/en',
    ['objectName', "'GMT'yyyyMMdd-HHmmss"],
    ['zoom/', 'GMT20261124-160312_Recording_1920x1080.mp4', 'GMT20261124-246012_Recording.mp4'],
  ),
  row(
    'Motion',
    'motion-project.github.io/motion_config.html',
    ['objectName', 'yyyyMMddHHmmss'],
    ['camera/', '01-20261124160312.mp4', '01-2026112416031.mp4'],
  ),
];
