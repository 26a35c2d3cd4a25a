/**
 * Detects that objects without a date begin to arrive: a writer changed the format of its names, or
 * dateSource was never right. It does not report the same arrivals twice.
 */
import { getSelected } from './report/outcome';
import type { EarlierReport } from '../plan/earlier-reports';

export interface UndatedArrivals {
  /** When the run before began. `null`: none is known, so all objects without a date are new. */
  readonly since: string | null;
  /** The objects without a date that were written since then. */
  readonly count: number;
  /** The number that causes no message. */
  readonly usual: number;
  /** The run sends a message because of them. */
  readonly isUnusual: boolean;
}

interface Arrivals extends Pick<UndatedArrivals, 'since' | 'count'> {
  /** The objects for the days of the run. */
  readonly found: number;
}

/**
 * More than a tenth of what has come has no date, not counting what is usual.
 *
 * @param earlier the reports of the runs before
 */
export function judgeUndated(
  arrivals: Arrivals,
  earlier: readonly EarlierReport[],
): UndatedArrivals {
  const { since, count, found } = arrivals;
  const usual = findUsual(arrivals, earlier);
  return { since, count, usual, isUnusual: count - usual > (count + found) / 10 };
}

/**
 * Returns a number that at least two earlier runs have reported. So one large arrival does not
 * become usual, and one lost message hides nothing. Only runs that found objects with a date count:
 * while none arrive, nothing is archived, and every run says so.
 */
function findUsual({ count, found }: Arrivals, earlier: readonly EarlierReport[]): number {
  const others = earlier
    .filter(({ counts }) => getSelected(counts) > 0)
    .map(({ counts, undatedArrivals }) => ({
      found: getSelected(counts),
      ...(undatedArrivals ?? { since: '', count: 0 }),
    }));
  const measured = others.filter(({ since }) => since !== null);
  if (measured.length > 0 || found === 0) {
    const [first = 0, second = first] = measured.map((other) => other.count).sort((a, b) => b - a);
    return second;
  }
  // The first run of all counted what had come in all the time before, so only its share tells.
  const shares = others.map((other) => other.count / (other.count + other.found));
  return Math.max(0, ...shares) * (count + found);
}
