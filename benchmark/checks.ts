/** The checks that must pass on any machine. They concern results, not times. */
import type { ThrottledLine } from './compare-throttled';
import type { Line } from './figures';
import { describeWrong } from './tables';

export interface Verdict {
  readonly met: boolean;
  readonly what: string;
}

/** With a thousand listed objects, it leaves room for lists, the ledger, the report and the few objects that are inspected twice. */
const MAX_REQUESTS_PER_OBJECT = 1.12;

export function toVerdicts(lines: readonly Line[], latencyMs: number): Verdict[] {
  return lines.filter(({ kind }) => kind !== 'peer').flatMap((line) => [
    rightly(line, `${latencyMs} ms: ${line.contender}`),
    {
      met: line.requestsPerObject <= MAX_REQUESTS_PER_OBJECT,
      what: `${latencyMs} ms: ${line.contender}: ${line.requestsPerObject.toFixed(3)} requests per object, at most ${MAX_REQUESTS_PER_OBJECT}`,
    },
  ]);
}

export function toThrottledVerdicts(lines: readonly ThrottledLine[]): Verdict[] {
  return lines.filter(({ kind }) => kind === 'ours').map((line) => rightly(line, `${line.rate}: ${line.contender}`));
}

function rightly(line: Line | ThrottledLine, what: string): Verdict {
  return { met: Object.keys(line.wrong).length === 0 && line.exit === 0, what: `${what}: wrong in the result: ${describeWrong(line)}` };
}

/** @returns whether all checks passed */
export function report(verdicts: readonly Verdict[]): boolean {
  console.log('');
  for (const { met, what } of verdicts) { console.log(`${met ? 'ok     ' : 'FAILED '} ${what}`); }
  const failed = verdicts.filter(({ met }) => !met).length;
  console.log(`${verdicts.length - failed} passed, ${failed} failed`);
  return failed === 0;
}
