import type { CfnOutput } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as events from 'aws-cdk-lib/aws-events';
import type * as glue from 'aws-cdk-lib/aws-glue';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { AlarmOptions } from './alarm-options';
import type { Resources } from './construct/access/grants';
import { grantOrganization } from './construct/access/organization';
import { createCommandOutputs } from './construct/command-outputs';
import { createAlarms } from './construct/monitoring/alarms';
import { grantAlarmsPublish } from './construct/monitoring/alert-topic';
import { createWidgets } from './construct/monitoring/dashboard';
import { createMetric } from './construct/monitoring/metrics';
import { createRunCompletedRule, createRunFailedRule } from './construct/monitoring/run-rules';
import { getLogGroups } from './construct/monitoring/saved-queries';
import { getArchiverName } from './construct/props/archiver-name';
import { getScope, withConstructPath } from './construct/props/construct-path';
import {
  validateAlarmOptions,
  validateFirstCall,
  validateLedgerTableId,
  validateVerificationId,
} from './construct/props/validate-props';
import { createResources, createVerification } from './construct/resources';
import { MetricName } from './contract/metrics';
import { createLedgerTable } from './features/ledger-table/construct/ledger-table';
import type { GrantOrganizationOptions } from './grant-organization-options';
import type { LedgerTableOptions } from './ledger-table-options';
import type { S3DatedArchiverProps } from './s3-dated-archiver-props';
import type { VerificationOptions } from './verification-options';

const ARCHIVER_SYMBOL = Symbol.for('cdk-s3-dated-archiver.S3DatedArchiver');

/**
 * CDK renders `resultWriterV2` only with this flag. Without it, the map would silently have no
 * ResultWriter.
 */
const RESULT_WRITER_FLAG = '@aws-cdk/aws-stepfunctions:useDistributedMapResultWriterV2';
/**
 * CDK merges statements of policies only with this flag, which new apps have. Merged statements
 * make a smaller template.
 */
const MERGED_STATEMENTS_FLAG = '@aws-cdk/aws-iam:minimizePolicies';

/**
 * Moves S3 objects with a date in their name into a date-partitioned archive, on a schedule or on
 * demand.
 *
 * Objects are copied and deleted on the server side, at any scale. No object is lost, and none is
 * overwritten.
 *
 * A run is an execution of `stateMachine`. Its input may have these fields, all of them optional:
 * - `action`: `archive`, which is the default, `verify` to compare the archive with what earlier
 *   runs archived, or `restore` to copy back what earlier runs archived, if `allowRestore` is true
 * - `date`, or `from` and `to`: the days to archive instead of the `selection`, such as
 *   `2026-11-24`. With `verify` and `restore`, the last days of the earlier runs
 * - `run`: the name of the execution to verify or to restore, instead of days
 * - `keys`: globs for the keys to restore, such as `["incoming/eu/**"]`
 * - `target`: `reports` to restore objects out of packs to the report bucket. That needs `packing`,
 *   and no `allowRestore`
 * - `lines`: `packs` to restore to the reports without ledgers, by the indexes of packs. Then the
 *   days are those of the objects
 * - `deep`: true to compare checksums when verifying
 * - `manifest`: a list of the objects to archive, in place of a listing, such as `s3://bucket/key`.
 *   `Listing.selective()` says more
 * - `dryRun`: true to report what the run would do without changing anything
 * - `maxConcurrency`: a lower value than that of the prop
 * - `scheduledTime` and `selection`: what schedules send
 *
 * Fields that start with `AWS_STEP_FUNCTIONS_`, and `Comment`, are ignored. A run with any other
 * field fails at once.
 *
 * @see
 * https://github.com/cdk-s3-dated-archiver/cdk-s3-dated-archiver/blob/main/docs/configuration.md#the-input-of-a-run
 */
export class S3DatedArchiver extends Construct {
  /**
   * Returns true if `x` is an `S3DatedArchiver`, even from another copy of this library.
   *
   * @param x Any value.
   */
  public static isS3DatedArchiver(x: any): x is S3DatedArchiver {
    return x !== null && typeof x === 'object' && ARCHIVER_SYMBOL in x;
  }

