import { Annotations } from 'aws-cdk-lib';
import type { Construct, IConstruct } from 'constructs';
import { areKnownToDiffer, areSamePlace, isInside, type Place } from '../places/place';

interface Archiver {
  readonly scope: Construct;
  readonly source: Place;
  readonly destination: Place;
}

const archiversOf = new WeakMap<IConstruct, Archiver[]>();

/**
 * Warns if two archivers share a destination. Throws for a cycle: an archiver whose source is the
 * archive of another one deletes objects on which that one relies.
 */
export function validateOtherArchivers(scope: Construct, source: Place, destination: Place): void {
  const others = archiversOf.get(scope.node.root) ?? [];
  const archiver = { scope, source, destination };
  archiversOf.set(scope.node.root, [...others, archiver]);
  const cycle = findCycle(archiver, others);
  if (cycle) {
    const names = cycle.map((each) => each.scope.node.path).join(' and ');
    throw new Error(
      `prefix and destinationPrefix form a cycle with ${names}, and must not, since each would ` +
        'move what the other has archived: ' +
        'give one of them a prefix that does not contain the destinationPrefix of the other',
    );
  }
  // One archiver may copy at once what another one deletes later. Both mean the same objects.
  const hasSamePlaces = (other: Archiver) =>
    areSamePlace(other.source, source) && areSamePlace(other.destination, destination);
  for (const other of others.filter(
    (each) => overlap(each.destination, destination) && !hasSamePlaces(each),
  )) {
    Annotations.of(scope).addWarningV2(
      `cdk-s3-dated-archiver:sharedDestination-${other.scope.node.addr}`,
      `the destination of ${other.scope.node.path} overlaps this one, so objects of two ` +
        'archivers may get the same key in the archive: ' +
        'the second one conflicts, or is taken for archived if it is the same. Give each ' +
        'archiver its own destinationPrefix',
    );
  }
}

function findCycle(
  archiver: Archiver,
  others: readonly Archiver[],
  path: readonly Archiver[] = [],
): readonly Archiver[] | undefined {
  const current = path[path.length - 1] ?? archiver;
  if (path.length > 0 && feeds(current, archiver)) {
    return path;
  }
  for (const next of others) {
    if (path.includes(next) || !feeds(current, next)) {
      continue;
    }
    const cycle = findCycle(archiver, others, [...path, next]);
    if (cycle) {
      return cycle;
    }
  }
  return undefined;
}

/**
 * Whether an archiver lists objects that another one archives. An archiver never selects objects
 * below its own destination.
 */
function feeds(one: Archiver, other: Archiver): boolean {
  const isExcluded =
    isInside(other.destination, other.source) && isInside(one.destination, other.destination);
  return overlap(one.destination, other.source) && !isExcluded;
}

function overlap(one: Place, other: Place): boolean {
  // Stages for different accounts may import buckets by the same name.
  const areElsewhere = (['account', 'region'] as const).some((part) =>
    areKnownToDiffer(one.bucket.env[part], other.bucket.env[part]),
  );
  return !areElsewhere && (isInside(one, other) || isInside(other, one));
}
