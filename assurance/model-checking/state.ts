/** The states that an exploration goes through, and the points of the code that they are made of. */
import type { Call } from './client';
import type { Outcomes } from './programs';
import type { Answer, S3State } from './s3-model';

/** What happens to a mover: a call of it is answered, or the time of its round is up. */
export type Happening = { readonly call: string; readonly answer: Answer; readonly fault?: boolean } | 'time is up';

/** A point in the mover's code. */
export interface Point {
  readonly id: number;
  readonly waiting: readonly Call[];
  /** Whether a round is under way whose time may end. */
  readonly timed: boolean;
  readonly outcomes?: Outcomes;
  /** What the code threw, which it never should. */
  readonly thrown?: string;
}

/** What the checks have to remember of a schedule. All are sorted sets. */
export interface Ghost {
  /** `key content` of the archive that the other writer removed or wrote over. */
  readonly lost: readonly string[];
  /** `key content` that the owner put at the source, or the other writer into the archive. */
  readonly written: readonly string[];
}

/** By thread and key: the content, and the name of the call that showed it. */
export type Seen = Readonly<Record<string, { readonly content: string; readonly call: string }>>;

/** A mover's attempt. */
export interface Attempt {
  readonly mover: number;
  readonly point: Point;
  /** Sent and given up by the mover, not yet executed by S3. */
  readonly late: readonly Call[];
  /** What stood in the archive when this attempt last touched a key there, as far as an answer told it. */
  readonly seen: Seen;
  /** Sources that this attempt removed, and that nobody has written or removed since. */
  readonly removed: readonly string[];
}

export interface State {
  readonly s3: S3State;
  readonly attempts: readonly Attempt[];
  /** Calls of killed movers, with what they had seen. */
  readonly orphans: ReadonlyArray<Pick<Attempt, 'seen'> & { readonly call: Call }>;
  readonly faultsLeft: number;
  readonly foreign: readonly string[];
  readonly ghost: Ghost;
}

export function isOver({ attempts }: State): boolean {
  return attempts.every(({ point }) => isDone(point));
}

export const isDone = ({ outcomes, thrown }: Point) => outcomes !== undefined || thrown !== undefined;
