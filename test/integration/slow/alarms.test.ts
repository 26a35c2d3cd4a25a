/**
 * Evaluates each alarm of the template with the metrics that the built functions print in three
 * weeks of nights. Each alarm goes into ALARM once when it should, and back to OK.
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import {
  openSandbox,
  type Sandbox,
  type SandboxSummary,
} from '../../../packages/sandbox/src/internal';
import { S3DatedArchiver } from '../../../src';
import { addDays } from '../../../src/dates/calendar';
import { type AlarmProperties, type Datum, metricsIn, transitions } from '../../helpers/cloudwatch';
import { only, resolve } from '../../helpers/synth';

jest.setTimeout(300_000);

const FIRST = '2026-11-01';
const DAY = 86_400_000;
/** CloudWatch does not document from how many periods before those of the alarm it takes values. */
const REACHES = [0, 2, 5];

let sandbox: Sandbox;
let template: Template;
let outdir: string;
let reportRun: string;
let explainFailure: string;
/** The current night. */
let tonight = 0;
const data: Datum[] = [];
/** The alerts of each night's run. */
const messages = new Map<number, SandboxSummary['alerts']>();

const at = (night: number, time = '01:00:00Z') => `${addDays(FIRST, night)}T${time}`;
const put = (key: string) => {
  sandbox.s3!.store.put(sandbox.sourceBucket, `incoming/${key}`, 'content');
};
/** Denies copies until the night is over. */
const deny = (keyPrefix: string) =>
  sandbox.s3!.store.deny({ operations: ['CopyObject'], keyPrefix });

interface Night {
  /** The number of objects that arrive for this night. */
  readonly objects?: number;
  readonly missed?: true;
  /** If set, the objects that were left at the source are removed. */
  readonly cleared?: true;
  readonly prepare?: () => (() => void) | void;
  /** Every invocation of ExplainFailure fails. */
  readonly explainerDies?: true;
}

/** The nights on which something goes wrong. All other nights are good. */
const NIGHTS: Record<number, Night> = {
  8: { prepare: () => deny('archive/2026/11/08/7-') },
  9: { cleared: true },
  10: { objects: 0 },
  11: { objects: 1 },
  13: { prepare: () => put('late-2026-11-09.csv') },
  14: { prepare: () => put('older-2026-11-01.csv') },
  15: { cleared: true },
  16: { missed: true },
  17: { cleared: true },
  18: { prepare: () => deny('archive/') },
  19: { cleared: true },
  20: { prepare: () => deny('archive/'), explainerDies: true },
  21: { cleared: true },
};
const LAST = 21;

beforeAll(async () => {
  outdir = fs.mkdtempSync(path.join(os.tmpdir(), 'alarms-'));
  const app = new App({ outdir });
  const stack = new Stack(app, 'Test', { env: { account: '111122223333', region: 'eu-west-1' } });
  const archiver = new S3DatedArchiver(stack, 'Archiver', {
    bucket: new Bucket(stack, 'Source', { bucketName: 'source' }),
    prefix: 'incoming/',
    schedule: ScheduleExpression.cron({ hour: '1', minute: '0' }),
    toleratedFailurePercentage: 10,
  });
  archiver.addAlarms({ objectsFailed: 0, runFailed: 0, oldStragglers: Duration.days(7) });
  app.synth();
  template = Template.fromStack(stack);
  reportRun = only(template, 'AWS::Lambda::Function', /ReportRun/).id;
  explainFailure = only(template, 'AWS::Lambda::Function', /ExplainFailure/).id;
  sandbox = await openSandbox({
    app: outdir,
    retryScale: 0,
    onInvoke: ({ logicalId, kill }) => {
      if (logicalId !== explainFailure) {
        return;
      }
      const dies = NIGHTS[tonight]?.explainerDies ?? false;
      // "Invocation metrics" of monitoring-metrics-types: there is a value for each invocation.
      data.push({
        namespace: 'AWS/Lambda',
        name: 'Errors',
        dimensions: { FunctionName: `<${explainFailure}>` },
        value: Number(dies),
        at: Date.parse(at(tonight, '01:00:30Z')),
      });
      if (dies) {
        kill();
      }
    },
  });
  for (let night = 1; night <= LAST; night++) {
    await pass(night);
  }
});

afterAll(async () => {
  await sandbox.close();
  fs.rmSync(outdir, { recursive: true });
});

async function pass(night: number): Promise<void> {
  tonight = night;
  const { objects = 20, missed, cleared, prepare } = NIGHTS[night] ?? {};
  const { store } = sandbox.s3!;
  if (cleared) {
    store
      .keys(sandbox.sourceBucket, 'incoming/')
      .forEach((key) => store.delete(sandbox.sourceBucket, key));
  }
  for (let i = 0; i < objects; i++) {
    put(`${i}-${addDays(FIRST, night - 1)}.csv`);
  }
  if (missed) {
    return;
  }
  const undo = prepare?.();
  const { alerts } = await sandbox.run({ now: at(night) });
  undo?.();
  messages.set(night, alerts);
  const { name, status, stopDate, stateMachineArn } = sandbox.lastExecution!;
  data.push(
    ...metricsIn(sandbox.lastLogLines(reportRun, 50).filter((line) => line.includes(`"${name}"`))),
  );
  // Step Functions' own metrics: "Execution metrics" of procedure-cw-metrics. Those that would be
  // zero are left out.
  const metric = {
    SUCCEEDED: 'ExecutionsSucceeded',
    FAILED: 'ExecutionsFailed',
    TIMED_OUT: 'ExecutionsTimedOut',
    ABORTED: 'ExecutionsAborted',
  }[status as string]!;
  data.push({
    namespace: 'AWS/States',
    name: metric,
    dimensions: { StateMachineArn: stateMachineArn },
    value: 1,
    at: stopDate!.getTime(),
  });
}

