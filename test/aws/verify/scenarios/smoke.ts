/**
 * What `--only smoke` plays: with one archiver, and all at the same time, because the user who
 * types it has a few minutes.
 */
import { KEYS } from './base';
import { addDays, toIsoDate } from './days';
import { DATED, DAY, type Scenario, type Seen, seenBy } from './scenario';
import { prefixesOf } from '../names';
import { ended, keys, put, type Stage, start } from '../stage';

const [SOURCE, ARCHIVE] = prefixesOf('Smoke');
const OTHERS = ['other-2026-11-23.csv', 'longer-2026-11-241.csv', 'folder/'];
const [RUN, REFUSAL, SCHEDULE] = [
  'smoke: a day is archived, whatever its names have in them',
  'smoke: an input that is no input: refused, and explained',
  'smoke: a schedule starts a run, which archives yesterday',
] as const;

const toFolder = (day: string) => `${ARCHIVE}${day.replaceAll('-', '/')}/`;

export const SMOKE: Scenario = {
  name: 'smoke',
  parts: [RUN, REFUSAL, SCHEDULE],
  needs: ['Smoke'],
  objects: KEYS.length + OTHERS.length + 2,
  runs: 3,
  atOnce: true,
  waitMinutes: 1,
  // The schedule goes on as long as the stack is there.
  usd: 0.02,
  wants: {
    [RUN]: {
      status: 'SUCCEEDED',
      error: null,
      counts: { archived: KEYS.length, conflicting: 0, failed: 0 },
      codes: [],
    },
    [REFUSAL]: { status: 'FAILED', error: 'InvalidRunInput', messages: [/^Archive run failed/] },
    [SCHEDULE]: { status: 'SUCCEEDED', source: [`${SOURCE}b-TODAY.csv`], archive: 1 },
  },
  play: async (stage) => {
    const today = toIsoDate(new Date());
    const yesterday = addDays(today, -1);
    await Promise.all(
      [...KEYS, ...OTHERS, `a-${yesterday}.csv`, `b-${today}.csv`].map((key) =>
        put(stage, 'Source', SOURCE + key),
      ),
    );
    const [run, refused] = [
      await start(stage, 'Smoke', DATED),
      await start(stage, 'Smoke', { dat: DAY }),
    ];
    const [ofRun, ofRefusal, ofSchedule] = await Promise.all([
      seenBy(stage, () => archived(stage, run, [today, yesterday])),
      seenBy(stage, async () => {
        const { status, error } = await ended(stage, refused);
        // If the other runs fail, their messages are no fault of this one.
        const messages = (await stage.subjects(1)).filter((subject) =>
          subject.startsWith('Archive run failed'),
        );
        return { status, error, messages };
      }),
      seenBy(stage, () => scheduled(stage, [run, refused], today, yesterday)),
    ]);
    return { [RUN]: ofRun, [REFUSAL]: ofRefusal, [SCHEDULE]: ofSchedule };
  },
};

/**
 * The run lists what the schedule archives at the same time, or does not: what it skips is random.
 */
async function archived(stage: Stage, arn: string, ofSchedule: readonly string[]): Promise<Seen> {
  const { status, error, counts, codes } = await ended(stage, arn);
  const source = (await keys(stage, 'Source')).filter(
    (key) => !ofSchedule.some((day) => key.includes(day)),
  );
  const found = counts && {
    archived: counts.archived,
    conflicting: counts.conflicting,
    failed: counts.failed,
  };
  return {
    status,
    error,
    counts: found,
    codes,
    source,
    archive: await keys(stage, 'Archive', toFolder(DAY)),
  };
}

async function scheduled(
  stage: Stage,
  others: readonly string[],
  today: string,
  yesterday: string,
): Promise<Seen> {
  const { status } = await ended(stage, await stage.operations.scheduledRun('Smoke', others));
  const source = (await keys(stage, 'Source')).filter(
    (key) => key.includes(today) || key.includes(yesterday),
  );
  return {
    status,
    source: source.map((key) => key.replace(today, 'TODAY')),
    archive: (await keys(stage, 'Archive', toFolder(yesterday))).length,
  };
}
