/**
 * Objects that the archiver may not copy, delete or look at, while it may do all of that to the
 * others.
 */
import type { Random } from './random';
import type { Buckets } from './setup';
import type { DenyRule, ObjectStore } from '../../packages/s3-double/src';

/**
 * `ForeignKey`: a writer encrypted the objects with a KMS key of another account, so that they
 * cannot be copied. With the others, a bucket policy denies one half of the move.
 */
export type Denial = 'ForeignKey' | 'DeniedCopy' | 'DeniedDelete' | 'DeniedHead';

export const DENIALS: readonly Denial[] = [
  'ForeignKey',
  'DeniedCopy',
  'DeniedDelete',
  'DeniedHead',
];

/** The archiver has no permission to use this key. */
export const FOREIGN_KEY = 'arn:aws:kms:us-east-1:999999999999:key/foreign';

/** A group of objects whose keys sort before most others, so that a batch begins with them. */
export interface DeniedGroup {
  readonly denial: Denial;
  readonly count: number;
  /** The denial stays. Otherwise the owner ends it before the run without faults. */
  readonly lasting: boolean;
}

/** Every key of a group contains this name. */
export const groupName = (denial: Denial) => `!${denial}/`;

/**
 * The last size is larger than the number of objects that a batch copies at the same time, so it
 * fails alone at first.
 */
const SIZES = [1, 5, 12, 25, 25, 60];

export function drawDeniedGroup(random: Random): DeniedGroup | undefined {
  if (!random.chance(0.35)) {
    return undefined;
  }
  const denial = random.pick(DENIALS);
  // The other account never grants its key. If HEAD is denied, what else works depends on the sizes
  // of objects and on their locks.
  const lasting = denial === 'ForeignKey' || (denial !== 'DeniedHead' && random.chance(0.5));
  return { denial, count: random.pick(SIZES), lasting };
}

/**
 * Denies what the group says.
 *
 * @param prefix begins every key of the group
 * @returns a function that allows it again
 */
export function deny(
  store: ObjectStore,
  { source }: Buckets,
  { denial }: DeniedGroup,
  prefix: string,
): () => void {
  return store.deny(toRule(denial, source, prefix));
}

function toRule(denial: Denial, bucket: string, keyPrefix: string): DenyRule {
  switch (denial) {
    case 'ForeignKey':
      return { kmsKeyId: FOREIGN_KEY };
    // The permission to read the source of a copy.
    case 'DeniedCopy':
      return { operations: ['GetObject'], bucket, keyPrefix };
    case 'DeniedDelete':
      return { operations: ['DeleteObject'], bucket, keyPrefix };
    case 'DeniedHead':
      return { operations: ['HeadObject'], bucket, keyPrefix };
  }
}
