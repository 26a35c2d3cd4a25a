/**
 * Changes the product so that it breaks, on both sides at once: the row that is about it must be
 * different all the same. Without a change, each row is as it must be.
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { synthesize } from '../app';
import { deploymentOf, stackName } from '../names';
import { openRehearsal } from '../rehearsal';
import { machinesFor, SCENARIOS } from '../scenarios';
import { namesOf, play } from '../scenarios/scenario';
import { SMOKE } from '../scenarios/smoke';
import { compareAll } from '../table';

jest.setTimeout(240_000);

interface Resource {
  Type: string;
  Properties: any;
}
type Resources = Record<string, Resource>;
// The app needs copies of the bundles, because they are changed. Other tests leave the bundles
// where they are.
delete process.env.CDK_CONTEXT_JSON;

type Mutation = (resources: Resources, assembly: string) => void;

/** The resources of a type whose logical id has that in it. */
function each(
  resources: Resources,
  type: string,
  id: RegExp,
  change: (properties: any, id: string) => void,
): void {
  const found = Object.entries(resources).filter(
    ([name, resource]) => resource.Type === type && id.test(name),
  );
  if (found.length === 0) {
    throw new Error(`no ${type} has an id like ${String(id)}`);
  }
  for (const [name, { Properties }] of found) {
    change(Properties, name);
  }
}

function remove(type: string, id: RegExp): Mutation {
  return (resources) =>
    each(resources, type, id, (_, name) => {
      delete resources[name];
    });
}

/** Takes an action out of the policies of a role. */
function without(action: string, id: RegExp): Mutation {
  return (resources) => {
    let taken = 0;
    for (const [name, { Properties }] of Object.entries(resources).filter(([, { Type }]) =>
      /^AWS::IAM::(Role|Policy)$/.test(Type),
    )) {
      if (!id.test(name)) {
        continue;
      }
      const inline = (Properties.Policies ?? []).map((policy: any) => policy.PolicyDocument);
      for (const document of [Properties.PolicyDocument, ...inline].filter(Boolean)) {
        const before = document.Statement.length;
        document.Statement = document.Statement.filter(
          (statement: any) => ![statement.Action].flat().includes(action),
        );
        taken += before - document.Statement.length;
      }
    }
    if (taken === 0) {
      throw new Error(`no role like ${String(id)} may ${action}`);
    }
  };
}

function retained(change: (variables: Record<string, string>) => void): Mutation {
  return (resources) =>
    each(
      resources,
      'AWS::Lambda::Function',
      /LockedArchiveBatch/,
      ({ Environment: { Variables } }) => change(Variables),
    );
}

/** Changes the code of the functions that have such code. */
function recode(pattern: RegExp, replacement: string): Mutation {
  return (_, assembly) => {
    const files = (fs.readdirSync(assembly, { recursive: true }) as string[])
      .filter((file) => file.endsWith('index.js'))
      .map((file) => path.join(assembly, file));
    const found = files.filter((file) => pattern.test(fs.readFileSync(file, 'utf8')));
    if (found.length === 0) {
      throw new Error(`no function has code like ${String(pattern)}`);
    }
    for (const file of found) {
      fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace(pattern, replacement));
    }
  };
}

