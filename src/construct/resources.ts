import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { S3DatedArchiverProps } from '../s3-dated-archiver-props';
import type { VerificationOptions } from '../verification-options';
import { denyDeletes } from './access/deny-deletes';
import { grantAccess, type Resources } from './access/grants';
import { moveIntoRoles } from './access/inline-policies';
import { grantKeyUses } from './access/key-grants';
import { annotateNetworkPolicies, annotateRegions } from './access/network-annotations';
import {
  allowAtSource,
  describeBucket,
  nameSourceRoles,
  warnAboutDestination,
} from './access/other-account';
import { createFunctions } from './functions/functions';
import { createNetwork } from './functions/network';
import {
  annotateSubscriptions,
  createAlertTopic,
  warnAboutTopicPolicy,
} from './monitoring/alert-topic';
import { grantLogsUseOfKey } from './monitoring/log-groups';
import { createRunFailedRule } from './monitoring/run-rules';
import { createSavedQueries, getLogGroups } from './monitoring/saved-queries';
import { informAboutAnnotations } from './places/object-annotations';
import { areInSameBucket, findKey, type Place } from './places/place';
import { getScope } from './props/construct-path';
import { createEnvironment } from './props/environment';
import { validateTypes } from './props/kinds';
import { VERIFICATION_OPTIONS } from './props/prop-kinds';
import { applyDefaults, type Settings } from './props/settings';
import { validateOtherArchivers } from './props/validate-other-archivers';
import { validatePlaces, validateTopics } from './props/validate-places';
import { validateHours, validateProps } from './props/validate-props';
import { createSchedule } from './run-schedule';
import { createStateMachine } from './state-machine/state-machine';
import { suppressFindings } from './suppressions';
import {
  informAboutLargeObjects,
  informAboutSmallObjects,
  informAboutUnprotectedPacks,
  validateRetention,
  warnAboutDateFolders,
  warnAboutLockedSources,
  warnAboutStackLimits,
  warnAboutVersions,
} from './warnings';
import { endsUnfinished } from '../actions/archive/construct/archive-map';
import { warnAboutPrefixInGlobs } from '../features/filter/construct/filter-settings';
import {
  warnAboutRestoreCosts,
  warnAboutRestoredSources,
} from '../features/glacier/construct/warnings';
import { validatePacking } from '../features/packing/construct/validate-packing';

/** The topics of an archiver, and the keys that encrypt them. */
type Topics = Pick<Resources, 'alertTopic' | 'alertKey' | 'chatTopic' | 'chatKey'>;

/** The resources that a run uses. */
type RunResources = Pick<Resources, 'functions' | 'stateMachine' | 'runCompleted'>;

/**
 * Validates the props and creates all resources of an archiver in its scope. The order decides the
 * order in the template.
 */
export function createResources(
  scope: Construct,
  archiver: string,
  props: S3DatedArchiverProps,
): Resources {
  const settings = createSettings(scope, props);
  const { source, destination } = settings;
  const { encryptionKey, schedule } = props;
  const reports = createReports(scope, props, settings);
  validatePlaces(scope, settings, reports);
  validateOtherArchivers(scope, source, destination);
  if (settings.filter) {
    warnAboutPrefixInGlobs(scope, settings.filter, source.prefix);
  }

  const topics = getTopics(scope, props);
  const run = createRun(scope, archiver, props, settings, reports, topics);
  const { functions, stateMachine } = run;
  const scheduleKeyUses = schedule
    ? createSchedule(
        scope,
        { archiver: scope, schedule },
        { stateMachine, functions, encryptionKey },
      )
    : [];

  const resources: Resources = {
    source,
    destination,
    packs: settings.packing && destination,
    reports,
    manifestBuckets: settings.manifestBuckets,
    encryptionKey,
    ...topics,
    schedule,
    ...run,
    hasFinishBatches: endsUnfinished(settings),
  };
  grantAccess(scope, resources, scheduleKeyUses);
  openOtherAccounts(scope, resources);
  annotateProps(scope, props, settings);
  denyDeletes(scope, source, destination, functions.archiveBatch.role!);
  moveIntoRoles(scope);
  const isInVpc = props.vpc !== undefined;
  annotateRegions(scope, source, destination, isInVpc);
  annotateNetworkPolicies(scope, resources, isInVpc);
  suppressFindings(scope, [source, destination, reports], functions.listObjects !== undefined);
  return resources;
}

function createSettings(scope: Construct, props: S3DatedArchiverProps): Settings {
  validateProps(props);
  const settings = applyDefaults(props);
  validateHours(settings);
  validatePacking(props, settings);
  warnAboutDateFolders(scope, settings);
  return settings;
}

/** The given topics. For alerts, the archiver creates one if none is given. */
function getTopics(scope: Construct, props: S3DatedArchiverProps): Topics {
  const { encryptionKey, chatTopic } = props;
  const alertTopic = props.alertTopic ?? createAlertTopic(scope, 'Alerts', encryptionKey);
  validateTopics(scope, alertTopic, chatTopic);
  const alertKey = findKey(alertTopic, alertTopic.masterKey, encryptionKey);
  warnAboutTopicPolicy(scope, 'alertTopic', alertTopic, alertKey);
  const chatKey = chatTopic && findKey(chatTopic, chatTopic.masterKey, encryptionKey);
  if (chatTopic) {
    warnAboutTopicPolicy(scope, 'chatTopic', chatTopic, chatKey);
  }
  annotateSubscriptions(scope, alertTopic, props.alertTopic === undefined);
  return { alertTopic, alertKey, chatTopic, chatKey };
}