  /**
   * Lets all archivers of an organization use a bucket of this app as their central archive: adds
   * three statements to its bucket policy, however many accounts the organization has.
   *
   * A bucket policy may have 20 KB, and the statements for the roles of one archiver take up to 3
   * KB. These are for the roles of all other accounts of the organization instead, those of
   * accounts that join it later, too. They may copy to `destinationPrefix`, list and read there, so
   * that archivers can compare, verify and restore. They may not delete. A role also needs the
   * policy that its archiver gives it. Roles in the account of the bucket need nothing else, so the
   * statements leave them out. Each archiver may read what the others have archived: to keep them
   * apart, give them separate buckets.
   *
   * If the bucket has a KMS key, its key policy gets a statement for the same roles, for requests
   * that S3 makes for them. Pass the key to the archivers as `destinationKey`. If CDK cannot change
   * a policy, as of an imported bucket or key, a warning has the statements to add.
   *
   * Throws if `organizationId` is no id of an organization, or if `destinationPrefix` neither ends
   * with `/` nor is empty.
   *
   * @param bucket The bucket that the archivers of other accounts have as `destinationBucket`.
   * @param options The organization, and the prefix.
   * @see
   * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalorgid
   */
  public static grantOrganization(bucket: s3.IBucket, options: GrantOrganizationOptions): void {
    grantOrganization(bucket, options);
  }

  /** The state machine, of which each execution is a run. */
  public readonly stateMachine: sfn.StateMachine;

  /** The archive-batch function, which moves the objects. */
  public readonly handler: lambda.Function;

  /**
   * The topic that alerts are published to, which is either the `alertTopic` prop or a new topic.
   *
   * A new topic has no subscriptions until you add some.
   */
  public readonly alertTopic: sns.ITopic;

  /**
   * The bucket that ledgers and reports are written to, which is either the `reportBucket` prop or
   * a new bucket.
   */
  public readonly reportBucket: s3.IBucket;

  private readonly metricsName: string;
  private readonly resources: Resources;

  /**
   * Creates an archiver: a state machine, its functions, roles and log groups.
   *
   * Creates a topic and a report bucket unless the props have them, and a schedule if the props
   * have one.
   *
   * Throws if a prop has a value that its documentation does not allow, or if source and
   * destination are the same place. Warnings name the statements that you must add to policies that
   * the archiver cannot change, such as the policy of an imported key.
   *
   * @param scope The stack, or a construct in it.
   * @param id The id of the archiver, unique in its scope.
   * @param props The properties, of which only `bucket` is required.
   */
  constructor(scope: Construct, id: string, props: S3DatedArchiverProps) {
    super(scope, id);
    Object.defineProperty(this, ARCHIVER_SYMBOL, { value: true });
    for (const flag of [RESULT_WRITER_FLAG, MERGED_STATEMENTS_FLAG]) {
      this.node.setContext(flag, true);
    }
    this.metricsName = getArchiverName(this);

    this.resources = withConstructPath(this, () => createResources(this, this.metricsName, props));
    this.stateMachine = this.resources.stateMachine;
    this.handler = this.resources.functions.archiveBatch;
    this.alertTopic = this.resources.alertTopic;
    this.reportBucket = this.resources.reports.bucket;
  }

  /**
   * Allows a principal to start runs, and nothing else.
   *
   * To read the outcome of runs, stop them or redrive them, use the grants of `stateMachine`.
   *
   * @param grantee The principal, such as a role or a function.
   * @returns The grant.
   * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
   */
  public grantStartExecution(grantee: iam.IGrantable): iam.Grant {
    return this.stateMachine.grantStartExecution(grantee);
  }

