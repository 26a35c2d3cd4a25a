import type { ListedObject } from '../../contract/payloads';

/** More folders than a batch usually has, and few requests for a batch that fails as a whole. */
const MAX_SAMPLE = 40;

/**
 * Picks objects that stand for all: one of each folder, and others from everywhere between. If there are too many
 * folders, it picks some of them. The choice differs from run to run, so that what one run missed, another does not.
 *
 * @param indexes the objects to pick from
 */
export function pickSample(items: readonly ListedObject[], indexes: readonly number[]): number[] {
  const byFolder = new Map(indexes.map((index) => [getFolder(items[index].Key), index]));
  const folders = spread([...byFolder.values()], MAX_SAMPLE);
  return [...new Set([...folders, ...spread(indexes, MAX_SAMPLE - folders.length)])];
}

function getFolder(key: string): string {
  return key.slice(0, key.lastIndexOf('/') + 1);
}

/** Returns at most `count` of the indexes, at equal distances. */
function spread(indexes: readonly number[], count: number): number[] {
  if (indexes.length <= count) { return [...indexes]; }
  const distance = indexes.length / count;
  const offset = Math.random() * distance;
  return Array.from({ length: count }, (_, i) => indexes[Math.floor(offset + i * distance)]);
}
