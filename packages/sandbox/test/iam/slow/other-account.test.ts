/**
 * A source in another account and region, with its own key: no permission on either side is
 * missing, and none is unnecessary. Each action at the source is removed from the role, and from
 * the policy there, and the run must then end differently.
 */
import type { Stack } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Listing } from '../../../../../src';
import { cleanUp } from '../../fixtures/assembly';
import { foreignGrantsOf, type Grant, grantsOf, isDecisive } from '../grants';
import { Stage } from '../outcomes';
import { SCENARIOS, synthesized } from '../scenarios';

jest.setTimeout(600_000);

const THEIRS = '444455556666';
const KEY = `arn:aws:kms:eu-west-1:${THEIRS}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;

const open = async (timeoutSeconds?: number) => {
  const stage = await Stage.open(
    synthesized(
      (stack: Stack) => ({
        bucket: s3.Bucket.fromBucketAttributes(stack, 'Theirs', {
          bucketName: 'theirs',
          account: THEIRS,
          region: 'eu-west-1',
        }),
        sourceKey: kms.Key.fromKeyArn(stack, 'TheirKey', KEY),
        listing: Listing.selective(),
        allowRestore: true,
      }),
      timeoutSeconds,
      { account: '111122223333', region: 'us-east-1' },
    ),
  );
  stage.sandbox.s3!.store.bucket('theirs').encryption = { algorithm: 'aws:kms', kmsKeyId: KEY };
  return stage;
};

const stages: Record<'usual' | 'brief', Stage | undefined> = { usual: undefined, brief: undefined };
beforeAll(async () => {
  stages.usual = await open();
  stages.brief = await open(6);
});
afterAll(async () => {
  for (const stage of Object.values(stages)) {
    await stage?.close();
  }
  cleanUp();
});

/** What the roles and the other account allow at the source and with its key. */
const grantsAtSource = (stage: Stage): Grant[] => [
  ...grantsOf(stage.sandbox).filter(
    ({ rule }) => rule.resource.includes(':::theirs') || rule.resource === KEY,
  ),
  ...foreignGrantsOf(stage.sandbox),
];

const names = [
  'a day is archived, a tagged object with it',
  'a bucket without Object Lock: no object is looked at',
  'locked objects',
  'annotated objects: a small one, a large one, and one whose copy somebody else has annotated',
  'somebody else removes objects meanwhile',
  'a batch is lost within the tolerance',
  'a run is restored, a tagged object with it',
  'old keys hold the same and something else',
  'an archived copy is gone',
  'a large archived object, what a killed copy of it left over, and a place that is taken ' +
    'meanwhile',
  'annotated archived objects: a large one, and one that is back and that somebody else has ' +
    'annotated',
  'a large archived object for which a round is too short',
  'locked archived objects, one of which is at its old key already',
  'a restore into a bucket without Object Lock: no archived object is looked at',
];

const proven = new Set<string>();

test.each(names.map((name) => [name]))('%s', async (name) => {
  const scenario = SCENARIOS.find((each) => each.name === name)!;
  const stage = stages[/^brief/.test(scenario.app ?? '') ? 'brief' : 'usual']!;
  const { outcome, uses } = await stage.usesOf(() => stage.run(scenario));
  const tried: string[] = [];
  for (const { name: grant, rule, rules } of grantsAtSource(stage)) {
    if (!uses.some((use) => isDecisive(rule, use))) {
      continue;
    }
    tried.push(grant);
    if (proven.has(grant)) {
      continue;
    }
    const restore = rules.revoke(rule);
    try {
      if (JSON.stringify(await stage.run(scenario)) !== JSON.stringify(outcome)) {
        proven.add(grant);
      }
    } finally {
      restore();
    }
  }
  expect(tried).not.toEqual([]);
  expect(await stage.run(scenario)).toEqual(outcome);
});

test('each permission at the source is needed on both sides', () => {
  const all = grantsAtSource(stages.usual!).map(({ name }) => name);
  expect(new Set(all).size).toBe(all.length);
  // One list for each side.
  expect(all.filter((name) => !proven.has(name))).toEqual([]);
  const sides = (theirs: boolean) =>
    all
      .filter((name) => name.startsWith('the other account allows ') === theirs)
      .map((name) =>
        name.replace('the other account allows ', '').replace(/kms:(\w+) .*/, 'kms:$1'),
      )
      .sort();
  expect(sides(true)).toEqual(sides(false));
});

test('the sandbox understands every statement', () => {
  expect(stages.usual!.sandbox.access.policies.unknown).toEqual([]);
});
