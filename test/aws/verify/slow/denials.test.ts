/**
 * Denies each call to AWS in turn, and delays the answer to each call in turn. Every time nothing
 * is left, or the journal says what is and a later clean-up removes it, and there is a report.
 */
import { Account, Shared } from './account';
import { MATRIX, NEEDED_TO_CLEAN_UP, OF_THE_REHEARSAL, PLAYED, SEEN_OTHERWISE } from './matrix';
import { CALLS } from '../policies/calls';
import { allowing, readPolicy } from '../policies/evaluate';

jest.setTimeout(1_200_000);

/** The quick form takes every n-th call. */
const CALLS_EVERY = Number(process.env.CALLS_EVERY ?? 1);

const shared = new Shared();
afterAll(() => shared.close());
let calls: string[];
let requests: Account['requests'];
let account: Account;
beforeAll(async () => {
  account = new Account(PLAYED, shared);
  try {
    await account.verify();
    expect(account.reports[0]!.filter(({ status }) => status !== 'passed')).toEqual([]);
    ({ requests } = account);
    calls = [...account.calls].filter((call) => !OF_THE_REHEARSAL.has(call)).sort();
  } finally {
    account.close();
  }
});

test('every call of the matrix is made, and no other one', () => {
  expect(calls).toEqual([...MATRIX]);
});

test('the policy for the person allows every request', () => {
  const made = requests.filter(({ call }) => !OF_THE_REHEARSAL.has(call));
  const needs = made.flatMap(({ call, input }) =>
    CALLS[call]!(input).map((need) => ({ call, ...need })),
  );
  expect(needs.length).toBeGreaterThan(100);
  expect(needs.filter((need) => allowing(readPolicy('person'), need).length === 0)).toEqual([]);
});

async function withAccount(work: () => Promise<void>): Promise<void> {
  account = new Account(PLAYED, shared);
  try {
    await work();
  } finally {
    account.close();
  }
}

const TRIED = MATRIX.filter((_, index) => index % CALLS_EVERY === 0);

test('a denial of each call: a report each time, and nothing is left after the denial is gone', async () => {
  const left: string[] = [];
  for (const call of TRIED) {
    await withAccount(async () => {
      account.interference.deny = call;
      const isFine = await account.verify();
      expect([call, account.reports.length]).toEqual([call, 1]);
      const rows = account.reports[0]!;
      const told = rows.some(
        ({ status, details }) => /differs|unknown/.test(status) && details.length > 0,
      );
      expect([call, isFine, told]).toEqual([call, !told, told]);
      expect([call, told || SEEN_OTHERWISE.has(call)]).toEqual([call, true]);
      expect([call, PLAYED.every(({ name }) => rows.some((row) => row.name === name))]).toEqual([
        call,
        true,
      ]);
      if (account.journal.ids().length > 0) {
        left.push(call);
        expect(account.told.join('\n')).toContain('LEFT BEHIND in account 111122223333');
        account.interference = {};
        await account.cleanUp();
      }
      expect([call, account.buckets(), account.journal.ids()]).toEqual([call, [], []]);
    });
  }
  expect(left.filter((call) => !NEEDED_TO_CLEAN_UP.has(call))).toEqual([]);
});

/** The quick form delays them all in one verification. */
const DELAYED = CALLS_EVERY === 1 ? TRIED.map((call) => [call]) : [TRIED];

test('a late answer to each call changes nothing but the time', async () => {
  for (const delayed of DELAYED) {
    await withAccount(async () => {
      account.interference.delays = new Map(delayed.map((call) => [call, 1_500]));
      await account.verify();
      // A run of the sandbox is over by then, so there is nothing to stop. On AWS a run takes
      // longer than that.
      const rows = account.reports[0]!.filter(
        ({ name }) =>
          !(delayed.includes('StopExecution') && name.startsWith('a run that is stopped')),
      );
      expect([delayed, rows.filter(({ status }) => status !== 'passed')]).toEqual([delayed, []]);
      expect([delayed, account.reports.length, account.interference.delays]).toEqual([
        delayed,
        1,
        new Map(),
      ]);
      expect([delayed, account.buckets(), account.journal.ids()]).toEqual([delayed, [], []]);
    });
  }
});
