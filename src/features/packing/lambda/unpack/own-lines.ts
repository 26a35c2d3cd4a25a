import type { PackIndexLine } from '../../../../contract/payloads/pack-index';
import type { Settings } from '../../../../contract/payloads/settings';

export type SourcePlace = Pick<Settings, 'sourceBucket' | 'sourcePrefix'>;

/**
 * The lines about objects of this archiver, in their order. Archivers may share an archive, and
 * every writer to the archive can write an index. The result has every name and every key only
 * once.
 */
export function listOwnLines<T extends PackIndexLine>(
  lines: Iterable<T>,
  { sourceBucket, sourcePrefix }: SourcePlace,
): T[] {
  const byName = new Map(Array.from(lines, (line) => [line.name, line]));
  const own = [...byName.values()].filter(
    ({ bucket, key }) => bucket === sourceBucket && key.startsWith(sourcePrefix),
  );
  return [...new Map(own.map((line) => [line.key, line])).values()];
}
