/**
 * Restores at random moments beside runs that archive, with the real code of both and of the lock between them.
 *
 *   npm run soak:restores -- [--minutes N] [--seed S]
 *
 * Rounds of both directions begin at any time, several beside each other, and none of them knows of the others. The lock is
 * taken and given back at any time, too. Time jumps. An invocation sends nothing after its timeout, and nothing else is
 * assumed. A seed determines everything: which request is sent next, when time jumps, and which requests fail.
 */
import { parseArgs } from 'node:util';
import { CONTENTS, createWorld, KINDS_OF_STEPS, type World } from './both-ways-world';
import { randomOf } from './random';

const STEPS = 500;

/** The ordinary soak runs this as a child process, and counts for itself. */
const label = process.send ? 'restores: ' : '';

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { minutes: { type: 'string', default: '1' }, seed: { type: 'string' } } });
  const first = Number(values.seed ?? Date.now() % 1_000_000);
  const until = performance.now() + Number(values.minutes) * 60_000;
  const totals = { schedules: 0, failed: 0, archived: 0, restored: 0, refused: 0, requests: 0 };
  console.log(`${label}seed ${first}`);
  for (let seed = first; totals.schedules === 0 || performance.now() < until; seed++) {
    const world = await createWorld(randomOf(seed));
    const lost = await runSchedule(world);
    totals.schedules += 1;
    totals.archived += world.moved.archive;
    totals.restored += world.moved.restore;
    totals.refused += world.refused;
    totals.requests += world.sent;
    if (lost.length > 0) {
      totals.failed += 1;
      console.log(`seed ${seed}: lost ${lost.join(', ')}`);
    }
    await world.close();
  }
  console.log(`${label}${totals.schedules} schedules, ${totals.requests} requests: ${totals.archived} objects archived, ${totals.restored} restored, ${totals.refused} invocations refused`);
  const isVacuous = totals.schedules >= 20 && Math.min(totals.archived, totals.restored, totals.refused) === 0;
  if (isVacuous) { console.log('nothing was archived, restored or refused: the soak shows nothing'); }
  console.log(`${label}${totals.schedules - totals.failed} passed, ${totals.failed + (isVacuous ? 1 : 0)} failed`);
  // Invocations that reached their timeout never end here.
  process.exit(totals.failed > 0 || isVacuous ? 1 : 0);
}

/** Returns the contents that neither end holds any more. */
async function runSchedule(world: World): Promise<string[]> {
  for (let step = 0; step < STEPS; step++) {
    await world.take(world.random.pick(KINDS_OF_STEPS));
    const lost = CONTENTS.filter((content) => !world.holds(content));
    if (lost.length > 0) { return [...lost, `after step ${step}`]; }
  }
  return [];
}

void main();
