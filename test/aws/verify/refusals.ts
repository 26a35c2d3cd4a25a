/** What a clean-up could not do. One refusal never keeps it from the rest. */
import type { Row } from './table';

export interface Refusal {
  /** What is left, or what was not done. */
  readonly what: string;
  /** Why, and what to do about it. */
  readonly why: string;
  /** What a lock keeps until then needs no other attempt before. */
  readonly until?: string;
}

export const reasonOf = (error: unknown) => {
  const { name, message } = error as Error;
  return name === 'Error' || message.startsWith(name) ? message : `${name}: ${message}`;
};

/** Does the work. If it is refused, that is added to the list, and the caller goes on. */
export async function attempt<T>(
  refusals: Refusal[],
  what: string,
  work: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    refusals.push({ what, why: reasonOf(error) });
    return undefined;
  }
}

/** The rows of a report: one for the clean-up, and one for each refusal. */
export function rowsOfCleanUp(id: string, refusals: readonly Refusal[], seconds?: number): Row[] {
  const name = 'the clean-up';
  if (refusals.length === 0) {
    return [{ name, status: 'passed', details: [], seconds }];
  }
  const count = refusals.length === 1 ? 'one thing is' : `${refusals.length} things are`;
  const last = refusals
    .flatMap(({ until = [] }) => until)
    .sort()
    .pop();
  const when = last === undefined ? 'To try again' : `After ${last}`;
  const command = `npm run verify:aws -- --clean-up ${id}`;
  return [
    {
      name,
      status: 'differs',
      details: [`${count} left, each in a row. ${when}, type: ${command}`],
      seconds,
    },
    ...refusals.map(({ what, why }): Row => ({
      name: `${name}: ${what}`,
      status: 'differs',
      details: [why],
    })),
  ];
}

/** The errors that say "later", not "no". */
const LATER =
  /Throttl|TooManyRequests|RequestLimitExceeded|SlowDown|ServiceUnavailable|InternalError|InternalFailure|RequestTimeout|TimeoutError|ECONN|EPIPE|fetch failed|HTTP 5\d\d|HTTP 429/;
const MAX_ASKED = 5;
const MILLISECONDS_BETWEEN = 2_000;

/** Asks again if the answer is "later". An answer that stays unknown is thrown. */
export async function patiently<T>(
  sleep: (milliseconds: number) => Promise<unknown>,
  work: () => Promise<T>,
): Promise<T> {
  for (let asked = 1; ; asked++) {
    try {
      return await work();
    } catch (error) {
      const { name, message } = error as Error;
      if (asked === MAX_ASKED || !LATER.test(`${name} ${message}`)) {
        throw error;
      }
      await sleep(asked * MILLISECONDS_BETWEEN);
    }
  }
}
