/** What all attacks have in common. */
import { openSubject, type Subject } from './subject';
import { isSame } from '../soak/bucket-state';
import { expectationOf, unmet } from '../soak/expectation';
import type { Random } from '../soak/random';
import type { Setup } from '../soak/setup';

export interface Case {
  readonly name: string;
  readonly setup: Setup;
  readonly objects: number;
  readonly seed: number;
  /** Whether there is a deployed archiver, too. */
  readonly isDeployed?: boolean;
}

export interface Verdict {
  readonly violations: readonly string[];
  /** How the attacked runs ended. */
  readonly ends: readonly string[];
  /** The requests, in the order in which they came, and what others did. */
  readonly log: readonly string[];
}

export interface Attack {
  readonly name: string;
  /** @param random draws what is tried in the quick form */
  list(random: Random, isFull: boolean, bundles: string): AsyncIterable<Attempt>;
}

export interface Attempt {
  readonly name: string;
  run(): Promise<Verdict>;
}

/** Opens the buckets of a case, attacks, and has an undisturbed run do the rest. */
export async function attempt(
  bundles: string,
  of: Case,
  disturb: (subject: Subject) => Promise<void>,
  isThorough = true,
): Promise<Verdict> {
  const subject = await openSubject({ bundles, ...of });
  try {
    await disturb(subject);
    subject.hooks = {};
    const ends = subject.runs.map(describeEnd);
    await finish(subject, isThorough);
    return { violations: subject.violations, ends, log: subject.log };
  } finally {
    await subject.close();
  }
}

/** What is left is archived by the next run, and one more finds nothing to do. */
async function finish(subject: Subject, isThorough: boolean): Promise<void> {
  const { state } = subject;
  const expectation = expectationOf(state);
  const before = subject.begin();
  const last = await subject.archive().ended;
  subject.check('the next run', before, [last]);
  if (!last.summary?.outcome || last.summary.outcome === 'FAILED') {
    subject.violations.push(`the next run ended with ${last.status}: ${last.output}`);
  }
  if (!state.setup.packing) {
    subject.violations.push(...unmet(state, expectation, last.counts));
  }
  if (!isThorough) {
    return;
  }
  const settled = [state.snapshot('source'), state.snapshot('destination')] as const;
  const beforeAgain = subject.begin();
  const again = await subject.archive().ended;
  subject.check('the same again', beforeAgain, [again]);
  if (
    !isSame(settled[0], state.snapshot('source')) ||
    !isSame(settled[1], state.snapshot('destination'))
  ) {
    subject.violations.push('the same run again changed something');
  }
}

function describeEnd({ status, summary, counts }: Subject['runs'][number]): string {
  if (status === null) {
    return 'killed';
  }
  // A deployed archiver prints no summary.
  return summary?.outcome ?? (counts ? 'a report' : 'no report');
}
