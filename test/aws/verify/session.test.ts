/**
 * The quick form of slow/session.test.ts and slow/denials.test.ts: without a sandbox, and without
 * AWS.
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Answers } from './answers';
import { type Entry, Journal } from './journal';
import { parseReport } from './report/kept';
import { createReportOfKilled } from './report/killed';
import { describeReport } from './report/report';
import type { Scenario } from './scenarios/scenario';
import { type Session, verify } from './session';
import { Stacks } from './slow/stacks';
import { NeverEnded, type Stage } from './stage';
import type { Row } from './table';

jest.setTimeout(120_000);

const ENTRY: Entry = {
  id: 'test1234',
  region: 'eu-central-1',
  account: '111122223333',
  started: '2026-11-25T00:00:00Z',
  machines: ['Standard'],
};
const FACTS = {
  started: ENTRY.started,
  commit: 'unknown',
  region: ENTRY.region,
  versions: {},
  played: 'all',
  secrets: { ACCOUNT: ENTRY.account },
};
const NEVER = new AbortController().signal;
const GONE = Object.assign(new Error('gone'), { name: 'NoSuchBucket' });

let directory: string;
let journal: Journal;
let steps: string[];
let told: string[];
let rows: readonly Row[];
let stacks: Stacks;
beforeEach(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'session-'));
  journal = new Journal(directory);
  [steps, told, rows] = [[], [], []];
  stacks = new Stacks(ENTRY, async () => undefined);
});
afterEach(() => {
  fs.rmSync(directory, { recursive: true });
});

const playing = (
  name: string,
  act: (stage: Stage) => Promise<object> = async () => ({}),
): Scenario => ({ name, objects: 0, runs: 0, play: act as Scenario['play'] });
const forever = (name: string) =>
  playing(name, async () => {
    throw new NeverEnded('still runs');
  });
const statuses = () => Object.fromEntries(rows.map(({ name, status }) => [name, status]));

/** A session whose buckets are gone, and in which a step can be denied. */
function session(
  scenarios: Scenario[],
  { deny = '', ...more }: Partial<Session> & { deny?: string } = {},
): Session {
  const step = async <T>(name: string, result: T) => {
    steps.push(name);
    if (deny === name) {
      throw Object.assign(new Error(`${name} is denied`), { name: 'AccessDenied' });
    }
    return result;
  };
  const denied = Object.assign(new Error('TestState is denied'), { name: 'AccessDeniedException' });
  return {
    entry: ENTRY,
    scenarios,
    journal,
    keep: false,
    minutes: 60,
    now: Date.now,
    answers: new Answers(),
    facts: FACTS,
    signal: NEVER,
    tell: (text) => told.push(text),
    rehearse: async () => scenarios.map(() => ({})),
    confirm: async () => true,
    s3: {
      send: async () => {
        throw GONE;
      },
    } as never,
    sfn: {
      send: async (command: object) => {
        if (command.constructor.name === 'ListTagsForResourceCommand') {
          throw Object.assign(new Error('gone'), { name: 'ResourceNotFound' });
        }
        if (command.constructor.name === 'ListExecutionsCommand') {
          return {};
        }
        throw denied;
      },
    } as never,
    account: () => step('account', ENTRY.account),
    cdk: {
      deploy: async () => {
        await step('deploy', {});
        stacks.create('archiver-verify-test1234', {});
        return {};
      },
    },
    cloudFormation: {
      describe: async (name) => {
        await step('describe', undefined);
        return stacks.describe(name);
      },
      delete: async (id) => {
        await step('destroy', undefined);
        return stacks.delete(id);
      },
    },
    // The buckets are gone, so a scenario begins with an error unless it has no bucket to empty.
    stage: () =>
      ({
        deployment: { id: ENTRY.id, buckets: {}, machines: {} },
        signal: NEVER,
        budget: 1,
        patience: 1,
        subjects: async () => [],
      }) as never,
    report: (found) => {
      rows = found;
    },
    sleep: () => new Promise((resolve) => setImmediate(resolve)),
    ...more,
  };
}

