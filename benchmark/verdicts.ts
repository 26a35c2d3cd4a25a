/** What must be so, on any machine: results, not times. */
import type { Line } from './figures';
import { wrongOf } from './table';
import type { ThrottledLine } from './throttled';

export interface Verdict {
  readonly met: boolean;
  readonly what: string;
}

/** Lists, the ledger, the report and the few objects that need a second look, where a thousand objects are listed. */
const MOST_REQUESTS_PER_OBJECT = 1.12;

export function verdictsOf(lines: readonly Line[], latencyMs: number): Verdict[] {
  return lines.filter(({ kind }) => kind !== 'peer').flatMap((line) => [
    rightly(line, `${latencyMs} ms: ${line.contender}`),
    {
      met: line.requestsPerObject <= MOST_REQUESTS_PER_OBJECT,
      what: `${latencyMs} ms: ${line.contender}: ${line.requestsPerObject.toFixed(3)} requests per object, at most ${MOST_REQUESTS_PER_OBJECT}`,
    },
  ]);
}

export function throttledVerdictsOf(lines: readonly ThrottledLine[]): Verdict[] {
  return lines.filter(({ kind }) => kind === 'ours').map((line) => rightly(line, `${line.rate}: ${line.contender}`));
}

function rightly(line: Line | ThrottledLine, what: string): Verdict {
  return { met: Object.keys(line.wrong).length === 0 && line.exit === 0, what: `${what}: wrong in the result: ${wrongOf(line)}` };
}

/** @returns whether all are met */
export function report(verdicts: readonly Verdict[]): boolean {
  console.log('');
  for (const { met, what } of verdicts) { console.log(`${met ? 'ok     ' : 'FAILED '} ${what}`); }
  const failed = verdicts.filter(({ met }) => !met).length;
  console.log(`${verdicts.length - failed} passed, ${failed} failed`);
  return failed === 0;
}
