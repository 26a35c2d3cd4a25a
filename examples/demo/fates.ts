import { destinationsOf, type Scene } from './seed';
import type { Snapshot } from './snapshot';
import { REWRITTEN_AFTER_COPY, REWRITTEN_BEFORE_COPY } from './traps';

/** Traps of the scene, with descriptions for people. */
const TRAPS: ReadonlyArray<readonly [what: string, key: string]> = [
  ['no 13th month', 'incoming/lookalikes/export-2026-13-24.csv'],
  ['digits of a longer number', 'incoming/lookalikes/export-2026-11-241.csv'],
  ['the day only in the folder', 'incoming/lookalikes/2026-11-24/notes.txt'],
  ['a folder marker', 'incoming/2026-11-24/'],
  ['odd characters', 'incoming/odd/plus+percent%41hash#question?amp& 2026-11-24.txt'],
  ['odd characters', 'incoming/odd/🚀 2026-11-24.txt'],
  ['one name in two folders', 'incoming/sales/eu/totals-2026-11-24.csv'],
  ['one name in two folders', 'incoming/sales/us/totals-2026-11-24.csv'],
  ['same content already archived', 'incoming/ledger/open-2026-11-24.csv'],
  ['other content already archived', 'incoming/ledger/close-2026-11-24.csv'],
  ['rewritten before its copy', REWRITTEN_BEFORE_COPY],
  ['rewritten after its copy', REWRITTEN_AFTER_COPY],
];

/** Returns a line for each trap that says what happened to it, according to the bucket. */
export function fateLines(scene: Scene, after: Snapshot): string[] {
  const destinations = destinationsOf(scene);
  return TRAPS.map(
    ([what, key]) =>
      `${what.padEnd(31)} ${key.slice(scene.sourcePrefix.length).padEnd(56)} ` +
      `${fateOf(key, destinations.get(key), after)}`,
  );
}

export function fateOf(key: string, destination: string | undefined, after: Snapshot): string {
  const here = after.get(key);
  const there = destination === undefined ? undefined : after.get(destination);
  if (here === undefined) {
    return there === undefined ? 'LOST' : 'archived';
  }
  if (there === undefined) {
    return 'left alone';
  }
  return here === there ? 'HALF-MOVED' : 'both contents kept';
}
