import { wrap } from './flags';
import { FAULT_KINDS } from '../faults/faults';

const COLUMN = 19;

/** The kinds of faults and how to write a plan of them, for the help of commands. */
export function describeFaultKinds(): string {
  const kinds = Object.entries(FAULT_KINDS).map(
    ([kind, effect]) =>
      `  ${kind.padEnd(COLUMN - 2)}${wrap(effect, 80 - COLUMN).join(`\n${' '.repeat(COLUMN)}`)}`,
  );
  return [
    'Kinds of faults:',
    ...kinds,
    'as in --faults SlowDown=2%,ErrorIn200:CopyObject=0.05,seed=7 or in',
    '--faults \'{"seed":7,"rules":[{"kind":"SlowDown","probability":0.02}]}\'',
  ].join('\n');
}
