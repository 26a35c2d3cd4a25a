import type { Answers } from './answers';
import { namesOf, play, problemOf, type Scenario, type Seen } from './scenarios/scenario';
import type { Stage } from './stage';
import { compareAll, type Row } from './table';

interface Parts {
  readonly scenarios: readonly Scenario[];
  readonly signal: AbortSignal;
  readonly stage: Stage;
  readonly answers: Answers;
  /** In epoch milliseconds. From then on no scenario begins. */
  readonly deadline: number;
  readonly minutes: number;
  readonly now: () => number;
  readonly tell: (text: string) => void;
  /** Says on disk what is done from now on. */
  readonly record: (doing: string) => void;
}

/**
 * As many scenarios in a row as may never end: what the account does then, it does for the others,
 * too.
 */
const MAX_NEVER_ENDED = 2;

/** Adds a row for each scenario, also if scenarios before it failed. */
export async function playAll(parts: Parts, expected: readonly Seen[], rows: Row[]): Promise<void> {
  const { scenarios, deadline, now, tell, record } = parts;
  let neverEnded = 0;
  for (const [index, scenario] of scenarios.entries()) {
    const reason = whyNot(parts, neverEnded);
    if (reason !== undefined) {
      rows.push(
        ...scenarios
          .slice(index)
          .flatMap(namesOf)
          .map((name): Row => ({ name, status: 'skipped', details: [reason] })),
      );
      tell(`  the rest is skipped: ${reason}`);
      break;
    }
    tell(`  ${scenario.name}`);
    record(`played "${scenario.name}"`);
    const { played, ended } = await playOne(
      { ...parts, budget: deadline - now() },
      scenario,
      expected[index],
    );
    rows.push(...played);
    neverEnded = ended ? 0 : neverEnded + 1;
  }
}

function whyNot({ signal, deadline, minutes, now }: Parts, neverEnded: number): string | undefined {
  if (signal.aborted) {
    return (signal.reason as Error).message;
  }
  if (neverEnded >= MAX_NEVER_ENDED) {
    return `${MAX_NEVER_ENDED} scenarios in a row never ended`;
  }
  return now() >= deadline ? `the ${minutes} minutes are over` : undefined;
}

async function playOne(
  parts: Parts & { readonly budget: number },
  scenario: Scenario,
  expected?: Seen,
): Promise<{ played: Row[]; ended: boolean }> {
  const { stage, answers, now, budget } = parts;
  const began = now();
  const notes: string[] = [];
  const limits = {
    budget: Math.min(stage.budget, budget),
    patience: Math.min(stage.patience, budget),
  };
  answers.take();
  let found: Seen;
  try {
    found = await play(scenario, {
      ...stage,
      ...limits,
      note: (text) => {
        notes.push(text);
      },
    });
  } catch (error) {
    found = { problem: (error as Error).message, neverEnded: false };
  }
  const compared = compareAll(scenario, expected, found);
  const seconds = Math.round((now() - began) / 1000);
  const kept = answers.take();
  const played = compared.map((row, index) => ({
    ...row,
    seconds,
    notes: index === 0 ? notes : [],
    ...(row.status !== 'passed' && { answers: kept }),
  }));
  return {
    played,
    ended: ![found, ...Object.values(found)].some(
      (seen) => problemOf(seen as Seen | undefined)?.neverEnded,
    ),
  };
}