test('each check is a row, and one that fails or may not be asked hides no other', async () => {
  expect(
    await verify(
      session([
        playing('a'),
        playing('b', async () => {
          throw new Error('b fails');
        }),
        playing('c'),
      ]),
    ),
  ).toBe(false);
  expect(statuses()).toEqual({
    'the deployment': 'passed',
    'the definition of Standard': 'unknown',
    a: 'passed',
    b: 'differs',
    c: 'passed',
    'the clean-up': 'passed',
  });
  expect(journal.ids()).toEqual([]);
});

test('two scenarios in a row that never end stop the rest, and so does the deadline', async () => {
  await verify(session([forever('a'), playing('b'), forever('c'), forever('d'), playing('e')]));
  expect(statuses()).toMatchObject({
    a: 'differs',
    b: 'passed',
    c: 'differs',
    d: 'differs',
    e: 'skipped',
  });
  let clock = 0;
  await verify(
    session(
      [
        playing('a', async () => {
          clock = 61 * 60_000;
          return {};
        }),
        playing('b'),
      ],
      { now: () => clock },
    ),
  );
  expect(statuses()).toMatchObject({ a: 'passed', b: 'skipped', 'the clean-up': 'passed' });
  expect(rows.find(({ name }) => name === 'b')!.details).toEqual(['the 60 minutes are over']);
});

test.each([
  ['deploy', []],
  ['destroy', ['test1234']],
  ['account', ['test1234']],
])('%s is denied: it is destroyed as far as it may be, and reported', async (deny, left) => {
  expect(await verify(session([playing('a')], { deny }))).toBe(false);
  expect(statuses()).toMatchObject({
    a: deny === 'deploy' ? 'skipped' : 'passed',
    'the clean-up': left.length === 0 ? 'passed' : 'differs',
  });
  expect([journal.ids(), stacks.ids().length]).toEqual([left, left.length]);
  expect(told.join('\n').includes('LEFT BEHIND in account 111122223333')).toBe(left.length > 0);
});

test.each<[string, () => void, RegExp]>([
  [
    'a stack has the name already',
    () => stacks.create('archiver-verify-test1234', { 'cdk-s3-dated-archiver': 'verify-test1234' }),
    /there is a stack archiver-verify-test1234 already, arn:.*: repeat the command/,
  ],
  ['no call may say whether a stack has the name', () => undefined, /describe is denied/],
])('%s: nothing is deployed, and nothing destroyed', async (_name, prepare, why) => {
  prepare();
  const before = stacks.ids();
  const deny = before.length === 0 ? 'describe' : '';
  expect(await verify(session([playing('a')], { deny }))).toBe(false);
  expect(statuses()).toEqual({ 'the deployment': 'differs', a: 'skipped' });
  expect(rows[0]!.details[0]).toMatch(why);
  expect([stacks.ids(), steps.filter((step) => step !== 'describe'), journal.ids()]).toEqual([
    before,
    [],
    [],
  ]);
});

test('the id of the stack is on disk while it is still deployed, and so is who deploys it', async () => {
  let known: Entry | undefined;
  const given = session([playing('a')]);
  const deploy: Session['cdk']['deploy'] = async (_entry, _assembly, _signal, began) => {
    began(4711);
    stacks.create('archiver-verify-test1234', {}, 'REVIEW_IN_PROGRESS');
    for (const end = Date.now() + 5_000; known?.stackId === undefined && Date.now() < end;) {
      await new Promise((resolve) => setImmediate(resolve));
      known = journal.read(ENTRY.id);
    }
    return {};
  };
  const [id] = await verify({ ...given, cdk: { deploy }, keep: true }).then(() => stacks.ids());
  expect(known).toMatchObject({ ...ENTRY, stackId: id, cli: 4711 });
});

test('a deployment that is interrupted after the stack was made: its id is on disk', async () => {
  const given = session([playing('a')]);
  const deploy = async () => {
    stacks.create('archiver-verify-test1234', {}, 'REVIEW_IN_PROGRESS');
    throw new Error('interrupted by SIGINT');
  };
  await verify({ ...given, cdk: { deploy } });
  expect([stacks.ids(), journal.ids(), statuses()['the clean-up']]).toEqual([[], [], 'passed']);
});

