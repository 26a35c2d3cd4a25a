/** The command and its processes are killed at one of their requests, and started again. */
import { type Attack, attempt, type Attempt, type Case } from './attack';
import { enlarge, SETUPS } from './setups';
import { killGroup, openSubject, type Subject } from './subject';
import type { Fault } from '../../packages/s3-double/src';

/** What becomes of the request at which they die. */
const FATES = ['arrives', 'is answered', 'is lost'] as const;
type Fate = (typeof FATES)[number];

const SMALL = 24;
const LARGE = 10_000;
const LARGE_KILLS = 8;
const QUICK_KILLS = 2;

export const KILLED: Attack = {
  name: 'killed',
  async *list(random, isFull, bundles) {
    for (const [name, setup] of Object.entries(SETUPS)) {
      const small: Case = { name, setup, objects: SMALL, seed: random.integer(1e6) };
      const requests = await countRequests(bundles, small);
      const places = isFull
        ? Array.from({ length: requests }, (_, index) => index + 1)
        : Array.from({ length: QUICK_KILLS }, (_, part) =>
            Math.ceil(((part + random.next()) * requests) / QUICK_KILLS),
          );
      for (const at of places) {
        yield toAttempt(bundles, small, [at], random.pick(FATES), isFull);
      }
      if (isFull) {
        const large = { ...small, setup: enlarge(setup), objects: LARGE };
        const all = await countRequests(bundles, large);
        const kills = Array.from(
          { length: LARGE_KILLS },
          () => 1 + random.integer(Math.ceil(all / 3)),
        );
        yield toAttempt(bundles, large, kills, random.pick(FATES), isFull);
      }
    }
  },
};

function toAttempt(
  bundles: string,
  of: Case,
  kills: readonly number[],
  fate: Fate,
  isThorough: boolean,
): Attempt {
  return {
    name: `${of.name}, ${of.objects} objects of seed ${of.seed}, at ${kills.join(', ')}: ${fate}`,
    run: () =>
      attempt(
        bundles,
        of,
        async (subject) => {
          for (const at of kills) {
            await killAt(subject, at, fate);
          }
        },
        isThorough,
      ),
  };
}

async function killAt(subject: Subject, at: number, fate: Fate): Promise<void> {
  const before = subject.begin();
  let count = 0;
  const run = subject.archive();
  const kill = (): Fault | undefined => {
    killGroup(run.pid);
    return fate === 'is lost' ? { kind: 'ResetBefore' } : undefined;
  };
  subject.hooks =
    fate === 'is answered'
      ? { after: () => void (++count === at && kill()) }
      : { before: () => (++count === at ? kill() : undefined) };
  const ended = await run.ended;
  // Requests that are under way arrive.
  await new Promise((resolve) => setTimeout(resolve, 30));
  subject.check(`killed at ${at}`, before, [ended]);
}

/** How many requests a run makes that nobody disturbs. */
export async function countRequests(bundles: string, of: Case): Promise<number> {
  const subject = await openSubject({ bundles, ...of });
  try {
    let count = 0;
    subject.hooks = { before: () => void ++count };
    await subject.archive().ended;
    return count;
  } finally {
    await subject.close();
  }
}
