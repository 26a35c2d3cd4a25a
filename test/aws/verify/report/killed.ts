/**
 * The report of a verification whose process was killed. The clean-up writes it from the
 * progress, which the process had kept.
 */
import { createReport, type Report } from './report';
import type { Progress } from '../journal';
import type { Row } from '../table';

/**
 * @param cleanUp the rows of the clean-up that follows the kill; none if nothing had been created
 */
export function createReportOfKilled(
  { doing, at, facts, names, rows }: Progress,
  cleanUp: readonly Row[] = [],
): Report {
  const killed =
    `The process was killed while it ${doing}, which it had begun at ${at.slice(0, 19)}Z. ` +
    'What it had found until then is in the rows; it looked at nothing else.';
  const missing = names.filter((name) => !rows.some((row) => row.name === name));
  return createReport({ ...facts, killed, ended: Date.parse(at) }, [
    ...rows,
    { name: 'the process', status: 'differs', details: [`killed while it ${doing}`] },
    ...missing.map((name): Row => ({
      name,
      status: 'skipped',
      details: ['the process was killed'],
    })),
    ...cleanUp,
  ]);
}