function alarm(id: string): AlarmProperties {
  const machine = only(template, 'AWS::StepFunctions::StateMachine').id;
  const properties = resolve(
    template,
    only(template, 'AWS::CloudWatch::Alarm', new RegExp(`^ArchiverAlarms${id}[0-9A-F]{8}$`))
      .properties,
  );
  return JSON.parse(
    JSON.stringify(properties).replaceAll(`<${machine}>`, sandbox.stateMachineArn),
  ) as AlarmProperties;
}

/** The nights on which an alarm goes into ALARM, and the nights on which it goes back to OK. */
function nights(properties: AlarmProperties, reach: number): Record<'ALARM' | 'OK', number[]> {
  const seen = transitions(
    properties,
    data,
    Date.parse(at(1, '00:30:00Z')),
    Date.parse(at(LAST, '12:00:00Z')),
    reach,
  );
  const getNights = (state: string) =>
    seen
      .filter((each) => each.state === state)
      .map((each) =>
        Math.floor((Date.parse(`${each.at}Z`) - Date.parse(at(0, '00:00:00Z'))) / DAY),
      );
  return { ALARM: getNights('ALARM'), OK: getNights('OK') };
}

const EXPECTED: [id: string, off: number[], back: number[]][] = [
  // It is in ALARM from the deployment to the first run, 26 hours after night 15, and after the
  // failed nights 18 and 20.
  ['NoRunCompleted', [1, 16, 18, 20], [1, 17, 19, 21]],
  // No objects arrive on night 10, and few on night 11. That is one alarm.
  ['NothingArrived', [10], [1, 12]],
  ['Stragglers', [13], [1, 15]],
  ['OldStragglers', [14], [1, 15]],
  // The function fails three times on night 20, which is one alarm. On night 18 it works.
  ['ExplainerFailed', [20], [1, 20]],
  ['ObjectsFailed', [8], [1, 9]],
  ['RunFailed', [18, 20], [1, 18, 20]],
];

test('this test has every alarm of the template', () => {
  const ids = Object.keys(template.findResources('AWS::CloudWatch::Alarm')).map((id) =>
    id.replace(/^ArchiverAlarms|[0-9A-F]{8}$/g, ''),
  );
  expect(ids.sort()).toEqual(EXPECTED.map(([id]) => id).sort());
});

test.each(EXPECTED)(
  'alarm %s goes into ALARM on nights %j and back to OK on nights %j',
  (id, off, back) => {
    for (const reach of REACHES) {
      expect({ reach, ...nights(alarm(id), reach) }).toEqual({ reach, ALARM: off, OK: back });
    }
  },
);

test(
  'runs send alerts about what the optional alarms watch, and about nothing that the default ' +
    'alarms watch',
  () => {
    const spoke = [...messages]
      .filter(([, alerts]) => alerts.length > 0)
      .map(([night, alerts]) => [night, alerts.length]);
    // The last alert is the raw event of a run that ExplainFailure could not explain.
    expect(spoke).toEqual([
      [8, 1],
      [18, 1],
      [20, 1],
    ]);
    expect(messages.get(20)![0]).toMatchObject({
      subject: null,
      message: expect.stringContaining('"requestPayload"'),
    });
  },
);

/**
 * In the two best-known constructs of this kind, alarms can never fire because a name or a
 * dimension is wrong.
 */
describe.each(EXPECTED)('alarm %s', (id, off, back) => {
  test.each<[string, (text: string) => string]>([
    ['namespace', (text) => text.replaceAll(/("Namespace":"[^"]+)/g, '$1x')],
    ['name', (text) => text.replaceAll(/("MetricName":"[^"]+)/g, '$1x')],
    ['dimension', (text) => text.replaceAll(/("Name":"[^"]+)/g, '$1x')],
    ['value of the dimension', (text) => text.replaceAll(/("Value":"[^"]+)/g, '$1x')],
    [
      'number of dimensions',
      (text) =>
        text.replaceAll('"Dimensions":[', '"Dimensions":[{"Name":"service","Value":"report-run"},'),
    ],
    [
      'comparison',
      (text) =>
        text.replaceAll(
          /"(Greater|Less)ThanThreshold"/g,
          (_, than) => `"${than === 'Less' ? 'Greater' : 'Less'}ThanOrEqualToThreshold"`,
        ),
    ],
  ])('has other nights if its %s is wrong', (_, break_) => {
    const broken = JSON.parse(break_(JSON.stringify(alarm(id)))) as AlarmProperties;
    expect(broken).not.toEqual(alarm(id));
    expect(nights(broken, 2)).not.toEqual({ ALARM: off, OK: back });
  });
});
