import { allProps } from './all-props';
import { bucketsByAttributes, bucketsByName } from './imported-buckets';
import { inStage } from './in-stage';
import { kms } from './kms';
import { minimal } from './minimal';
import { packing } from './packing';
import type { Scenario } from './scenario';
import { tokens } from './tokens';
import { twoArchivers } from './two-archivers';
import { vpc } from './vpc';

export type { Scenario } from './scenario';

export const SCENARIOS: Scenario[] = [
  minimal,
  allProps,
  kms,
  bucketsByName,
  bucketsByAttributes,
  vpc,
  twoArchivers,
  inStage,
  tokens,
  packing,
];
