import { Listing } from '../../src';

const { distributedMap } = Listing;

/** From now on, archivers that do not say how they list have a function that lists. */
export function listSelectively(): void {
  Listing.distributedMap = () => Listing.selective();
}

/**
 * Whether the map lists if an archiver does not say how: a test whose archiver has nothing but a
 * map's reader checks it.
 */
export function listsByMap(): boolean {
  return Listing.distributedMap === distributedMap;
}
