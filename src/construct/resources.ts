import * as targets from 'aws-cdk-lib/aws-events-targets';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { S3DatedArchiverProps } from '../s3-dated-archiver-props';
import { denyDeletes } from './access/deny-deletes';
import { grantAccess } from './access/grants';
import { grantKeyUses } from './access/key-grants';
import { annotateNetworkPolicies, annotateRegions } from './access/network-annotations';
import { allowAtSource, describeBucket, nameSourceRoles, warnAboutDestination } from './access/other-account';
import { withConstructPath } from './construct-path';
import type { VerificationOptions } from '../verification-options';
import { warnAboutPrefixInGlobs } from './filter-settings';
import { createNetwork } from './functions/function-options';
import { createFunctions, type Functions } from './functions/functions';
import { createAlertTopic, createRunFailedRule, warnAboutTopicPolicy } from './monitoring/alert-topic';
import { grantLogsUseOfKey } from './monitoring/log-groups';
import { createSavedQueries, getLogGroups } from './monitoring/saved-queries';
import { annotateSubscriptions } from './monitoring/subscriptions';
import { areInSameBucket, findKey, type Place } from './place';
import { createReports } from './report-bucket';
import { createSchedule } from './run-schedule';
import { applyDefaults, getHandlerEnvironment } from './settings';
import { createStateMachine } from './state-machine/state-machine';
import { suppressFindings } from './suppressions';
import { validateOtherArchivers } from './validate-other-archivers';
import { validatePlaces, validateTopics } from './validate-places';
import { validateProps } from './validate-props';
import { validateTypes, VERIFICATION_OPTIONS } from './validate-types';
import { warnAboutVersions } from './warn-about-versions';

/** The resources of an archiver. */
export interface Resources {
  readonly source: Place;
  readonly destination: Place;
  readonly reports: Place;
  readonly encryptionKey?: kms.IKey;
  readonly alertTopic: sns.ITopic;
  readonly alertKey?: kms.IKey;
  readonly chatTopic?: sns.ITopic;
  readonly chatKey?: kms.IKey;
  readonly functions: Functions;
  readonly stateMachine: sfn.StateMachine;
  readonly keepsSources: boolean;
}

/**
 * Validates the props and creates all resources of an archiver in its scope. The order decides the order in the
 * template.
 */
export function createResources(scope: Construct, archiver: string, props: S3DatedArchiverProps): Resources {
  const settings = withConstructPath(scope, () => {
    validateProps(props);
    return applyDefaults(props);
  });
  const { encryptionKey } = props;
  const { source, destination, removalPolicy } = settings;

  const reports = createReports(scope, props, settings);
  withConstructPath(scope, () => validatePlaces(scope, { source, destination, reports, layout: settings.layout, listing: settings.listing }));
  withConstructPath(scope, () => validateOtherArchivers(scope, source, destination));
  if (settings.filter) { warnAboutPrefixInGlobs(scope, settings.filter, source.prefix); }

  const alertTopic = props.alertTopic ?? createAlertTopic(scope, 'Alerts', encryptionKey);
  const { chatTopic } = props;
  withConstructPath(scope, () => validateTopics(scope, alertTopic, chatTopic));
  const alertKey = findKey(alertTopic, alertTopic.masterKey, encryptionKey);
  warnAboutTopicPolicy(scope, 'alertTopic', alertTopic, alertKey);
  const chatKey = chatTopic && findKey(chatTopic, chatTopic.masterKey, encryptionKey);
  if (chatTopic) { warnAboutTopicPolicy(scope, 'chatTopic', chatTopic, chatKey); }
  annotateSubscriptions(scope, alertTopic, props.alertTopic === undefined);

  if (encryptionKey) { grantLogsUseOfKey(encryptionKey, scope); }
  const logGroup = { retention: props.logRetention ?? logs.RetentionDays.ONE_YEAR, encryptionKey, removalPolicy };
  const functions = createFunctions(scope, {
    environment: getHandlerEnvironment(scope, settings, props, reports.bucket),
    logLevel: props.logLevel,
    logGroup,
    encryptionKey,
    network: withConstructPath(scope, () => createNetwork(scope, props)),
  }, settings, alertTopic, chatTopic);
  nameSourceRoles(scope, source, destination, functions);
  createSavedQueries(new Construct(scope, 'Queries'), archiver, getLogGroups(functions));
  const stateMachine = createStateMachine(scope, 'StateMachine', { settings, reports, functions, alertTopic, chatTopic }, logGroup);

  createRunFailedRule(scope, 'RunFailed', stateMachine, {
    description: 'A run of an S3DatedArchiver failed, timed out or was aborted',
    target: new targets.LambdaFunction(functions.explainFailure),
  });
  const scheduleKeyUses = props.schedule === undefined ? [] : createSchedule(scope, 'Schedule', {
    archiver: scope, schedule: props.schedule, stateMachine, explainFailure: functions.explainFailure, encryptionKey,
  });

  const resources = {
    source,
    destination,
    reports,
    encryptionKey,
    alertTopic,
    alertKey,
    chatTopic,
    chatKey,
    functions,
    stateMachine,
    keepsSources: settings.keepsSources,
  };
  grantAccess(scope, resources, settings.manifestBuckets, scheduleKeyUses);
  allowAtSource(scope, source, destination, functions, settings.keepsSources);
  warnAboutDestination(scope, source, destination, functions);
  if (!areInSameBucket(source, destination)) { describeBucket(scope, destination.bucket); }
  warnAboutVersions(scope, source, destination);
  denyDeletes(scope, source, destination, { archiveRole: functions.archiveBatch.role!, keepsSources: settings.keepsSources });
  const isInVpc = props.vpc !== undefined;
  annotateRegions(scope, source, destination, isInVpc);
  annotateNetworkPolicies(scope, { source, destination, reports }, { stateMachine, functions, isInVpc });
  suppressFindings(scope, [source, destination, reports], functions.listObjects !== undefined);
  return resources;
}

/** Creates a schedule that verifies what the archiver archived, in a scope of its own. */
export function createVerification(archiver: Construct, id: string, resources: Resources, options: VerificationOptions): void {
  const { source, destination, reports, functions, stateMachine, encryptionKey } = resources;
  validateTypes(options, VERIFICATION_OPTIONS);
  const { schedule, selection, deep } = options;
  const scope = new Construct(archiver.node.tryFindChild('Verifications') as Construct ?? new Construct(archiver, 'Verifications'), id);
  grantKeyUses(scope, createSchedule(scope, 'Schedule', {
    archiver,
    schedule,
    stateMachine,
    explainFailure: functions.explainFailure,
    encryptionKey,
    verification: { action: 'verify', ...selection && { selection: selection._settings() }, ...deep && { deep } },
  }));
  denyDeletes(scope, source, destination, { archiveRole: functions.archiveBatch.role!, keepsSources: resources.keepsSources });
  suppressFindings(scope, [source, destination, reports]);
}
