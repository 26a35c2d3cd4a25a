import type { Values } from './attribute';
import type { GivenAttribute } from '../../contract/given';
import type { Notes } from '../../contract/payloads/note-payloads';
import type { Requests } from '../pricing/requests';

/** Which copy is made. */
export interface CopyFacts {
  readonly day: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** What a prop gives to copies. */
export interface Given<T> {
  /** The additional requests for each copy, which ask what its source has. */
  readonly requests: Requests;
  /** Returns what the copy has. It is never weaker than what its source has. */
  merge(source: T | undefined, of: CopyFacts): T | undefined;
  /** Adds a note to an archived object to which nothing could be given. */
  addNote?(notes: Notes | undefined, of: CopyFacts): Notes | undefined;
}

export type GivenAttributes = { readonly [N in GivenAttribute]?: Given<Values[N]> };
