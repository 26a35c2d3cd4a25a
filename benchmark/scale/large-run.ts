/** The run that the benchmarks of large runs share. There are no objects behind it. */
import type { Run } from '../../src/contract/payloads/run';

export const LARGE_RUN: Run = {
  id: 'large',
  startTime: '2026-11-25T01:00:00.000Z',
  from: '2026-11-24',
  to: '2026-11-24',
  action: 'archive',
  dryRun: false,
  reportPrefix: 'runs/2026-11-25/large/',
  ledgerPrefix: 'runs/ledger/day=2026-11-24/run=large/',
  objectsPerSecond: 1_500,
};
