import { claimRunFolders, type RunFolders } from '../../../../src/lambda/plan-run/claim-folder';
import { budgetOf, type Harness, startHarness } from '../../../helpers/harness';

let harness: Harness;
beforeEach(async () => {
  harness = await startHarness();
  harness.store.createBucket('reports');
});
afterEach(() => harness.close());

const START = '2026-11-24T23:30:00.000Z';
const FOLDER = 'runs/2026-11-24/nightly/';

function arn(stateMachine: string): string {
  return `arn:aws:states:eu-west-1:111122223333:execution:${stateMachine}:nightly`;
}

const FACTS = {
  action: 'archive',
  dryRun: false,
  from: null,
  to: '2026-11-23',
  source: { bucket: 'data', prefix: 'in/' },
  destination: { bucket: 'data', prefix: 'archive/' },
} as const;

/** Where the ledgers of these runs lie, and their claims. */
const LEDGER = 'runs/ledger/day=2026-11-23/run=nightly/';
const LEDGER_CLAIM = 'runs/claims/day=2026-11-23/run=nightly/claim.json';

async function claim(
  stateMachine?: string,
  options?: Parameters<typeof claimBoth>[1],
): Promise<string> {
  return (await claimBoth(stateMachine, options)).reportPrefix;
}

function claimBoth(
  stateMachine = 'Invoices',
  { startTime = START, deadline = Date.now() + 60_000, runId = 'nightly', day = '2026-11-23' } = {},
): Promise<RunFolders> {
  const settings = {
    reportBucket: 'reports',
    reportPrefix: 'runs/',
    archiverName: `Stack/${stateMachine}`,
  };
  const event = { input: {}, runId, startTime, executionId: arn(stateMachine) };
  return claimRunFolders({ s3: harness.s3, budget: budgetOf({ deadline }), settings }, event, {
    ...FACTS,
    to: day,
  });
}

test('the folder of a run has the UTC day of its start and its name, and says whose it is', async () => {
  await expect(claim()).resolves.toBe(FOLDER);
  expect(JSON.parse(harness.read('reports', `${FOLDER}claim.json`)!)).toEqual({
    archiver: 'Stack/Invoices',
    executionArn: arn('Invoices'),
    startTime: START,
    ...FACTS,
  });
});

test('an execution that claims again finds its own folder', async () => {
  await claim();
  await expect(claim()).resolves.toBe(FOLDER);
});

test(
  'executions of two archivers that have the same name have folders of their own, also when they ' +
    'claim again',
  async () => {
    const folders = await Promise.all([claim('Invoices'), claim('Orders')]);
    expect(new Set(folders).size).toBe(2);
    expect(folders.filter((folder) => folder === FOLDER)).toHaveLength(1);
    expect(folders.find((folder) => folder !== FOLDER)).toMatch(
      /^runs\/2026-11-24\/nightly~[0-9a-f]{8}\/$/,
    );
    await expect(Promise.all([claim('Invoices'), claim('Orders')])).resolves.toEqual(folders);
  },
);

test('an archiver that was created anew does not go on in the folder of its predecessor', async () => {
  await claim();
  await expect(claim('Invoices', { startTime: '2026-11-24T23:40:00.000Z' })).resolves.toMatch(
    /nightly~[0-9a-f]{8}\/$/,
  );
});

test.each([
  ['an archived object', 'id,amount\n1,2\n'],
  ['JSON of somebody else', '{"archiver":"Stack/Invoices"}'],
])('%s in the place of the claim is not overwritten', async (_, body) => {
  harness.store.put('reports', `${FOLDER}claim.json`, body);
  await expect(claim()).resolves.not.toBe(FOLDER);
  expect(harness.read('reports', `${FOLDER}claim.json`)).toBe(body);
});

test('an object that may not be read belongs to another archiver', async () => {
  harness.store.put('reports', `${FOLDER}claim.json`, 'secret');
  harness.store.deny({ operations: ['GetObject'], keyPrefix: FOLDER });
  await expect(claim()).resolves.not.toBe(FOLDER);
});

test('a run without a free folder is refused', async () => {
  const second = await claim('Other').then(() => claim());
  harness.store.put('reports', `${second}claim.json`, 'other');
  await expect(claim()).rejects.toMatchObject({
    name: 'InvalidRunInput',
    message:
      `the folders ${FOLDER} and ${second} in bucket reports belong to other runs, so this run ` +
      'has no place for its ledger: start the run again under another name',
  });
});

test.each(['LostAnswer', 'Conflict', 'InternalError', 'ResetBefore'] as const)(
  'a request that ends with %s is repeated, and the folder stays the same',
  async (kind) => {
    let faults = 3;
    harness.before = ({ operation }) =>
      operation === 'PutObject' && faults-- > 0 ? { kind } : undefined;
    await expect(claim()).resolves.toBe(FOLDER);
    expect(faults).toBeLessThan(3);
  },
);

test('a claim that fails for good fails with the error of S3', async () => {
  harness.store.deny({ operations: ['PutObject'] });
  await expect(claim()).rejects.toMatchObject({ name: 'AccessDenied' });
});

test('a claim that S3 refuses until the time is up fails with the error of S3', async () => {
  harness.before = ({ operation }) =>
    operation === 'PutObject' ? { kind: 'Conflict' } : undefined;
  await expect(claim('Invoices', { deadline: Date.now() + 200 })).rejects.toMatchObject({
    name: 'ConditionalRequestConflict',
  });
});

test('the ledger lies at the last day of the run, and its claim is not among its parts', async () => {
  await expect(claimBoth()).resolves.toEqual({ reportPrefix: FOLDER, ledgerPrefix: LEDGER });
  expect(harness.store.keys('reports')).toEqual([`${FOLDER}claim.json`, LEDGER_CLAIM].sort());
});

test(
  'runs of one name that start on different days do not share a ledger, also when they claim ' +
    'again',
  async () => {
    const starts = [START, '2026-11-25T23:30:00.000Z'];
    const claimAll = () =>
      Promise.all(starts.map((startTime) => claimBoth('Invoices', { startTime })));
    const folders = await claimAll();
    expect(new Set(folders.map(({ ledgerPrefix }) => ledgerPrefix)).size).toBe(2);
    expect(folders.map(({ ledgerPrefix }) => ledgerPrefix)).toContain(LEDGER);
    // The ledger's folder has the name of the run's.
    for (const { reportPrefix, ledgerPrefix } of folders) {
      expect(ledgerPrefix).toContain(`/run=${reportPrefix.split('/').at(-2)}/`);
    }
    await expect(claimAll()).resolves.toEqual(folders);
  },
);

test('runs of one name that archive different days have ledgers of that name', async () => {
  await claimBoth();
  await expect(
    claimBoth('Invoices', { startTime: '2026-11-25T23:30:00.000Z', day: '2026-11-24' }),
  ).resolves.toMatchObject({ ledgerPrefix: 'runs/ledger/day=2026-11-24/run=nightly/' });
});

test(
  'the folder of a ledger is printable ASCII without the characters that paths, queries and ' +
    'patterns give a meaning',
  async () => {
    const { ledgerPrefix } = await claimBoth('Invoices', { runId: 'a b=c/d%*(\u202eé)~_-.' });
    expect(ledgerPrefix).toMatch(/^runs\/ledger\/day=2026-11-23\/run=[A-Za-z0-9._~%-]+\/$/);
  },
);
