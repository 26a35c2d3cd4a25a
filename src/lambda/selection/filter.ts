import { createKeyFilter } from './glob';
import type { FilterName } from '../../contract/checks/check-filter';
import type { ListedObject } from '../../contract/payloads/listing';
import type { FilterSettings } from '../../contract/payloads/settings';

/** Returns the first filter that an object does not pass. `instant` is the same in all attempts at a run, so that all select the same objects. */
export function createFilter(
  { include, exclude, minSize = 0, maxSize = Infinity, minAge }: FilterSettings, sourcePrefix: string, instant: number,
): (object: Pick<ListedObject, 'Key' | 'Size' | 'LastModified'>) => FilterName | undefined {
  const isIncluded = createKeyFilter(include);
  const isExcluded = createKeyFilter(exclude ?? []);
  const youngest = minAge === undefined ? Infinity : instant - minAge * 1000;
  return ({ Key, Size, LastModified }) => {
    const key = Key.slice(sourcePrefix.length);
    if (!isIncluded(key)) { return 'include'; }
    if (isExcluded(key)) { return 'exclude'; }
    if (Size < minSize) { return 'minSize'; }
    if (Size > maxSize) { return 'maxSize'; }
    // S3 lists whole seconds.
    return LastModified !== undefined && Math.floor(LastModified) * 1000 > youngest ? 'minAge' : undefined;
  };
}
