/**
 * Every scenario and every flag, from the plan to the report, as `npm run verify:aws -- --with
 * kms,load,versioned,large,athena,locks` plays them.
 */
import { Account, Shared } from './account';
import { MATRIX, OF_THE_REHEARSAL } from './matrix';
import { FLAGS } from '../names';
import { CALLS } from '../policies/calls';
import { allowing, readPolicy } from '../policies/evaluate';
import { choose, SCENARIOS } from '../scenarios';
import { namesOf } from '../scenarios/scenario';

jest.setTimeout(1_800_000);

test('everything is every scenario', () => {
  expect(choose('', FLAGS)).toEqual(SCENARIOS);
});

/** Of a request that uses a key of the verification. */
const KEYS_OF_VERIFICATION = { 'aws:ResourceTag/cdk-s3-dated-archiver': 'verify-test1234' };

test.each([
  ['everything', choose('', FLAGS)],
  ['smoke', choose('smoke', [])],
])(
  "%s: all is as the sandbox says, nothing is left, and the person's policy allows every request",
  async (_, played) => {
    const shared = new Shared();
    const account = new Account(played, shared);
    try {
      await account.verify();
      const rows = account.reports[0]!;
      expect(rows.filter(({ status }) => status !== 'passed')).toEqual([]);
      expect(
        played.flatMap(namesOf).filter((name) => !rows.some((row) => row.name === name)),
      ).toEqual([]);
      const load = rows.find(({ name }) => name.startsWith('load'));
      if (load) {
        expect(load.notes).toContain(
          'requests that S3 answered with 5xx, such as 503, as CloudWatch counts them: 0 at the ' +
            'source, 0 at the archive',
        );
      }
      expect([account.buckets(), account.journal.ids()]).toEqual([[], []]);
      const made = account.requests.filter(({ call }) => call in CALLS);
      const needs = made.flatMap(({ call, input }) =>
        CALLS[call]!(input).map((need) => ({ call, ...need })),
      );
      expect(
        needs.filter(
          (need) => allowing(readPolicy('person'), need, KEYS_OF_VERIFICATION).length === 0,
        ),
      ).toEqual([]);
      // denials.test.ts denies and delays each call that is made here.
      expect(
        [...account.calls].filter((call) => !MATRIX.includes(call) && !OF_THE_REHEARSAL.has(call)),
      ).toEqual([]);
    } finally {
      account.close();
      await shared.close();
    }
  },
);
