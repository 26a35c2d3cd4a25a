import { type App, Stack } from 'aws-cdk-lib';

/** A way in which an app uses the construct. */
export interface Scenario {
  readonly name: string;
  /**
   * The prefixes of the objects that the archiver reads, writes and lists. No policy may name
   * objects of another prefix.
   */
  readonly prefixes: string[];
  /** The type of the map's child workflows. Default: STANDARD. */
  /** Whether the state machine has states that take runs back. Default: no. */
  readonly allowRestore?: boolean;
  /** Whether objects are packed, so that runs can restore them to the reports. Default: no. */
  readonly isPacked?: boolean;
  /** Whether each batch sends a message, so that it ends when nothing is left. Default: no. */
  readonly isToldOfBatches?: boolean;
  /** Whether a function lists, also if the default is another listing. Default: no. */
  readonly isListedByFunction?: boolean;
  /**
   * The number of archivers in the whole app, which is the number of state machines. Default: 1.
   */
  readonly archivers?: number;
  readonly build: (app: App) => void;
}

/** Makes a scenario with one stack that does not depend on an account or a region. */
export function inStack(build: (stack: Stack) => void): (app: App) => void {
  return (app) => build(new Stack(app, 'Archive'));
}