  /**
   * Creates an EventBridge rule that matches every run that fails, times out or is aborted.
   *
   * You do not need it for alerts: the archiver publishes one to `alertTopic` anyway. The rule
   * matches only some of the three statuses if the event pattern has `detail.status`. Throws if it
   * has any status other than `FAILED`, `TIMED_OUT` and `ABORTED`.
   *
   * @param id The id of the rule, unique among the rules of this method.
   * @param options The target, and what else an event must match.
   * @returns The rule.
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
   */
  public onRunFailed(id: string, options: events.OnEventOptions = {}): events.Rule {
    return withConstructPath(this, () =>
      createRunFailedRule(getScope(this, 'OnRunFailed'), id, this.stateMachine, options),
    );
  }

  /**
   * Creates an EventBridge rule that matches the event which a run sends after it has archived, so
   * that a crawler, a query or another step can begin.
   *
   * Each run sends the event once, after its report is written, also if it archived nothing or if
   * more objects failed than are tolerated. Redrives do not repeat it. EventBridge may deliver an
   * event more than once. Dry runs, verifications and restores send none, and neither does a run
   * that ends before its report: see `onRunFailed`.
   *
   * The detail type is `S3DatedArchiver Run Completed`. The detail has `archiver` (the path of the
   * construct), `stateMachineArn`, `executionArn`, `runId`, `dates` (`from` and `to`, ISO dates),
   * `outcome` (`CLEAN`, `PROBLEMS` or `FAILED`), `counts` (`listed`, `archived`, `skipped`,
   * `conflicting` and `failed`), `bytes`, `destination` (`bucket` and `prefix`) and `report`
   * (`bucket` and `key`). An event pattern in the options narrows it down: `{ detail: { counts: {
   * archived: Match.greaterThan(0) } } }`.
   *
   * @param id The id of the rule, unique among the rules of this method.
   * @param options The target, and what else an event must match.
   * @returns The rule.
   * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events.html
   */
  public onRunCompleted(id: string, options: events.OnEventOptions = {}): events.Rule {
    this.resources.runCompleted.enable(this.stateMachine);
    return withConstructPath(this, () =>
      createRunCompletedRule(getScope(this, 'OnRunCompleted'), id, this.stateMachine, options),
    );
  }

  /**
   * Returns a metric of this archiver in the namespace `S3DatedArchiver`.
   *
   * A run emits each metric once, at its end, or again if the answer of its last function is lost.
   * Dry runs and restores emit none, and a verification only `ObjectsUnaccounted`. The default
   * period is one day. The default statistic is the sum, except for the metrics of stragglers,
   * seconds and unaccounted objects (maximum) and for the arrival ratio (minimum).
   *
   * @param metricName The name of the metric, such as `ObjectsFailed`.
   * @param options Overrides for the metric's statistic, period, label or color.
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/working_with_metrics.html
   */
  public metric(metricName: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return createMetric(this, this.metricsName, metricName, options);
  }

  /**
   * The number of objects that were listed, which is the sum of archived, skipped, conflicting and
   * failed objects.
   *
   * @param options Overrides for the metric's statistic, period, label or color.
   * @default - sum over one day
   */
  public metricObjectsListed(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(MetricName.OBJECTS_LISTED, options);
  }

  /**
   * The number of objects that were archived: they are at the destination, and no longer at the
   * source unless `sourceDisposition` is `KEEP`.
   *
   * @param options Overrides for the metric's statistic, period, label or color.
   * @default - sum over one day
   */
  public metricObjectsArchived(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(MetricName.OBJECTS_ARCHIVED, options);
  }

  /**
   * The number of listed objects that were not selected.
   *
   * @param options Overrides for the metric's statistic, period, label or color.
   * @default - sum over one day
   */
  public metricObjectsSkipped(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(MetricName.OBJECTS_SKIPPED, options);
  }

  /**
   * The number of skipped objects in whose keys no date was found.
   *
   * If it is as high as the number of listed objects, `dateSource` does not fit the keys.
   *
   * @param options Overrides for the metric's statistic, period, label or color.
   * @default - sum over one day
   */
  public metricObjectsUndated(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(MetricName.OBJECTS_UNDATED, options);
  }

