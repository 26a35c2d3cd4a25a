import { formatProgressKey } from './format';

/** The examples are part of a batch's progress, which must leave room for the batch's items. */
export const EXAMPLES = 3;

/**
 * Prefers keys of different producers. Those of one producer mostly differ in their digits only.
 */
export function addExample(examples: string[], key: string): void {
  if (examples.length < EXAMPLES) {
    examples.push(formatProgressKey(key));
    return;
  }
  const shapes = examples.map(toShape);
  const repeated = shapes.findIndex((shape, index) => shapes.indexOf(shape) < index);
  if (repeated >= 0 && !shapes.includes(toShape(key))) {
    examples[repeated] = formatProgressKey(key);
  }
}

const toShape = (key: string) => key.replace(/\d/g, '0');
