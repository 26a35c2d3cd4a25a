/** The credentials expire at one of the requests of a run, and later there are new ones. */
import { type Attack, attempt, type Attempt, type Case } from './attack';
import { countRequests } from './killed';
import { enlarge, SETUPS } from './setups';
import type { Subject } from './subject';

const SMALL = 24;
const LARGE = 10_000;
const LARGE_PLACES = 4;

export const EXPIRED: Attack = {
  name: 'expired',
  async *list(random, isFull, bundles) {
    for (const [name, setup] of Object.entries(SETUPS)) {
      const small: Case = { name, setup, objects: SMALL, seed: random.integer(1e6) };
      const requests = await countRequests(bundles, small);
      const places = isFull
        ? Array.from({ length: requests }, (_, index) => index + 1)
        : [1 + random.integer(requests)];
      for (const at of places) {
        yield toAttempt(bundles, small, at, isFull);
      }
      if (isFull) {
        const large = { ...small, setup: enlarge(setup), objects: LARGE };
        const all = await countRequests(bundles, large);
        for (let n = 0; n < LARGE_PLACES; n++) {
          yield toAttempt(bundles, large, 1 + random.integer(all), isFull);
        }
      }
    }
  },
};

function toAttempt(bundles: string, of: Case, at: number, isThorough: boolean): Attempt {
  return {
    name: `${of.name}, ${of.objects} objects of seed ${of.seed}, at ${at}`,
    run: () => attempt(bundles, of, (subject) => expireAt(subject, at), isThorough),
  };
}

async function expireAt(subject: Subject, at: number): Promise<void> {
  const before = subject.begin();
  let count = 0;
  subject.hooks = { before: () => (++count >= at ? { kind: 'ExpiredToken' } : undefined) };
  const ended = await subject.archive().ended;
  subject.check(`expired at ${at}`, before, [ended]);
  if (count < at) {
    return;
  }
  const said = ended.output.match(/credentials (have )?expired/gi) ?? [];
  if (ended.status !== 1 || said.length !== 1) {
    subject.violations.push(
      `the end is ${ended.status}, and says ${said.length} times that credentials expired: ` +
        ended.output,
    );
  }
}