const NONE: Mutation = () => undefined;
/** The rows that turn red are those of the scenario, unless it has parts, and they are named. */
const CASES: [scenario: RegExp, change: string, mutation: Mutation, red?: RegExp][] = [
  [/^a schedule that may start nothing/, 'nothing', NONE],
  [
    /^a schedule that may start nothing/,
    'the trust of ExplainFailure demands the source of the request',
    (resources) =>
      each(
        resources,
        'AWS::IAM::Role',
        /ExplainFailure.*Role/,
        ({
          AssumeRolePolicyDocument: {
            Statement: [statement],
          },
        }) => {
          statement.Condition = { StringEquals: { 'aws:SourceAccount': '111122223333' } };
        },
      ),
  ],
  [
    /^a schedule that may start nothing/,
    'no function reads the dead letters',
    remove('AWS::Lambda::EventSourceMapping', /./),
  ],
  [
    /^a schedule that may start nothing/,
    'ExplainFailure may not read the queue',
    without('sqs:ReceiveMessage', /ExplainFailure/),
  ],
  [
    /^a schedule that may start nothing/,
    'ExplainFailure may not publish',
    without('sns:Publish', /ExplainFailure/),
  ],
  [/^a schedule starts a run/, 'nothing', NONE],
  [
    /^a schedule starts a run/,
    'the role of the schedule may not start runs',
    without('states:StartExecution', /ScheduledScheduleRole/),
  ],
  [/^smoke/, 'nothing', NONE],
  [
    /^smoke/,
    'the role of the schedule may not start runs',
    without('states:StartExecution', /SmokeScheduleRole/),
    /schedule/,
  ],
  [/^smoke/, 'ExplainFailure may not publish', without('sns:Publish', /ExplainFailure/), /refused/],
  [
    /^smoke/,
    'nothing may be deleted at the source',
    without('s3:DeleteObject', /SmokeArchiveBatch/),
    /day|schedule/,
  ],
  [/^objects fail/, 'nothing', NONE],
  [
    /^objects fail/,
    'the metrics have the name of something else',
    (resources) =>
      each(resources, 'AWS::Lambda::Function', /ReportRun/, ({ Environment: { Variables } }) => {
        Variables.ARCHIVER_NAME = 'other';
      }),
  ],
  [
    /^objects fail/,
    'the alarm watches another dimension',
    (resources) =>
      each(resources, 'AWS::CloudWatch::Alarm', /ObjectsFailed/, ({ Dimensions: [dimension] }) => {
        dimension.Value = 'other';
      }),
  ],
  [
    /^objects fail/,
    'the alarm has no action',
    (resources) =>
      each(resources, 'AWS::CloudWatch::Alarm', /ObjectsFailed/, (alarm) => {
        delete alarm.AlarmActions;
      }),
  ],
  [
    /^objects fail/,
    'CloudWatch may not publish',
    (resources) =>
      each(resources, 'AWS::SNS::TopicPolicy', /ScheduleMessages/, ({ PolicyDocument }) => {
        PolicyDocument.Statement = PolicyDocument.Statement.filter(
          (statement: object) => !JSON.stringify(statement).includes('cloudwatch'),
        );
      }),
  ],
  [/^a map run fails/, 'nothing', NONE],
  [
    /^a map run fails/,
    'the state machine may not redrive its children',
    without('states:RedriveExecution', /StandardStateMachine/),
  ],
  [/^kms/, 'nothing', NONE],
  [
    /^kms/,
    'ExplainFailure may not ask about the run',
    without('states:DescribeExecution', /ExplainFailure/),
  ],
  [/^kms/, 'ExplainFailure may not decrypt', without('kms:Decrypt', /ExplainFailure/)],
  [/^kms/, 'ArchiveBatch may not encrypt', without('kms:GenerateDataKey', /ArchiveBatch/)],
  [/^athena/, 'nothing', NONE],
  [
    /^athena/,
    'a saved query looks for something else',
    (resources) =>
      each(resources, 'AWS::Athena::NamedQuery', /FailedThisMonth/, (query) => {
        query.QueryString = query.QueryString.replace("'failed'", "'lost'");
      }),
  ],
  [/^athena/, 'a saved query is missing', remove('AWS::Athena::NamedQuery', /Unaccounted/)],
  [
    /^athena/,
    'the table reads the day of an object from a field that no line has',
    (resources) =>
      each(resources, 'AWS::Glue::Table', /^(?!.*Packs)/, ({ TableInput }) => {
        delete TableInput.StorageDescriptor.SerdeInfo.Parameters['mapping.object_day'];
      }),
  ],
  [
    /^athena/,
    'the table of the packs lies elsewhere',
    (resources) =>
      each(resources, 'AWS::Glue::Table', /Packs/, ({ TableInput: { StorageDescriptor } }) => {
        StorageDescriptor.Location = JSON.parse(
          JSON.stringify(StorageDescriptor.Location).replace('pack-index/', 'packs/'),
        );
      }),
  ],
  [/retained from its day/, 'nothing', NONE],
  [
    /retained from its day/,
    'the function knows no retention',
    retained((variables) => {
      delete variables.RETENTION;
    }),
  ],
  [
    /retained from its day/,
    'the retention is a day shorter',
    retained((variables) => {
      variables.RETENTION = variables.RETENTION.replace('"days":2', '"days":1');
    }),
  ],
  [
    /retained from its day/,
    'nothing may be retained',
    without('s3:PutObjectRetention', /LockedArchiveBatch/),
  ],
  [/legal hold goes/, 'nothing', NONE],
  [
    /legal hold goes/,
    'legal holds are dropped',
    recode(/[\w$]+==="ON"&&\{ObjectLockLegalHoldStatus:/, 'false&&{ObjectLockLegalHoldStatus:'),
  ],
  [/event hold goes/, 'nothing', NONE],
  [
    /event hold goes/,
    'event holds are dropped',
    recode(/[\w$]+==="ON"&&\{ObjectLockEventHold:/, 'false&&{ObjectLockEventHold:'),
  ],
  [/copy in parts has/, 'nothing', NONE],
  [
    /copy in parts has/,
    'annotations are dropped',
    recode(/([\w$]+)\.size===0\)return;(?=let [\w$]+=await [\w$]+\([\w$]+,)/, 'true)return;'),
  ],
  [
    /copy in parts has/,
    'annotations may not be written',
    without('s3:PutObjectAnnotation', /LockedArchiveBatch/),
  ],
];

test.each(CASES)('%s: with %s changed', async (pattern, change, mutation, named = /./) => {
  const scenario = [SMOKE, ...SCENARIOS].find(({ name }) => pattern.test(name))!;
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'mutations-'));
  const entry = {
    id: 'test1234',
    account: '111122223333',
    region: 'eu-central-1',
    started: '2026-11-25T00:00:00Z',
    machines: machinesFor([scenario]),
  };
  try {
    synthesize(entry, directory);
    const file = path.join(directory, `${stackName(entry.id)}.template.json`);
    const template = JSON.parse(fs.readFileSync(file, 'utf8')) as { Resources: Resources };
    mutation(template.Resources, directory);
    fs.writeFileSync(file, JSON.stringify(template));
    const rehearsal = await openRehearsal(
      directory,
      deploymentOf(entry.id, entry, entry.machines),
      new AbortController().signal,
    );
    try {
      const seen = await play(scenario, rehearsal.stage);
      const red = change === 'nothing' ? [] : namesOf(scenario).filter((name) => named.test(name));
      expect(
        compareAll(scenario, seen, seen)
          .filter(({ status }) => status === 'differs')
          .map(({ name }) => name),
      ).toEqual(red);
    } finally {
      await rehearsal.close();
    }
  } finally {
    fs.rmSync(directory, { recursive: true });
  }
});
