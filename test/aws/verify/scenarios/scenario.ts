/**
 * A scenario runs on AWS and in the sandbox. It returns what it saw, and both sides must have seen
 * the same.
 */
import type { Flag, Machine } from '../names';
import { clear, ended, type Execution, keys, NeverEnded, type Stage, start } from '../stage';

export type Seen = Readonly<Record<string, unknown>>;

export interface Scenario {
  readonly name: string;
  /** The rows that it has in place of one: what it saw has a field for each of them. */
  readonly parts?: readonly string[];
  /**
   * The number of objects that the scenario puts and of runs that it starts. The cost is calculated
   * from them.
   */
  readonly objects: number;
  readonly runs: number;
  /** The archivers without which it cannot be played. Unset: Standard. */
  readonly needs?: readonly Machine[];
  /** It is played only with this flag. */
  readonly flag?: Flag;
  /** Its runs are at the same time, so they take as long as one. */
  readonly atOnce?: true;
  /** How long it waits besides its runs. */
  readonly waitMinutes?: number;
  /** Dollars besides those of its objects and runs. */
  readonly usd?: number;
  /**
   * What it may leave behind although everything works, which a person must know before saying yes.
   */
  readonly warning?: string;
  /**
   * What each side must have seen, independent of the other side: so a change of the product that
   * the sandbox shows as well is found. A field that is a RegExp is tested against the text of the
   * field.
   */
  readonly wants?: Seen;
  readonly play: (stage: Stage) => Promise<Seen>;
}

/** The names of its rows. */
export const namesOf = ({ name, parts = [name] }: Scenario) => parts;

export const needsOf = ({ needs = ['Standard'] }: Scenario) => needs;

export const DAY = '2026-11-24';
export const DATED = { date: DAY };

/** Returns everything about the end of a run that must be the same on both sides. */
export async function outcome(
  stage: Stage,
  { status, error, counts, codes }: Execution,
  messages: number,
): Promise<Seen> {
  const [source, archive] = [await keys(stage, 'Source'), await keys(stage, 'Archive')];
  return {
    status,
    error,
    counts,
    codes,
    source,
    archive,
    messages: await stage.subjects(messages),
  };
}

export async function run(
  stage: Stage,
  messages: number,
  input: object = DATED,
  machine: Machine = 'Standard',
  name?: string,
): Promise<Seen> {
  return outcome(stage, await ended(stage, await start(stage, machine, input, name)), messages);
}

/**
 * Returns the name of the error with which AWS refuses the request, or says that it does not refuse
 * it.
 */
export async function refusal(request: Promise<unknown>): Promise<string> {
  return request.then(
    () => 'accepted',
    (error: Error) => error.name,
  );
}

/** A scenario that could not be played to its end. */
export interface Problem {
  readonly problem: string;
  /** A run did not end while the scenario waited for it. */
  readonly neverEnded: boolean;
}

export const problemOf = (seen?: Seen) =>
  typeof seen?.problem === 'string' ? (seen as unknown as Problem) : undefined;

/**
 * Plays a scenario on an empty stage. If something goes wrong, the result describes the problem.
 */
export async function play({ play: act }: Scenario, stage: Stage): Promise<Seen> {
  return seenBy(stage, async () => {
    await clear(stage);
    await stage.subjects(0);
    return act(stage);
  });
}

/** What goes wrong is what was seen, so that it hides nothing else. */
export async function seenBy(stage: Stage, work: () => Promise<Seen>): Promise<Seen> {
  try {
    return await work();
  } catch (error) {
    stage.signal.throwIfAborted();
    return {
      problem: `${(error as Error).name}: ${(error as Error).message}`,
      neverEnded: error instanceof NeverEnded,
    };
  }
}
