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

/** Publishes what ReportRun has written. */
export function notifyRun(scope: Construct, topic: sns.ITopic): tasks.SnsPublish {
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

/** Publishes what a finished batch has met with, in words of its own: no function is asked for better ones. */
export function notifyBatch(scope: Construct, topic: sns.ITopic, archiver: string, reports: Place): tasks.SnsPublish {
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
        value: formatJson({
          schemaVersion: 1,
          archiver,
          runId: json(run('id')),
          dates: { from: json(run('from')), to: json(run('to')) },
          outcome: 'PROBLEMS',
          layer: 'S3',
          code: json(`${progress('problems')}[0].code`),
          cause: null,
          counts: json(progress('counts')),
          reasons: [],
          problems: json(progress('problems')),
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

/** A piece of JSON with `{}` in the place of a value that only the execution knows. */
interface Gap { readonly text: string; readonly value: string }

function json(path: string): Gap {
  return { text: '{}', value: jsonToString(objectAt(path)) };
}

/** An object as JSON, written by an intrinsic function. */
function formatJson(object: { readonly [field: string]: unknown }): string {
  const values: string[] = [];
  const render = (value: unknown): string => {
    if (isGap(value)) {
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

function isGap(value: unknown): value is Gap {
  return typeof value === 'object' && value !== null && 'text' in value;
}

/** Step Functions "Intrinsic functions", reserved characters; CDK sees to the others. */
function escapeBraces(text: string): string {
  return Token.isUnresolved(text) ? text : text.replace(/[{}]/g, '\\$&');
}
