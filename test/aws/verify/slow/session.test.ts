/**
 * Checks the order of the steps, and that everything is destroyed and reported however the session
 * ends.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Account, Shared } from './account';
import { choose } from '../scenarios';
import type { Scenario } from '../scenarios/scenario';
import { NeverEnded, type Stage } from '../stage';

jest.setTimeout(300_000);

const QUICK = choose('', []).filter(({ name }) => /conditions|denied|several batches/.test(name));

/** The expectation is the same for every session of this app. */
const shared = new Shared();
afterAll(() => shared.close());
let account: Account;
beforeEach(() => {
  account = new Account(QUICK, shared);
});
afterEach(() => {
  account.close();
});

const named = (name: string, act: Scenario['play']): Scenario => ({
  name,
  objects: 0,
  runs: 0,
  play: act,
});
const rowsOf = () =>
  Object.fromEntries(account.reports.at(-1)!.map(({ name, status }) => [name, status]));

function expectNothingLeft(): void {
  expect(account.buckets()).toEqual([]);
  expect(account.journal.ids()).toEqual([]);
  expect(account.told).toContain('Nothing is left.');
}

test('rehearses, asks, deploys, plays, compares, destroys and reports', async () => {
  expect(await account.verify()).toBe(true);
  expect(account.told.at(-1)).toMatch(/\n\d+ passed, 0 failed$/);
  expect(account.steps).toEqual(['deploy, journal test1234', 'destroy']);
  expect(rowsOf()).toMatchObject({
    'the deployment': 'passed',
    'the definition of Standard': 'passed',
    '1 states of Batches': 'passed',
    [QUICK[0]!.name]: 'passed',
    'the clean-up': 'passed',
  });
  expectNothingLeft();
});

test('what AWS does differently is a row, and the verification fails', async () => {
  account.interference.restage = (stage: Stage) => {
    // This S3 does not know the condition.
    stage.s3.middlewareStack.add(
      (next) => (args) => {
        delete (args.input as { IfNoneMatch?: string }).IfNoneMatch;
        return next(args);
      },
      { step: 'initialize' },
    );
    return stage;
  };
  expect(await account.verify()).toBe(false);
  expect(account.told.join('\n')).toContain(
    'overAnObject: the sandbox says "PreconditionFailed", AWS "accepted"',
  );
  expect(Object.values(rowsOf()).filter((status) => status !== 'passed')).toEqual(['differs']);
  expectNothingLeft();
});

test(
  'without a yes nothing is created; the plan says what it is, for how long and how much, ' +
    'and how to remove it by hand',
  async () => {
    const plans: string[] = [];
    expect(
      await account.verify({
        confirm: async (plan) => {
          plans.push(plan);
          return false;
        },
      }),
    ).toBe(false);
    expect([account.steps, account.reports, account.journal.ids()]).toEqual([[], [], []]);
    expect(plans[0]).toMatch(
      /account 111122223333, region eu-central-1 \(profile test\): stack archiver-verify-test1234 with\n {2}3 AWS::S3::Bucket\n/,
    );
    expect(plans[0]).toMatch(/several batches: less than a minute, \$0\.00\d\d\n/);
    expect(plans[0]).toMatch(
      /Takes about \d+ minutes from now on, and costs about \$0\.\d\d: both are estimated\. After 60 minutes no scenario begins any more\./,
    );
    expect(plans[0]).toContain(
      'aws cloudformation delete-stack --stack-name $stack --region eu-central-1 --profile test',
    );
  },
);

test('a deployment that fails is destroyed and reported', async () => {
  account.interference.deny = 'cdk deploy';
  expect(await account.verify()).toBe(false);
  // It failed before there was a stack.
  expect(account.steps).toEqual([]);
  expect(rowsOf()).toMatchObject({
    'the deployment': 'differs',
    [QUICK[0]!.name]: 'skipped',
    'the clean-up': 'passed',
  });
  expectNothingLeft();
});

test(
  'an interruption while scenarios are played: no other begins, what runs is stopped, and all is ' +
    'destroyed and reported',
  async () => {
    const scenarios = [
      named('is interrupted', async (stage) => {
        account.abort('interrupted by SIGINT');
        return QUICK[1]!.play(stage);
      }),
      named('next', async () => {
        account.steps.push('played');
        return {};
      }),
    ];
    expect(await account.verify({ scenarios, rehearse: async () => [{}, {}] })).toBe(false);
    // A function of the run that was stopped may write once more after its bucket was emptied. Then
    // it is emptied and destroyed again.
    expect(new Set(account.steps)).toEqual(new Set(['deploy, journal test1234', 'destroy']));
    expect(rowsOf()).toMatchObject({ 'is interrupted': 'differs', next: 'skipped' });
    expectNothingLeft();
  },
);

test('two scenarios in a row that never end: the rest is skipped', async () => {
  const forever = (name: string) =>
    named(name, async () => {
      throw new NeverEnded('still runs after 900 s');
    });
  const scenarios = [
    forever('a'),
    named('b', async () => ({})),
    forever('c'),
    forever('d'),
    named('e', async () => ({})),
  ];
  expect(await account.verify({ scenarios, rehearse: async () => scenarios.map(() => ({})) })).toBe(
    false,
  );
  expect(rowsOf()).toMatchObject({
    a: 'differs',
    b: 'passed',
    c: 'differs',
    d: 'differs',
    e: 'skipped',
  });
  expect(account.told.join('\n')).toContain('2 scenarios in a row never ended');
  expectNothingLeft();
});

test(
  'when the minutes are over, no scenario begins, and one that began may not wait longer than ' +
    'that',
  async () => {
    let clock = 0;
    const budgets: number[] = [];
    const scenarios = [
      named('a', async ({ budget }) => {
        budgets.push(budget);
        clock = 9.99 * 60_000;
        return {};
      }),
      named('b', async ({ budget }) => {
        budgets.push(budget);
        clock = 10 * 60_000;
        return {};
      }),
      named('c', async () => ({})),
    ];
    expect(
      await account.verify({
        scenarios,
        rehearse: async () => scenarios.map(() => ({})),
        minutes: 10,
        now: () => clock,
      }),
    ).toBe(false);
    expect(rowsOf()).toMatchObject({
      a: 'passed',
      b: 'passed',
      c: 'skipped',
      'the clean-up': 'passed',
    });
    expect(budgets).toEqual([120_000, 600]);
    expectNothingLeft();
  },
);

test('what cannot be destroyed stays in the journal, is reported, and can be destroyed later', async () => {
  account.interference.deny = 'DeleteStack';
  expect(await account.verify()).toBe(false);
  expect(account.told.join('\n')).toContain(
    'LEFT BEHIND in account 111122223333, eu-central-1: stack archiver-verify-test1234. To try ' +
      'again: npm run verify:aws -- --clean-up test1234',
  );
  expect(rowsOf()).toMatchObject({ 'the clean-up': 'differs' });
  expect(account.journal.ids()).toEqual(['test1234']);
  expect(fs.existsSync(path.join(account.journal.assembly('test1234'), 'manifest.json'))).toBe(
    true,
  );

  account.interference = {};
  await account.cleanUp();
  expect([account.buckets(), account.journal.ids()]).toEqual([[], []]);
});

test('to keep it is possible, and said', async () => {
  await account.verify({ keep: true });
  expect(account.steps).toEqual(['deploy, journal test1234']);
  expect(account.told.join('\n')).toContain('Kept: npm run verify:aws -- --clean-up test1234');
  expect(account.journal.ids()).toEqual(['test1234']);
});
