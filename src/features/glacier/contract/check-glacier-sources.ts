import { isWhole } from '../../../contract/checks/is-whole';

const MAX_DAYS = 36_500;
/** Numbers above it are not exact, and the run adds them up. */
const MAX_SUM = Number.MAX_SAFE_INTEGER;

/** As RestoreObject names them. */
export const RETRIEVAL_TIERS = ['Expedited', 'Standard', 'Bulk'] as const;
export type RetrievalTierName = (typeof RETRIEVAL_TIERS)[number];

/** How S3 restores sources in Glacier. */
export interface GlacierSettings {
  readonly tier: RetrievalTierName;
  readonly days: number;
  /** The largest number of objects that one run asks S3 to restore. */
  readonly maxObjects: number;
  readonly maxBytes: number;
}

export function checkGlacierSources({
  days,
  maxObjects,
  maxBytes,
}: Omit<GlacierSettings, 'tier'>): void {
  if (!isWhole(1, MAX_DAYS)(days)) {
    throw new Error(
      `GlacierSources.restoreFirst() with ${days} days is not allowed: give a whole number of ` +
        `days from 1 to ${MAX_DAYS.toLocaleString('en-US')}`,
    );
  }
  if (!isWhole(1, MAX_SUM)(maxObjects)) {
    throw new Error(
      `maxObjects of GlacierSources.restoreFirst() is ${maxObjects} and must be a whole number ` +
        'from 1: to restore nothing, use GlacierSources.report()',
    );
  }
  if (!isWhole(1, MAX_SUM)(maxBytes)) {
    throw new Error(
      `maxSize of GlacierSources.restoreFirst() is ${maxBytes} bytes and must be a whole number ` +
        'of bytes from 1, and below 8 PiB',
    );
  }
}