  /**
   * The number of objects that stayed at the source because of a conflict.
   *
   * The destination has other content, or the source changed after it was copied.
   *
   * @param options Overrides for the metric's statistic, period, label or color.
   * @default - sum over one day
   */
  public metricObjectsConflicting(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(MetricName.OBJECTS_CONFLICTING, options);
  }

  /**
   * The number of selected objects that could not be archived and are still at the source.
   *
   * @param options Overrides for the metric's statistic, period, label or color.
   * @default - sum over one day
   */
  public metricObjectsFailed(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(MetricName.OBJECTS_FAILED, options);
  }

  /**
   * The total size of the archived objects in bytes.
   *
   * @param options Overrides for the metric's statistic, period, label or color.
   * @default - sum over one day
   */
  public metricBytesArchived(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(MetricName.BYTES_ARCHIVED, options);
  }

  /**
   * The number of stragglers: dated objects that are older than the days of the run and still at
   * the source.
   *
   * @param options Overrides for the metric's statistic, period, label or color.
   * @default - maximum over one day
   */
  public metricStragglers(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(MetricName.STRAGGLERS, options);
  }

  /**
   * The age of the oldest straggler in days.
   *
   * @param options Overrides for the metric's statistic, period, label or color.
   * @default - maximum over one day
   */
  public metricOldestStragglerDays(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(MetricName.OLDEST_STRAGGLER_DAYS, options);
  }

  /**
   * The duration of a run in seconds.
   *
   * @param options Overrides for the metric's statistic, period, label or color.
   * @default - maximum over one day
   */
  public metricRunSeconds(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(MetricName.RUN_SECONDS, options);
  }

  /**
   * The number of objects that arrived for the days of a run, divided by the median of earlier
   * runs.
   *
   * A value of 1 means as many as usual, and 0 means none. The value is also 1 as long as there are
   * fewer than five earlier runs to compare with. Runs that catch up with earlier days, and runs
   * for days that have not begun, do not emit it.
   *
   * @param options Overrides for the metric's statistic, period, label or color.
   * @default - minimum over one day
   */
  public metricArrivalRatio(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(MetricName.ARRIVAL_RATIO, options);
  }

  /**
   * The number of archived objects that the last verification found changed, missing or unproven.
   *
   * Only verifications emit it. See `addVerification`.
   *
   * @param options Overrides for the metric's statistic, period, label or color.
   * @default - maximum over one day
   */
  public metricObjectsUnaccounted(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(MetricName.OBJECTS_UNACCOUNTED, options);
  }

  /**
   * Creates a schedule that verifies the archive: it starts runs that compare what the archive
   * holds with what the ledgers say was archived.
   *
   * A verification changes nothing. If an object is changed or missing, the run fails, and one
   * message to `alertTopic` names the first of them. If an object is unproven, because nothing
   * proves or disproves it, the run succeeds, and a message says so. The ledger of the verification
   * has all of them. An object that a restore copied back, and that is at its old key now, is
   * skipped. Runs that are still going, or that ended without a report, are named.
   *
   * To verify once, start an execution with the input `{"action":"verify"}` and `run`, `date`, or
   * `from` and `to`. This needs no call of this method. Throws if the id is empty or not unique
   * among verifications.
   *
   * @param id The id of the verification, unique among the verifications of this archiver.
   * @param options When, and what is compared.
   * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
   */
  public addVerification(id: string, options: VerificationOptions): void {
    withConstructPath(this, () => {
      validateVerificationId(this, id);
      createVerification(this, id, this.resources, options);
    });
  }

