/** How much of AWS's quotas an archiver takes: counted in templates, or read in the sources. */
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { type App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { policiesOf, unique } from './actions';
import { everyFeature } from './apps';
import { batchesAtOnce } from '../../../../src/contract/batches';
import { environment, resolve, synth } from '../../../helpers/synth';
import { quickApp } from '../../../unit/construct/feature-flags/places';
import { addArchivers, CLI, measure } from '../../../unit/construct/many-archivers';

export const ROOT = path.resolve(__dirname, '../../../..');

/** One quota of an account, a region, a template or a request. */
export interface Quota {
  readonly name: string;
  readonly value: string;
  readonly page: string;
  /** What one archiver takes, and what twelve take. */
  readonly one: string;
  readonly twelve: string;
  /** What to change if it is too much. */
  readonly change: string;
}

const COUNTS = [1, 12] as const;

const number = (value: number) => value.toLocaleString('en-US');

function stackOf(count: number): { app: App; template: Template } {
  const app = quickApp(CLI);
  const stack = new Stack(app, 'Archives');
  addArchivers(stack, count);
  return { app, template: Template.fromStack(stack) };
}

/** A constant of the sources, such as `16 * 1024`. */
export function constantOf(file: string, name: string): number {
  const text = readFileSync(path.join(ROOT, file), 'utf8');
  const value = new RegExp(`const ${name}(?:: \\w+)? = ([\\d_*() +-]+);`).exec(text)?.[1];
  if (!value) {
    throw new Error(`${file} has no constant ${name} that is a number`);
  }
  return value
    .replaceAll('_', '')
    .split('*')
    .reduce((product, factor) => product * Number(factor), 1);
}

/**
 * In place of each name and ARN that a deployment makes. The longest ARNs here are those of
 * functions: 64 characters of name after at most 66 others.
 */
const LONGEST = 'x'.repeat(130);

/** The characters of the inline policies of each role, without white space, as IAM counts them. */
export function policySizes(template: Template): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  for (const { roles, document } of policiesOf(template)) {
    const text = JSON.stringify(resolve(template, document)).replace(/<[^<>]+>/g, LONGEST);
    for (const role of roles) {
      sizes.set(role, (sizes.get(role) ?? 0) + text.replace(/\s/g, '').length);
    }
  }
  return sizes;
}

const largest = (templates: readonly Template[]) =>
  Math.max(...templates.flatMap((template) => [...policySizes(template).values()]));

/** The longest policy that an archiver writes for a bucket of its own. */
function bucketPolicyBytes(template: Template): number {
  return Math.max(
    ...Object.values(template.findResources('AWS::S3::BucketPolicy')).map(
      ({ Properties }) =>
        JSON.stringify(resolve(template, Properties.PolicyDocument)).replace(/<[^<>]+>/g, LONGEST)
          .length,
    ),
  );
}

/** The resources of an account of which there may be only so many. */
const COUNTED: readonly (Pick<Quota, 'name' | 'value' | 'page' | 'change'> & { type: string })[] = [
  {
    type: 'AWS::IAM::Role',
    name: 'IAM roles in an account',
    value: '1,000',
    page: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html',
    change: 'nothing: a role for each function is what keeps rights apart',
  },
  {
    type: 'AWS::Events::Rule',
    name: 'EventBridge rules of an event bus',
    value: '300',
    page: 'https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html',
    change: '`onRunFailed()` and `onRunCompleted()` add one each',
  },
  {
    type: 'AWS::Scheduler::Schedule',
    name: 'Schedules of EventBridge Scheduler',
    value: '1,000,000',
    page: 'https://docs.aws.amazon.com/scheduler/latest/UserGuide/scheduler-quotas.html',
    change: '`schedule`; `addVerification()` adds one',
  },
  {
    type: 'AWS::StepFunctions::StateMachine',
    name: 'State machines',
    value: '10,000',
    page: 'https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html',
    change: 'nothing',
  },
  {
    type: 'AWS::Lambda::Function',
    name: 'Lambda functions: their code counts, 75 GB',
    value: '75 GB',
    page: 'https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html',
    change: '`allowRestore`, `packing` and `Listing.selective()` add one each',
  },
  {
    type: 'AWS::Logs::LogGroup',
    name: 'Log groups',
    value: '1,000,000',
    page: 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html',
    change: 'one for each function, and one for the state machine',
  },
  {
    type: 'AWS::Logs::QueryDefinition',
    name: 'Saved queries of Logs Insights',
    value: '1,000',
    page: 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html',
    change: 'nothing',
  },
  {
    type: 'AWS::CloudWatch::Alarm',
    name: 'CloudWatch alarms',
    value: '5,000',
    page: 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html',
    change: '`addAlarms()`',
  },
  {
    type: 'AWS::SNS::Topic',
    name: 'SNS topics',
    value: '100,000',
    page: 'https://docs.aws.amazon.com/general/latest/gr/sns.html',
    change: 'share `alertTopic`',
  },
  {
    type: 'AWS::S3::Bucket',
    name: 'General purpose buckets in an account',
    value: '10,000',
    page: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/BucketRestrictions.html',
    change: 'share `reportBucket`',
  },
];

