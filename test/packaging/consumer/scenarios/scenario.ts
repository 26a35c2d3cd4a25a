import { type App, Stack } from 'aws-cdk-lib';

/** A way in which somebody uses the construct. */
export interface Scenario {
  readonly name: string;
  /** Where objects are read, written and listed: no policy may name objects of any other prefix. */
  readonly prefixes: string[];
  /** Type of the map's child workflows; default: STANDARD. */
  readonly childType?: 'EXPRESS';
  /** Archivers, that is state machines, in the whole app; default: 1. */
  readonly archivers?: number;
  readonly build: (app: App) => void;
}

/** A scenario with one stack that depends on no account or region. */
export function inStack(build: (stack: Stack) => void): (app: App) => void {
  return (app) => build(new Stack(app, 'Archive'));
}
