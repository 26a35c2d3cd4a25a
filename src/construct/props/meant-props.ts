/** Props and options that do not exist but that users may write, and the ones to use instead. */
import { meaning, type Meanings } from './unknown-fields';

/** An ignored prop would archive objects that its author expects to be treated differently. */
export const MEANT_PROPS: Meanings = new Map([
  ...meaning(
    ['dryRun', 'dry', 'simulate', 'preview', 'noop', 'testMode'],
    'a dry run is an input of a run: start the state machine with {"dryRun": true}',
  ),
  ...meaning(
    ['days', 'daysAgo', 'daysOld', 'age', 'minAgeDays', 'olderThan', 'lastDays', 'day', 'date'],
    'pass selection, such as DateSelection.daysAgo(7) or DateSelection.olderThan(30)',
  ),
  ...meaning(
    ['keepSource', 'keepSources', 'keep', 'copyOnly', 'copy', 'move', 'deleteSource', 'delete'],
    'pass sourceDisposition, SourceDisposition.KEEP or SourceDisposition.DELETE',
  ),
  ...meaning(
    ['dateFormat', 'dateFormats', 'format', 'formats', 'datePattern', 'pattern', 'regex'],
    "pass dateSource, such as DateSource.objectName('yyyyMMdd')",
  ),
  ...meaning(
    ['include', 'exclude', 'includes', 'excludes', 'glob', 'globs', 'suffix', 'extension'],
    "pass filter, such as { include: ['**/*.csv'] }",
  ),
  ...meaning(['minSize', 'maxSize', 'minAge'], 'it is a field of filter: pass { filter: { ... } }'),
  ...meaning(
    ['email', 'emails', 'alertEmail', 'notificationEmail', 'notify', 'notifications'],
    'subscribe to the topic: archiver.alertTopic.addSubscription(new EmailSubscription(address))',
  ),
  ...meaning(['topic', 'sns', 'snsTopic', 'notificationTopic'], 'pass alertTopic'),
  ...meaning(['slack', 'teams', 'webhook', 'slackTopic'], 'pass chatTopic'),
  ...meaning(
    ['kmsKey', 'kms', 'key', 'encryption'],
    'pass sourceKey or destinationKey for a bucket, or encryptionKey for reports, logs and the ' +
      'topic',
  ),
  ...meaning(
    ['destination', 'target', 'targetBucket', 'archive', 'archiveBucket', 'output'],
    'pass destinationBucket and destinationPrefix',
  ),
  ...meaning(['archivePrefix', 'targetPrefix', 'outputPrefix'], 'pass destinationPrefix'),
  ...meaning(['source', 'sourceBucket', 'bucketName', 'input'], 'pass bucket'),
  ...meaning(['sourcePrefix', 'inputPrefix', 'incoming'], 'pass prefix'),
  ...meaning(
    ['cron', 'rate', 'interval', 'frequency'],
    "pass schedule, such as ScheduleExpression.cron({ minute: '0', hour: '1' })",
  ),
  ...meaning(['tz', 'zone'], 'pass timeZone'),
  ...meaning(
    ['overwrite', 'onConflict', 'conflict', 'ifExists', 'replace'],
    'the archive is never overwritten: pass conflictPolicy, ConflictPolicy.REPORT or ' +
      'ConflictPolicy.RENAME',
  ),
  ...meaning(
    ['concurrency', 'parallelism', 'parallel', 'workers', 'threads'],
    'pass maxConcurrency',
  ),
  ...meaning(
    ['rateLimit', 'tps', 'throttle', 'requestsPerSecond', 'objectsPerSecond'],
    'pass maxObjectsPerSecond',
  ),
  ...meaning(['retry', 'retries', 'maxRetries', 'maxAttempts'], 'pass retryPolicy'),
  ...meaning(['memory', 'memoryMb', 'lambdaMemory'], 'pass memorySize'),
  ...meaning(['subnets', 'subnetSelection'], 'pass vpcSubnets'),
  ...meaning(['zip', 'compress', 'compression', 'pack'], 'pass packing, such as Packing.zip()'),
  ...meaning(
    ['manifest', 'inventory'],
    'pass listing, Listing.selective(), and name the manifest in the input of a run',
  ),
  ...meaning(
    ['objectLock', 'lock', 'retentionYears', 'retentionDays'],
    'pass retention, such as Retention.governance({ years: 7 })',
  ),
  ...meaning(
    ['lifecycle', 'lifecycleRules', 'expiration', 'expireAfter', 'ttl'],
    'the archiver never deletes from the archive: add a lifecycle rule to the destination bucket',
  ),
  ...meaning(
    ['tags', 'objectTags'],
    'archived objects keep the tags of their sources. Tags of the resources: ' +
      'Tags.of(archiver).add()',
  ),
  ...meaning(
    ['glacier', 'deepArchive', 'storage', 'tier'],
    'pass storageClass, such as StorageClass.DEEP_ARCHIVE',
  ),
  ...meaning(['tolerance', 'failureThreshold', 'maxFailures'], 'pass toleratedFailurePercentage'),
  ...meaning(['report', 'reports', 'logBucket', 'logsBucket'], 'pass reportBucket'),
  ...meaning(
    ['enabled', 'disabled', 'paused'],
    'leave out schedule: then runs start on demand only',
  ),
  ...meaning(
    ['alarms', 'alarm', 'monitoring'],
    'call archiver.addAlarms(), and archiver.dashboardWidgets() for a dashboard',
  ),
]);

/** The options of `addAlarms()` are thresholds. */
export const MEANT_ALARM_OPTIONS: Meanings = new Map([
  ...meaning(
    ['completedWithin', 'missedRun', 'noRun'],
    'pass noRunCompleted, such as Duration.hours(30)',
  ),
  ...meaning(
    ['minArrivalRatio', 'minObjects', 'noObjects'],
    'pass nothingArrived, a share of the usual number of objects from 0 to 1',
  ),
  ...meaning(['maxStragglers'], 'pass stragglers, the number of them that is acceptable'),
  ...meaning(
    ['maxStragglerAge', 'stragglerAge', 'oldestStragglerDays'],
    'pass oldStragglers, such as Duration.days(7)',
  ),
  ...meaning(
    ['undated', 'maxUndated', 'noDate'],
    'pass undatedObjects, the number of them that is acceptable',
  ),
  ...meaning(
    ['failed', 'failedObjects', 'objectsFailedThreshold'],
    'pass objectsFailed, the number of them that is acceptable',
  ),
  ...meaning(
    ['failedRuns', 'runsFailed', 'executionsFailed'],
    'pass runFailed, the number of failed runs that is acceptable',
  ),
  ...meaning(
    ['topic', 'alarmTopic', 'snsTopic', 'email', 'actions'],
    'alarms notify alertTopic. To notify something else too, call addAlarmAction() of each alarm ' +
      'that addAlarms() returns',
  ),
  ...meaning(['disable', 'disabled', 'without', 'omit'], 'pass exclude, a list of alarms'),
]);