test('how far it has come is on disk, with all rows before that, until there is a report', async () => {
  const seen: string[] = [];
  const look = () => {
    const { doing, rows: before } = journal.progress(ENTRY.id)!;
    seen.push(`${doing}: ${before.map(({ name }) => name).join(', ')}`);
  };
  const given = session([
    playing('a', async () => {
      look();
      return {};
    }),
    playing('b', async () => {
      look();
      return {};
    }),
  ]);
  await verify({
    ...given,
    rehearse: async () => {
      look();
      return [{}, {}];
    },
    confirm: async () => {
      look();
      return true;
    },
    cdk: {
      deploy: async () => {
        look();
        stacks.create('archiver-verify-test1234', {});
        return {};
      },
    },
    cloudFormation: {
      describe: (name) => stacks.describe(name),
      delete: async (id) => {
        look();
        return stacks.delete(id);
      },
    },
    report: () => look(),
  });
  const before = 'the deployment, the definition of Standard';
  expect(seen).toEqual([
    'played the scenarios in the sandbox: ',
    'waited for a yes to its plan: ',
    'deployed the stack: ',
    `played "a": ${before}`,
    `played "b": ${before}, a`,
    `cleaned up: ${before}, a, b`,
    `wrote the report: ${before}, a, b, the clean-up`,
  ]);
  expect([journal.progress(ENTRY.id), fs.readdirSync(directory)]).toEqual([undefined, []]);
});

test('what a scenario may leave behind is in the plan, before anything is created', async () => {
  let plan = '';
  const confirm = async (text: string) => {
    plan = text;
    return false;
  };
  expect(
    await verify(
      session([{ ...playing('a'), warning: 'it may stay for a day' }, playing('b')], { confirm }),
    ),
  ).toBe(false);
  expect(plan).toMatch(/\n {2}a: .*\n {4}it may stay for a day\n {2}b: /);
});

test('a report that cannot be written can be written later', async () => {
  const full = new Error('no space left on device');
  await expect(
    verify(
      session([playing('a')], {
        report: () => {
          throw full;
        },
      }),
    ),
  ).rejects.toThrow(full);
  expect([journal.ids(), journal.unreported()]).toEqual([[], [ENTRY.id]]);
  const report = createReportOfKilled(journal.progress(ENTRY.id)!);
  expect(report.rows.map(({ name, status }) => [name, status])).toEqual([
    ['the deployment', 'passed'],
    ['the definition of Standard', 'unknown'],
    ['a', 'passed'],
    ['the clean-up', 'passed'],
    ['the process', 'differs'],
  ]);
  expect(describeReport(parseReport(JSON.stringify(report)))).toMatch(
    /\n\*\*The process was killed while it wrote the report, which it had begun at .*Z\./,
  );
});

test(
  'everything that CloudFormation creates has the tag, and the time from which on anybody may ' +
    'delete it',
  async () => {
    await verify(session([playing('a')], { keep: true }));
    const template = JSON.parse(
      fs.readFileSync(
        path.join(journal.assembly(ENTRY.id), 'archiver-verify-test1234.template.json'),
        'utf8',
      ),
    ) as { Resources: Record<string, { Type: string; Properties?: { Tags?: object[] } }> };
    const tagged = Object.values(template.Resources).filter(
      ({ Properties }) => Properties?.Tags && Array.isArray(Properties.Tags),
    );
    expect(tagged.length).toBeGreaterThan(15);
    for (const { Properties } of tagged) {
      expect(Properties!.Tags).toEqual(
        expect.arrayContaining([
          { Key: 'cdk-s3-dated-archiver', Value: 'verify-test1234' },
          { Key: 'cdk-s3-dated-archiver-expires', Value: '2026-11-26T00:00:00.000Z' },
        ]),
      );
    }
    // These types have no tags, or none that CDK sets.
    const untagged = new Set(
      Object.values(template.Resources)
        .filter((resource) => !tagged.includes(resource))
        .map(({ Type }) => Type),
    );
    expect([...untagged].sort()).toEqual([
      'AWS::IAM::Policy',
      'AWS::Lambda::EventInvokeConfig',
      'AWS::Lambda::Permission',
      'AWS::Logs::QueryDefinition',
      'AWS::S3::BucketPolicy',
      'AWS::SNS::Subscription',
      'AWS::SNS::TopicPolicy',
      'AWS::SQS::QueuePolicy',
    ]);
  },
);
