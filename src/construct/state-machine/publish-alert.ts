import { Token } from 'aws-cdk-lib';
import type * as sns from 'aws-cdk-lib/aws-sns';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import type { AlertDetails } from '../../contract/alert-details';
import type { AlertAttributes, BatchEvent, Counts, Progress, Run, RunSummary } from '../../contract/payloads';
import type { Place } from '../place';

const { stringAt, objectAt, format, jsonToString, executionId, DISCARD } = sfn.JsonPath;

type Attributes = { [name in keyof AlertAttributes]: tasks.MessageAttribute };

/** Creates the task that publishes the message which the report-run function has written. */
export function createNotifyRun(scope: Construct, topic: sns.ITopic): tasks.SnsPublish {
  const summary = (field: keyof RunSummary) => `$.${field}`;
  const attribute = (name: keyof AlertAttributes) => ({ value: stringAt(`${summary('attributes')}.${name}`) });
  return new tasks.SnsPublish(scope, 'NotifyRun', {
    topic,
    subject: stringAt(summary('subject')),
    message: sfn.TaskInput.fromJsonPathAt(summary('message')),
    messageAttributes: {
      archiver: attribute('archiver'),
      runId: attribute('runId'),
      outcome: attribute('outcome'),
      layer: attribute('layer'),
      details: attribute('details'),
    } satisfies Attributes,
    resultPath: DISCARD,
  });
}

/**
 * Creates the task that publishes the problems of a finished batch. Intrinsic functions write the message, without a
 * Lambda function.
 */
export function createNotifyBatch(scope: Construct, topic: sns.ITopic, archiver: string, reports: Place): tasks.SnsPublish {
  const input = `$.${'BatchInput' satisfies keyof BatchEvent}`;
  const run = (field: keyof Run) => `${input}.run.${field}`;
  const progress = (field: keyof Progress) => `${input}.progress.${field}`;
  const count = (name: keyof Counts) => stringAt(`${progress('counts')}.${name}`);
  const problems = jsonToString(objectAt(progress('problems')));
  return new tasks.SnsPublish(scope, 'NotifyBatch', {
    topic,
    subject: 'S3DatedArchiver: a batch has problems',
    message: sfn.TaskInput.fromText(format(
      'Run {}: of {} listed objects of a batch, {} failed and {} are conflicting. The first of them: {} The run goes on. Batch: {}',
      stringAt(run('id')), count('listed'), count('failed'), count('conflicting'), problems, executionId,
    )),
    messageAttributes: {
      archiver: { value: archiver },
      runId: { value: stringAt(run('id')) },
      outcome: { value: 'PROBLEMS' },
      layer: { value: 'S3' },
      details: {
        value: toFormattedJson({
          schemaVersion: 1,
          archiver,
          runId: createPlaceholder(run('id')),
          dates: { from: createPlaceholder(run('from')), to: createPlaceholder(run('to')) },
          outcome: 'PROBLEMS',
          layer: 'S3',
          code: createPlaceholder(`${progress('problems')}[0].code`),
          cause: null,
          counts: createPlaceholder(progress('counts')),
          reasons: [],
          problems: createPlaceholder(progress('problems')),
          report: null,
          ledger: { text: `"s3://${reports.bucket.bucketName}/{}ledger/"`, value: stringAt(run('reportPrefix')) },
          executionArn: null,
          nextCommand: null,
          batchArn: { text: '"{}"', value: executionId },
        } satisfies { [field in keyof AlertDetails]-?: unknown }),
      },
    } satisfies Attributes,
    resultPath: DISCARD,
  });
}

/** A piece of JSON with `{}` in place of a value that is known only when the execution runs. */
interface Placeholder { readonly text: string; readonly value: string }

function createPlaceholder(path: string): Placeholder {
  return { text: '{}', value: jsonToString(objectAt(path)) };
}

/** Returns an intrinsic function that formats the object as JSON. */
function toFormattedJson(object: { readonly [field: string]: unknown }): string {
  const values: string[] = [];
  const render = (value: unknown): string => {
    if (isPlaceholder(value)) {
      values.push(value.value);
      return value.text;
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return escapeBraces(JSON.stringify(value));
    }
    return `\\{${Object.entries(value).map(([name, each]) => `"${name}":${render(each)}`).join(',')}\\}`;
  };
  return format(render(object), ...values);
}

function isPlaceholder(value: unknown): value is Placeholder {
  return typeof value === 'object' && value !== null && 'text' in value;
}

/**
 * Escapes braces, which `States.Format` reserves (Step Functions "Intrinsic functions"). CDK escapes the other reserved
 * characters.
 */
function escapeBraces(text: string): string {
  return Token.isUnresolved(text) ? text : text.replace(/[{}]/g, '\\$&');
}