  /**
   * Creates alarms that notify `alertTopic` of conditions that no run reports.
   *
   * By default, there is an alarm if no run completed in time, if nothing arrived, if stragglers
   * are still at the source, or if the function that explains failed runs failed itself. To notify
   * something else too, add actions to the alarms.
   *
   * If you pass your own `alertTopic` with a topic policy, create the policy before the call: it is
   * then extended so that CloudWatch may publish.
   *
   * Throws if it is called twice, if an option has a value that its documentation does not allow,
   * or if an option is about stragglers and the archiver keeps its sources, so that it counts none.
   *
   * @param options The alarms to create, and their thresholds.
   * @returns The alarms.
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
   */
  public addAlarms(options: AlarmOptions = {}): cloudwatch.Alarm[] {
    return withConstructPath(this, () => {
      validateFirstCall(this, 'Alarms', 'addAlarms');
      const { source, alertKey, chatTopic, chatKey, schedule } = this.resources;
      const countsStragglers = !source.keepsObjects;
      validateAlarmOptions(options, countsStragglers);
      grantAlarmsPublish(this, 'alertTopic', this.alertTopic, alertKey);
      if (chatTopic) {
        grantAlarmsPublish(this, 'chatTopic', chatTopic, chatKey);
      }
      return createAlarms(new Construct(this, 'Alarms'), options, {
        archiver: this.metricsName,
        stateMachine: this.stateMachine,
        explainFailure: this.resources.functions.explainFailure,
        schedule,
        countsStragglers,
        topics: [this.alertTopic, ...(chatTopic ? [chatTopic] : [])],
      });
    });
  }

  /**
   * Creates a Glue table of the ledgers of all runs, and saves the Athena queries that people have
   * about them: where a key went, what failed this month, bytes by day, and what a verification
   * found changed, missing or unproven.
   *
   * A new ledger is in the table at once, and no crawler is needed. Athena charges for the bytes
   * that a query reads, so name the days that you need: `WHERE day BETWEEN '2026-11-01' AND
   * '2026-11-30'`. A user who queries the table must be allowed to read `reportBucket`.
   *
   * With `packing`, it also creates a table of the indexes of all packs, whose name ends with
   * `_packs`, and a query that finds the pack of a key. A user who queries it must be allowed to
   * read `pack-index/` below `destinationPrefix`.
   *
   * Throws if an option has a value that its documentation does not allow, or if the id is taken.
   *
   * @param id The id of the table, unique in the archiver.
   * @param options The database of the table, and its name.
   * @returns The table.
   * @see https://docs.aws.amazon.com/athena/latest/ug/partition-projection.html
   */
  public addLedgerTable(id: string, options: LedgerTableOptions): glue.CfnTable {
    return withConstructPath(this, () => {
      validateLedgerTableId(this, id);
      return createLedgerTable(
        this,
        id,
        this.metricsName,
        this.resources.reports,
        options,
        this.resources.packs,
      );
    });
  }

  /**
   * Creates stack outputs with the commands that people type, which `cdk deploy` prints: a dry run,
   * a run, a run for other days, a verification, a restore if `allowRestore` is true, and a copy of
   * the pages about all runs.
   *
   * The commands are for the AWS CLI in bash or zsh, and contain the ARN of the state machine and
   * the name of the bucket. A command with a placeholder, such as `yyyy-MM-dd`, changes nothing
   * until you replace it. Throws if it is called twice.
   *
   * @returns The outputs. Their descriptions say what the commands do.
   * @see
   * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/outputs-section-structure.html
   */
  public addCommandOutputs(): CfnOutput[] {
    return withConstructPath(this, () => {
      validateFirstCall(this, 'Commands', 'addCommandOutputs');
      return createCommandOutputs(new Construct(this, 'Commands'), this.resources);
    });
  }

  /**
   * Returns widgets for a dashboard.
   *
   * They show runs and their duration, objects, bytes and throughput, arrivals, stragglers, and why
   * objects were not archived. The last one queries the logs each time that the dashboard is
   * opened, which CloudWatch charges for.
   *
   * @returns The widgets, for `Dashboard.addWidgets`.
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Dashboards.html
   */
  public dashboardWidgets(): cloudwatch.IWidget[] {
    return createWidgets(
      this,
      this.metricsName,
      this.stateMachine,
      getLogGroups(this.resources.functions),
    );
  }
}