function createRun(
  scope: Construct,
  archiver: string,
  props: S3DatedArchiverProps,
  settings: Settings,
  reports: Place,
  { alertTopic, chatTopic }: Topics,
): RunResources {
  const { encryptionKey } = props;
  if (encryptionKey) {
    grantLogsUseOfKey(encryptionKey, scope);
  }
  const logGroup = {
    retention: props.logRetention ?? logs.RetentionDays.ONE_YEAR,
    encryptionKey,
    removalPolicy: settings.removalPolicy,
  };
  const batchLogGroup = new logs.LogGroup(getScope(scope, 'ArchiveBatch'), 'Logs', logGroup);
  const environment = createEnvironment(scope, settings, props, {
    reports,
    alertTopic,
    chatTopic,
    batchLogGroup,
  });
  const network = createNetwork(scope, props);
  const functions = createFunctions(
    scope,
    {
      environment,
      logLevel: props.logLevel,
      logGroup,
      encryptionKey,
      network,
      tracing: settings.tracing,
    },
    settings,
    alertTopic,
  );
  nameSourceRoles(scope, settings.source, settings.destination, functions);
  createSavedQueries(new Construct(scope, 'Queries'), archiver, getLogGroups(functions));
  const { stateMachine, runCompleted } = createStateMachine(
    scope,
    'StateMachine',
    { settings, reports, functions, alertTopic, chatTopic },
    logGroup,
  );
  createRunFailedRule(scope, 'RunFailed', stateMachine, {
    description: 'A run of an S3DatedArchiver failed, timed out or was aborted',
    target: new targets.LambdaFunction(functions.explainFailure),
  });
  return { functions, stateMachine, runCompleted };
}

/** The policies of buckets in other accounts must allow what the roles may do. */
function openOtherAccounts(
  scope: Construct,
  { source, destination, functions }: Pick<Resources, 'source' | 'destination' | 'functions'>,
): void {
  allowAtSource(scope, source, destination, functions);
  warnAboutDestination(scope, source, destination, functions);
  if (!areInSameBucket(source, destination)) {
    describeBucket(scope, destination.bucket);
  }
}

/** Tells about props that are allowed, but may cost more or keep less than people expect. */
function annotateProps(scope: Construct, props: S3DatedArchiverProps, settings: Settings): void {
  const { source, destination } = settings;
  informAboutAnnotations(scope, source, destination);
  warnAboutVersions(scope, source, destination);
  validateRetention(scope, settings);
  warnAboutRestoredSources(scope, settings, props.schedule);
  warnAboutRestoreCosts(scope, settings, props.schedule);
  if (settings.packing) {
    informAboutUnprotectedPacks(scope, source, destination);
    warnAboutLockedSources(scope, source);
    informAboutLargeObjects(scope, props);
  } else {
    informAboutSmallObjects(scope, props);
  }
  warnAboutStackLimits(scope);
}

export function createVerification(
  archiver: Construct,
  id: string,
  resources: Resources,
  options: VerificationOptions,
): void {
  validateTypes(options, VERIFICATION_OPTIONS);
  const { source, destination, reports, functions } = resources;
  const { schedule, selection, deep } = options;
  const scope = new Construct(getScope(archiver, 'Verifications'), id);
  const verification = {
    action: 'verify' as const,
    ...(selection && { selection: selection._settings() }),
    ...(deep && { deep }),
  };
  grantKeyUses(scope, createSchedule(scope, { archiver, schedule, verification }, resources));
  denyDeletes(scope, source, destination, functions.archiveBatch.role!);
  moveIntoRoles(scope);
  suppressFindings(scope, [source, destination, reports]);
}

function createReports(
  scope: Construct,
  props: S3DatedArchiverProps,
  { reportPrefix, removalPolicy }: Settings,
): Place {
  const { encryptionKey } = props;
  const bucket =
    props.reportBucket ??
    new s3.Bucket(scope, 'Reports', {
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      encryption: encryptionKey ? s3.BucketEncryption.KMS : s3.BucketEncryption.S3_MANAGED,
      encryptionKey,
      // With a bucket key, S3 calls KMS once for many small ledger parts.
      bucketKeyEnabled: encryptionKey ? true : undefined,
      // A report that is overwritten or deleted by mistake can be restored.
      versioned: true,
      lifecycleRules: [
        {
          id: 'ExpireReports',
          prefix: reportPrefix,
          expiration: props.reportRetention ?? Duration.days(400),
        },
        {
          id: 'ExpireEarlierVersions',
          noncurrentVersionExpiration: Duration.days(30),
          expiredObjectDeleteMarker: true,
        },
        { id: 'AbortIncompleteUploads', abortIncompleteMultipartUploadAfter: Duration.days(7) },
      ],
      removalPolicy,
      autoDeleteObjects: removalPolicy === RemovalPolicy.DESTROY ? true : undefined,
    });
  return {
    bucket,
    prefix: reportPrefix,
    key: findKey(bucket, bucket.encryptionKey, encryptionKey),
  };
}
