/** Refuses props and options that do not exist, and says what was probably meant. */

/**
 * What people write for a prop, in lowercase letters, and what does it. A prop that nobody reads
 * would archive where its author expects something else.
 */
const MEANT: ReadonlyMap<string, string> = new Map([
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

const MIN_SIMILARITY = 0.6;

/**
 * @param nameOf how an error names a field
 * @throws if a field has a value and does not exist
 */
export function refuseUnknown(
  values: object,
  known: readonly string[],
  nameOf: (field: string) => string,
): void {
  for (const [field, value] of Object.entries(values)) {
    if (value === undefined || known.includes(field)) {
      continue;
    }
    throw new Error(`${nameOf(field)} does not exist: ${advise(field, values, known, nameOf)}`);
  }
}

function advise(
  field: string,
  values: object,
  known: readonly string[],
  nameOf: (field: string) => string,
): string {
  // Only the props of the construct have these names. Its options have fewer.
  const meant = known.includes('bucket') ? MEANT.get(lettersOf(field)) : undefined;
  if (meant !== undefined) {
    return meant;
  }
  const free = known.filter((other) => !(other in values));
  const similar = findMostSimilar(field, free);
  return similar === undefined
    ? `remove it, or use one of ${known.join(', ')}`
    : `perhaps you mean ${nameOf(similar)}`;
}

/**
 * The Sorensen-Dice coefficient over pairs of letters finds slips in letters (`bucktet`), in parts
 * (`concurrency`) and in style (`alert_topic`).
 */
function findMostSimilar(text: string, others: readonly string[]): string | undefined {
  const pairs = pairsOf(text);
  const rated = others.map((other) => {
    const rest = pairsOf(other);
    const all = pairs.length + rest.length;
    const shared = pairs.filter(
      (pair) => rest.includes(pair) && rest.splice(rest.indexOf(pair), 1),
    ).length;
    return { other, similarity: (2 * shared) / all };
  });
  const best = rated.reduce((one, other) => (other.similarity > one.similarity ? other : one), {
    other: '',
    similarity: 0,
  });
  return best.similarity >= MIN_SIMILARITY ? best.other : undefined;
}

function pairsOf(text: string): string[] {
  const letters = lettersOf(text);
  return Array.from({ length: Math.max(0, letters.length - 1) }, (_, i) => letters.slice(i, i + 2));
}

function lettersOf(text: string): string {
  return text.toLowerCase().replace(/[^a-z]/g, '');
}

function meaning(names: readonly string[], advice: string): [written: string, advice: string][] {
  return names.map((name) => [lettersOf(name), advice]);
}
