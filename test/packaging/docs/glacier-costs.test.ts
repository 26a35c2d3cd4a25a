import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { GlacierSources, RetrievalTier } from '../../../src';
import { getMaxRestoreUsd } from '../../../src/contract/restore-prices';

const SOURCE = path.resolve(__dirname, '../../../src/glacier-sources.ts');

describe('what a run costs at most with the defaults, in us-east-1, as the documentation says', () => {
  const costOf = (tier: RetrievalTier) => {
    const { maxObjects, maxBytes } = GlacierSources.restoreFirst({
      days: 1,
      tier,
    })._restoreFirst()!;
    return getMaxRestoreUsd(tier, maxObjects, maxBytes);
  };
  test.each([
    [RetrievalTier.STANDARD, 30.48, 31],
    [RetrievalTier.BULK, 5.06, 6],
    [RetrievalTier.EXPEDITED, 13, 13],
  ])('%s: $%d', (tier, usd, told) => {
    expect(costOf(tier)).toBeCloseTo(usd);
    expect(Math.ceil(costOf(tier))).toBe(told);
    expect(readFileSync(SOURCE, 'utf8').replace(/\s+\*\s+/g, ' ')).toContain(
      'a run costs at most $31 in us-east-1, $6 with Bulk, and $13 with Expedited',
    );
  });
});
