/**
 * What runs without a person, and what tells a person: the schedule, its dead letters, metrics,
 * alarms, and a redrive.
 */
import { randomUUID } from 'node:crypto';
import { addDays, toIsoDate } from './days';
import { lifted } from './lifted';
import { DATED, DAY, outcome, run, type Scenario, type Seen } from './scenario';
import { DENIED } from '../app';
import {
  ended,
  executionName,
  keys,
  put,
  redrive,
  resultFileNames,
  type Stage,
  start,
  timesEntered,
} from '../stage';

/** Names and instants differ between the two sides. */
function normalize(subject: string): string {
  return subject
    .replace(/^ALARM: "[^"]*Alarms([A-Za-z]+?)(?:[0-9A-F]{8})?(?:-[^"]*)?".*$/, 'ALARM $1')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'AN INSTANT')
    .replace(/archiver-verify-\w+/g, 'STACK');
}

/**
 * Waits for a message about schedules and alarms. Returns its subject, or which ones came instead.
 */
async function messageAbout(stage: Stage, pattern: RegExp): Promise<string> {
  const others = new Set<string>();
  for (const began = Date.now(); Date.now() - began < stage.patience;) {
    for (const subject of (await stage.subjects(1, 'ScheduleMessages')).map(normalize)) {
      if (pattern.test(subject)) {
        return subject;
      }
      others.add(subject);
    }
    await new Promise((resolve) => setTimeout(resolve, stage.pause));
  }
  return (
    `none in ${Math.round(stage.patience / 1000)} ` +
    `s${others.size > 0 ? `, but: ${[...others].sort().join('; ')}` : ''}`
  );
}

/** Waits for a metric, which CloudWatch shows later than the run's end. */
async function metricOf(stage: Stage, name: string): Promise<number | 'none'> {
  for (const began = Date.now(); ;) {
    stage.signal.throwIfAborted();
    const value = await stage.operations.metric('Scheduled', name);
    if (value !== undefined && value > 0) {
      return value;
    }
    if (Date.now() - began > stage.patience) {
      return value ?? 'none';
    }
    await new Promise((resolve) => setTimeout(resolve, stage.pause * 10));
  }
}

export const OPERATIONS: Scenario[] = [
  {
    name: 'a schedule starts a run, which archives yesterday',
    needs: ['Scheduled'],
    objects: 2,
    runs: 1,
    waitMinutes: 1,
    // The schedule goes on as long as the stack is there.
    usd: 0.02,
    // A run that began a moment earlier may have archived the object already.
    wants: { status: 'SUCCEEDED', source: ['scheduled/b-TODAY.csv'], archive: 1 },
    play: async (stage) => {
      const today = toIsoDate(new Date());
      await put(stage, 'Source', `scheduled/a-${addDays(today, -1)}.csv`);
      await put(stage, 'Source', `scheduled/b-${today}.csv`);
      const { status } = await ended(stage, await stage.operations.scheduledRun('Scheduled'));
      const source = (await keys(stage, 'Source')).map((key) => key.replace(today, 'TODAY'));
      return { status, source, archive: (await keys(stage, 'Archive')).length };
    },
  },
  {
    name:
      'a schedule that may start nothing: the dead letter reaches the function, and a message ' +
      'arrives',
    needs: ['Scheduled'],
    objects: 0,
    runs: 0,
    waitMinutes: 2,
    // The event source mapping polls with the role of ExplainFailure, whose trust no public source
    // describes. Only AWS can tell: poller-trust.
    wants: { message: /^Archive run due AN INSTANT did not start: IAM/ },
    play: async (stage) => {
      await stage.operations.deadLetter();
      return { message: await messageAbout(stage, /did not start/) };
    },
  },
  {
    name: 'objects fail: the metric, and the alarm that fires',
    needs: ['Scheduled'],
    objects: 2,
    runs: 1,
    waitMinutes: 6,
    wants: { status: 'FAILED', failed: 1, archived: 1, metric: 1, alarm: 'ALARM ObjectsFailed' },
    play: async (stage) => {
      for (const name of ['a', `${DENIED}/b`]) {
        await put(stage, 'Source', `scheduled/${name}-${DAY}`);
      }
      const { status, counts } = await ended(stage, await start(stage, 'Scheduled', DATED));
      const metric = await metricOf(stage, 'ObjectsFailed');
      return {
        status,
        failed: counts?.failed,
        archived: counts?.archived,
        metric,
        alarm: await messageAbout(stage, /^ALARM /),
      };
    },
  },
  {
    name:
      'a map run fails, its cause is removed, and a redrive archives the rest: the ledger ' +
      'balances',
    objects: 4,
    runs: 3,
    waitMinutes: 2,
    wants: {
      failed: 'FAILED',
      redriven: { status: 'SUCCEEDED', counts: { listed: 3, archived: 3, failed: 0 }, source: [] },
      balance: { status: 'SUCCEEDED', counts: { listed: 3, present: 3, unproven: 0 } },
    },
    play: redriven,
  },
  {
    name: 'how long the functions run for a hundred objects',
    objects: 100,
    runs: 1,
    waitMinutes: 2,
    wants: { status: 'SUCCEEDED', archived: 100, hasDurations: true },
    play: measured,
  },
];

/** The figures are notes: the sandbox has others. */
async function measured(stage: Stage): Promise<Seen> {
  for (let i = 0; i < 100; i++) {
    await put(stage, 'Source', `incoming/${i}-${DAY}`);
  }
  const { status, counts } = await ended(stage, await start(stage, 'Standard', DATED));
  let durations: Readonly<Record<string, number>> = {};
  for (const began = Date.now(); Date.now() - began < stage.patience;) {
    stage.signal.throwIfAborted();
    durations = await stage.operations.durations('Standard');
    if (durations.ArchiveBatch) {
      break;
    }
    await new Promise((resolve) => setTimeout(resolve, stage.pause * 10));
  }
  const all = Object.entries(durations)
    .sort()
    .map(([id, milliseconds]) => `${id} ${milliseconds} ms`);
  stage.note(`the functions of all runs so far: ${all.join(', ')}`);
  return { status, archived: counts?.archived, hasDurations: (durations.ArchiveBatch ?? 0) > 0 };
}

async function redriven(stage: Stage): Promise<Seen> {
  for (const name of ['a', 'b', 'c']) {
    await put(stage, 'Source', `incoming/${name}-${DAY}`);
  }
  const name = `lifted-${randomUUID()}`;
  const { first, messages } = await lifted(stage, name, async () => {
    const failed = await ended(stage, await start(stage, 'Standard', DATED, name));
    return { first: failed, messages: (await stage.subjects(1)).length };
  });
  const second = await redrive(stage, first.arn);
  const { counts, status, source, archive } = await outcome(stage, second, 0);
  // AWS documents neither the history of a redrive nor what its result files are called. Only AWS
  // can tell: redrive-history.
  const written = {
    entered: await timesEntered(stage, first.arn, 'ArchiveObjects'),
    files: await resultFileNames(stage, first.arn),
  };
  const balance = await run(stage, 0, { action: 'verify', run: executionName(first.arn) });
  return {
    failed: first.status,
    messages,
    redriven: { status, counts, source, archive },
    written,
    balance: { status: balance.status, counts: balance.counts },
  };
}
