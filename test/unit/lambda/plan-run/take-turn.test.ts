import { takeTurn, type RunningRun, type TurnContext } from '../../../../src/lambda/plan-run/take-turn';
import { readLock, releaseOwnLock } from '../../../../src/lambda/restore-lock/restore-lock';
import { bucketClient, type Harness, startHarness } from '../../../helpers/harness';

const START = '2026-11-25T01:00:00.000Z';
let now: number;
let harness: Harness;
let running: RunningRun[];
let context: TurnContext;
beforeEach(async () => {
  now = Date.parse(START);
  running = [];
  harness = await startHarness({ now: () => new Date(now) });
  harness.store.createBucket('reports');
  context = {
    lock: { reports: bucketClient(harness, 'reports'), key: 'runs/restore-lock.json' },
    settings: { lockWaitSeconds: 360, runTimeoutSeconds: 86_400 },
    isRunning: async (arn) => running.some(({ executionArn }) => executionArn === arn),
    listRunning: async () => running,
  };
});
afterEach(() => harness.close());

const arn = (name: string) => `arn:aws:states:eu-west-1:111122223333:execution:Archiver:${name}`;

function start(name: string, input: object = {}): void {
  running.push({ executionArn: arn(name), name, startTime: new Date(now), input: JSON.stringify(input) });
}

function end(name: string): void {
  running = running.filter((run) => run.name !== name);
}

const UNDO = { action: 'restore', run: 'nightly' } as const;

/** What PlanRun of this execution is told. */
function turn(name: string, input: object = {}) {
  return takeTurn(context, { input, runId: name, startTime: START, executionId: arn(name) }, input);
}

const later = (seconds: number) => { now += seconds * 1_000; };

test('without a lock, a run that archives begins at once, and leaves no lock', async () => {
  start('nightly');
  await expect(turn('nightly')).resolves.toBeUndefined();
  await expect(readLock(context.lock)).resolves.toEqual({ state: 'none' });
});

test('a restore takes the lock and waits', async () => {
  start('undo', UNDO);
  await expect(turn('undo', UNDO)).resolves.toEqual({ waitSeconds: 361, waitsFor: expect.stringContaining('invocations of earlier runs may run until 2026-11-25T01:06:00.000Z') });
  later(361);
  await expect(turn('undo', UNDO)).resolves.toBeUndefined();
});

test('a run that archives waits for a restore, and after it for its last invocations', async () => {
  start('undo', UNDO);
  await turn('undo', UNDO);
  start('nightly');
  await expect(turn('nightly')).resolves.toEqual({ waitSeconds: 60, waitsFor: expect.stringMatching(/the restore undo is in the way since .*, and until 2026-11-26T01:00:00.000Z at the latest/) });
  await releaseOwnLock(context.lock, arn('undo'));
  await expect(turn('nightly')).resolves.toEqual({ waitSeconds: 361, waitsFor: expect.stringContaining('its last invocations may run until') });
  later(361);
  await expect(turn('nightly')).resolves.toBeUndefined();
});

test('the lock of a restore that died is given back, but not taken at once', async () => {
  start('undo', UNDO);
  await turn('undo', UNDO);
  end('undo');
  later(10_000);
  await expect(turn('nightly')).resolves.toMatchObject({ waitSeconds: 361 });
  await expect(readLock(context.lock)).resolves.toMatchObject({ state: 'released', holder: { runId: 'undo' } });
  later(361);
  await expect(turn('nightly')).resolves.toBeUndefined();
});

test('a restore takes the lock of one that died, and waits', async () => {
  start('undo', UNDO);
  await turn('undo', UNDO);
  end('undo');
  later(10_000);
  start('again', UNDO);
  await expect(turn('again', UNDO)).resolves.toMatchObject({ waitSeconds: 361 });
  await expect(readLock(context.lock)).resolves.toMatchObject({ state: 'held', holder: { runId: 'again' } });
});

test.each([
  ['a run that archives', {}],
  ['another restore without a lock', UNDO],
  ['a run whose input says nothing', 'nonsense'],
])('a restore is refused beside %s, and learns which run, since when, until when, and what to type', async (_, input) => {
  running = [{ executionArn: arn('busy'), name: 'busy', startTime: new Date(now), input: typeof input === 'string' ? input : JSON.stringify(input) }];
  await expect(turn('undo', UNDO)).rejects.toMatchObject({
    name: 'RestoreRefused',
    message: 'the run busy is in the way since 2026-11-25T01:00:00.000Z, and until 2026-11-26T01:00:00.000Z at the latest. '
      + 'A restore never runs beside a run that archives, or beside another restore. When that run has ended, type:\n'
      + 'aws stepfunctions start-execution --region eu-west-1 --state-machine-arn arn:aws:states:eu-west-1:111122223333:stateMachine:Archiver '
      + '--input \'{"action":"restore","run":"nightly"}\'',
  });
  await expect(readLock(context.lock)).resolves.toEqual({ state: 'none' });
});

test('a restore is refused while another restore holds the lock', async () => {
  start('undo', UNDO);
  await turn('undo', UNDO);
  start('again', UNDO);
  await expect(turn('again', UNDO)).rejects.toThrow('the restore undo is in the way since 2026-11-25T01:00:00.000Z, and until');
});

test('the lock of a restore of another archiver is waited for, and is given back when that restore must be over', async () => {
  start('undo', UNDO);
  await turn('undo', UNDO);
  context = { ...context, isRunning: async () => undefined };
  later(86_399);
  await expect(turn('nightly')).resolves.toMatchObject({ waitSeconds: 60 });
  running = [];
  await expect(turn('again', UNDO)).rejects.toThrow('the restore undo is in the way');
  later(2);
  await expect(turn('nightly')).resolves.toMatchObject({ waitSeconds: 361 });
  await expect(readLock(context.lock)).resolves.toMatchObject({ state: 'released' });
});

test('verifications and dry runs are in nobody\'s way', async () => {
  start('verify', { action: 'verify' });
  start('dry', { dryRun: true });
  await expect(turn('undo', UNDO)).resolves.toMatchObject({ waitSeconds: 361 });
  await expect(turn('verify', { action: 'verify' })).resolves.toBeUndefined();
  await expect(turn('dry', { dryRun: true })).resolves.toBeUndefined();
  await expect(turn('dry-undo', { ...UNDO, dryRun: true })).resolves.toBeUndefined();
});

test('two restores that begin together: one gets the lock, the other is refused', async () => {
  let asked = 0;
  context = { ...context, listRunning: async () => { asked += 1; return []; }, isRunning: async () => true };
  const turns = await Promise.allSettled([turn('one', UNDO), turn('two', UNDO)]);
  expect(turns.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(asked).toBeGreaterThan(0);
});