function countedQuotas(templates: readonly Template[]): Quota[] {
  const count = (template: Template, type: string) =>
    // One bucket is the source, which is not the archiver's.
    Object.keys(template.findResources(type)).filter((id) => id.startsWith('Archiver')).length;
  return COUNTED.map(({ type, ...quota }) => {
    const [one, twelve] = templates.map((template) => number(count(template, type)));
    return { ...quota, one: one!, twelve: twelve! };
  });
}

function templateQuotas(apps: readonly App[]): Quota[] {
  const [one, twelve] = apps.map((app) => measure(app)[0]!);
  const page =
    'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html';
  const change =
    'share `alertTopic` and `reportBucket` ([more of them fit into a stack](recipes.md#ten-prefixes))';
  return [
    {
      name: 'CloudFormation: resources of a template',
      value: '500',
      page,
      // The source bucket is one of them.
      one: number(one!.resources - 1),
      twelve: number(twelve!.resources - 1),
      change,
    },
    {
      name: 'CloudFormation: bytes of a template',
      value: '1,000,000',
      page,
      one: number(one!.bytes),
      twelve: number(twelve!.bytes),
      change,
    },
  ];
}

function policyQuotas(template: Template): Quota[] {
  return [
    {
      name: 'IAM: characters of the inline policies of a role',
      value: '10,240',
      page: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html',
      one: `${number(largest([template]))}; with every feature ${number(largest(everyFeature()))}`,
      twelve: 'the same, for each role',
      change: 'nothing: each role has its own',
    },
    {
      name: 'S3: bytes of a bucket policy',
      value: '20 KB',
      page: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html',
      one: `${number(bucketPolicyBytes(template))}, of the report bucket`,
      twelve: 'the same, for each report bucket',
      change:
        'a bucket of another account needs the statements of each archiver; a central archive takes three, by `S3DatedArchiver.grantOrganization()`',
    },
  ];
}

function runQuotas(): Quota[] {
  const { MAX_OBJECTS_PER_SECOND, BATCH_SIZE } = environment(synth().template, 'PlanRun') as Record<
    string,
    string
  >;
  const rate = Number(MAX_OBJECTS_PER_SECOND);
  const atOnce = batchesAtOnce(rate);
  const starts = rate / Number(BATCH_SIZE);
  const [, twelve] = COUNTS;
  const states = 'https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html';
  return [
    {
      name: 'Step Functions: Map Runs that are open',
      value: '1,000; more wait',
      page: states,
      one: '1',
      twelve: number(twelve),
      change: 'runs at other hours (`schedule`)',
    },
    {
      name: 'Step Functions: children that a Map Run starts in a second',
      value: '100',
      page: states,
      one: String(starts),
      twelve: `${starts}, each Map Run`,
      change: '`batchSize`, `maxObjectsPerSecond`',
    },
    {
      name: 'Lambda: functions that run at the same time',
      value: '1,000; less in new accounts',
      page: 'https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html',
      one: number(atOnce),
      twelve: `${number(twelve * atOnce)}, if all run at the same time`,
      change: '`maxConcurrency`, or `maxObjectsPerSecond`, from which it follows',
    },
    {
      name: 'S3: writes a second below one partitioned prefix',
      value: '3,500',
      page: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html',
      one: `${number(2 * rate)}: a copy and a delete for each object`,
      twelve: `${number(twelve * 2 * rate)}, if all run at the same time below one prefix`,
      change: '`maxObjectsPerSecond`',
    },
  ];
}

function sizeQuotas(): Quota[] {
  const KIB = 1024;
  const input = constantOf('src/construct/state-machine/distributed-map.ts', 'MAX_INPUT_BYTES');
  const alert = constantOf('src/lambda/alerts/alert.ts', 'MAX_BYTES');
  const failure = constantOf('src/lambda/explain-failure/failure-message.ts', 'MAX_BYTES');
  return [
    {
      name: 'Step Functions: bytes of the input of a state',
      value: '256 KiB',
      page: 'https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html',
      one: `at most ${input / KIB} KiB, a batch`,
      twelve: 'the same, for each batch',
      change: '`batchSize`; a batch that would be larger is split',
    },
    {
      name: 'SNS: bytes of a message',
      value: '256 KiB',
      page: 'https://docs.aws.amazon.com/general/latest/gr/sns.html',
      one: `at most ${alert / KIB} KiB of text; of a failed run ${failure / KIB} KiB`,
      twelve: 'the same, for each message',
      change: 'nothing: longer texts are cut',
    },
  ];
}

export function quotas(): Quota[] {
  const stacks = COUNTS.map(stackOf);
  const templates = stacks.map(({ template }) => template);
  return [
    ...templateQuotas(stacks.map(({ app }) => app)),
    ...policyQuotas(templates[0]!),
    ...countedQuotas(templates),
    ...runQuotas(),
    ...sizeQuotas(),
  ];
}

/** The pages of AWS that the quotas are on. */
export const pagesOf = (rows: readonly Quota[]) => unique(rows.map(({ page }) => page));
