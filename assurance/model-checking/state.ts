/**
 * This file defines the states of an exploration, and the points of the code that the states
 * contain.
 */
import type { Call } from './client';
import type { Outcomes } from './programs';
import type { Answer, Glacier, S3State } from './s3-model';

/** This happens to a mover: one of its calls is answered, or the time of its round is up. */
export type Happening =
  { readonly call: string; readonly answer: Answer; readonly fault?: boolean } | 'time is up';

/** This is a point in the mover's code. */
export interface Point {
  readonly id: number;
  readonly waiting: readonly Call[];
  /** Tells whether a round is under way whose time may end. */
  readonly timed: boolean;
  readonly outcomes?: Outcomes;
  /** This is the error that the code threw. The code should never throw. */
  readonly thrown?: string;
}

/** The checks must remember this about a schedule. All fields are sorted sets. */
export interface Ghost {
  /**
   * Each entry is `key content` of an object in the archive that the other writer removed or
   * overwrote.
   */
  readonly lost: readonly string[];
  /**
   * Each entry is `key content` of an object that the owner wrote to the source, or that the other
   * writer wrote to the archive.
   */
  readonly written: readonly string[];
}

/** What a mover has seen of an object, and the name of the call that showed it. */
export interface Sight {
  readonly content: string;
  readonly call: string;
  /** The number of the write that it saw. */
  readonly written?: number;
  /**
   * Of a source in GLACIER. `asked`: this mover has asked S3 to restore it, and not looked since.
   */
  readonly glacier?: Glacier | 'asked';
}

/**
 * Maps a thread and a key of the archive to what an answer showed. With `LOOK` in place of the
 * thread, it is a key of the source.
 */
export type Seen = Readonly<Record<string, Sight>>;
export const LOOK = 'look at ';

/** This is one attempt of a mover. */
export interface Attempt {
  readonly mover: number;
  readonly point: Point;
  /** The mover sent these calls and gave them up, and S3 has not executed them yet. */
  readonly late: readonly Call[];
  /**
   * Tells what existed when this attempt last touched a key, as far as an answer showed it: in the
   * archive, and where it matters at the source.
   */
  readonly seen: Seen;
  /** This attempt removed these sources, and no writer has written or removed them since then. */
  readonly removed: readonly string[];
  /**
   * Another attempt has written to the ledger since this one listed it. So this one cannot know
   * what it says.
   */
  readonly behind: boolean;
  /**
   * Only of a verification: `key content` of each object that was removed since it began.
   */
  readonly gone?: readonly string[];
}

export interface State {
  readonly s3: S3State;
  readonly attempts: readonly Attempt[];
  /** These are the calls of killed movers, with what the movers had seen. */
  readonly orphans: ReadonlyArray<Pick<Attempt, 'seen'> & { readonly call: Call }>;
  readonly faultsLeft: number;
  readonly foreign: readonly string[];
  readonly ghost: Ghost;
}

export function isOver({ attempts }: State): boolean {
  return attempts.every(({ point }) => isDone(point));
}

export const isDone = ({ outcomes, thrown }: Point) =>
  outcomes !== undefined || thrown !== undefined;
