/**
 * The command and a deployed archiver work on the same prefix at the same time, with the same
 * buckets and the same prefix for reports.
 */
import type { Fault, S3Call } from 'cdk-s3-dated-archiver-s3-double';
import type { Counts, VerifyCounts } from '../../../../packages/sandbox/src';
import type { LedgerLine } from '../../../../src/contract/payloads/ledger-line';
import { type Rehearsal, rehearse } from '../../../../test/helpers/run-in-sandbox';
import { DAYS, OWNER, type Ran, readLedger, runWith } from '../helpers/run-command';

const OBJECTS = 60;
const CONTENTS = Array.from({ length: OBJECTS }, (_, n) => `content ${n}`);
const DAY = '2026-11-24';
const NAME = 's3-dated-archiver';
/** The access key of the command. The functions of the archiver have those of their roles. */
const COMMAND = 'key';

/** Called before each request. */
let onRequest: (call: S3Call) => Promise<void> | void = () => undefined;
const before = async (call: S3Call): Promise<Fault | undefined> => {
  await onRequest(call);
  return undefined;
};

let deployed: Rehearsal;
beforeAll(async () => {
  deployed = await rehearse(
    { batchSize: 20 },
    {
      s3: { hooks: { before } },
      stackProps: { env: { account: OWNER, region: 'us-east-1' } },
    },
  );
});
beforeEach(() => {
  onRequest = () => undefined;
  deployed.startOver();
  CONTENTS.forEach((content, n) => deployed.put(`incoming/a-${DAY}-${n}.csv`, content));
});
afterAll(() => deployed.close());

function run(action: 'archive' | 'verify', flags: readonly string[]): Promise<Ran> {
  const { sandbox } = deployed;
  return runWith(action, [
    ...['s3://source/incoming/', 's3://source/archive/', '--name', NAME],
    ...['--reports', `s3://${sandbox.reportBucket}/runs/`, ...DAYS, '--json'],
    ...['--endpoint', sandbox.s3!.endpoint, '--path-style', '--batch-size', '20', ...flags],
  ]);
}

/** What is left to do after the dry run. */
async function confirm(): Promise<() => Promise<Ran>> {
  const { summary } = await run('archive', ['--dry-run']);
  return () => run('archive', ['--confirm', summary!.id]);
}

const archive = () => deployed.sandbox.run({ input: { date: DAY } });
const isCopy = ({ operation }: S3Call) => operation === 'CopyObject';

/** The first copy of each of the two waits for the first one of the other. */
function meetAtCopies(): void {
  const arrived = new Map<boolean, () => void>();
  onRequest = (call) => {
    const isOfCommand = call.accessKeyId === COMMAND;
    if (!isCopy(call) || arrived.has(isOfCommand)) {
      return undefined;
    }
    const other = arrived.get(!isOfCommand);
    if (other) {
      arrived.set(isOfCommand, () => undefined);
      other();
      return undefined;
    }
    return new Promise((resolve) => arrived.set(isOfCommand, resolve));
  };
}

/** Each object is archived once, and what a ledger says of it is true. */
function expectAllArchived(): void {
  expect(deployed.source()).toEqual([]);
  const archived = deployed.archive();
  expect(Object.values(archived).sort()).toEqual([...CONTENTS].sort());
  const lines = readLedger(deployed.sandbox.s3!, deployed.sandbox.reportBucket);
  expect(new Set(lines.map(({ key }) => key)).size).toBe(OBJECTS);
  expect(lines.filter((line) => !isTrue(line, archived))).toEqual([]);
}

const isTrue = ({ key, destination, status }: LedgerLine, archived: Record<string, string>) =>
  status === 'archived' && archived[destination] === `content ${/(\d+)\.csv$/.exec(key)![1]}`;

test('both archive at once: nothing is lost, and each proves its own ledger', async () => {
  const archiveOnce = await confirm();
  meetAtCopies();
  const [{ status, counts }, once] = await Promise.all([archive(), archiveOnce()]);
  expect([status, once.summary?.status]).toEqual(['SUCCEEDED', 'SUCCEEDED']);
  expectAllArchived();

  const { counts: proven } = await deployed.sandbox.run<VerifyCounts>({
    input: { action: 'verify', date: DAY },
  });
  expect(proven).toMatchObject({ present: counts!.archived, missing: 0, changed: 0, unproven: 0 });
  const { summary } = await run('verify', []);
  const { archived } = once.summary!.counts as Counts;
  expect(summary).toMatchObject({
    outcome: 'CLEAN',
    counts: { present: archived, missing: 0, changed: 0, unproven: 0 },
  });
});

test('each takes the runs of the other for those of another archiver, running or not', async () => {
  await archive();
  deployed.put(`incoming/later-${DAY}.csv`, 'content 60');
  const archiveOnce = await confirm();
  let verified: Promise<unknown> | undefined;
  onRequest = async (call) => {
    if (isCopy(call)) {
      verified ??= deployed.sandbox.run<VerifyCounts>({ input: { action: 'verify', date: DAY } });
      await verified;
    }
  };
  const once = await archiveOnce();
  expect(await verified).toMatchObject({
    status: 'SUCCEEDED',
    counts: { listed: OBJECTS, present: OBJECTS },
  });
  expect(once.summary).toMatchObject({ outcome: 'CLEAN', counts: { archived: 1 } });
});

test('the command verifies while an archiver runs, and says nothing of its run', async () => {
  const archiveOnce = await confirm();
  await archiveOnce();
  deployed.put(`incoming/later-${DAY}.csv`, 'content 60');
  let verified: Promise<Ran> | undefined;
  onRequest = async (call) => {
    if (isCopy(call)) {
      verified ??= run('verify', []);
      await verified;
    }
  };
  const { counts } = await archive();
  const { summary, stderr } = (await verified)!;
  expect(counts).toMatchObject({ archived: 1 });
  expect([stderr, summary]).toEqual([
    expect.not.stringContaining('has not ended'),
    expect.objectContaining({
      outcome: 'CLEAN',
      counts: expect.objectContaining({ listed: OBJECTS, present: OBJECTS }),
    }),
  ]);
});
