import type { DateSourceSettings } from '../../../src/dates/settings';
import type { Producer } from '../producers';

type Source = readonly [kind: 'objectName' | 'objectKey' | 'keyPrefix', ...formats: string[]];

/** A producer in one line each: its name, its page, its date source and keys after the prefix. */
export function row(
  producer: string,
  page: string,
  [kind, ...formats]: Source,
  [prefix, key, ...nearMisses]: readonly [prefix: string, key: string, ...nearMisses: string[]],
  notGuessed?: string,
): Producer {
  const dateSource: DateSourceSettings = { kind, formats };
  return {
    producer,
    prefix,
    dateSource,
    key: prefix + key,
    page: `https://${page}`,
    nearMisses: nearMisses.map((nearMiss) => prefix + nearMiss),
    ...(notGuessed !== undefined && { notGuessed }),
  };
}
