import type { Selection } from './select-objects';
import type { ListedObject } from '../../contract/payloads/listing';

export type Selected = Extract<Selection, { selected: true }>;

/** Parts of the plan whose objects belong together, and objects that are planned alone. */
export interface Planned {
  readonly parts: ListedObject[][];
  readonly moved: ListedObject[];
}

/** Decides which of the selected objects are planned together, such as those of a pack. */
export interface Grouping {
  /** Whether a group takes the object. Call it once per object. */
  takes(object: ListedObject, selection: Selected): boolean;
  /** Adds an object that a group takes, and returns what is planned with it. */
  add(object: ListedObject, selection: Selected): Planned;
  /** Yields what is left, at the end of a round. */
  end(): Iterable<Planned>;
  /** Returns the state with which the next round opens the grouping. */
  save(): string;
}
