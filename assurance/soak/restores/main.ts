/**
 * The part of the soak that restores and verifies. `npm run soak` runs it as a child process.
 *
 *   npm run soak -- --only restores [--minutes N] [--seed S]
 *
 * A seed determines the buckets and what is tried. The order of the requests differs in every run.
 */
import { parseArgs } from 'node:util';
import { Assemblies } from './archivers';
import { Campaign } from './campaign';
import { randomOf } from '../random';

/** Each campaign begins with empty buckets. */
const CAMPAIGN_MS = 180_000;
const LONG_MINUTES = 10;
/** Of a violation, which may quote a message. */
const MOST_CHARACTERS = 1_500;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { minutes: { type: 'string', default: '1' }, seed: { type: 'string' } },
  });
  const first = Number(values.seed ?? Date.now() % 1_000_000);
  const until = Date.now() + Number(values.minutes) * 60_000;
  const assemblies = new Assemblies();
  const totals: Record<string, number> = { campaigns: 0 };
  let failed = 0;
  for (let seed = first; seed === first || Date.now() < until; seed++) {
    const { violations, counts } = await Campaign.run(
      randomOf(seed),
      assemblies,
      String(seed),
      Math.min(Date.now() + CAMPAIGN_MS, until),
    );
    totals.campaigns += 1;
    for (const [name, count] of Object.entries(counts)) {
      totals[name] = (totals[name] ?? 0) + count;
    }
    for (const violation of new Set(violations)) {
      console.log(`restores, seed ${seed}: VIOLATION ${violation.slice(0, MOST_CHARACTERS)}`);
    }
    failed += violations.length > 0 ? 1 : 0;
    console.log(`restores, seed ${seed}: ${JSON.stringify(counts)}`);
  }
  assemblies.remove();
  console.log(`restores, seeds from ${first}: ${JSON.stringify(totals)}`);
  // A long soak in which one of these did not happen shows too little.
  const missing =
    Number(values.minutes) < LONG_MINUTES
      ? []
      : ['restored', 'fine', 'alarms', 'deployments', 'faults', 'kills', 'calm'].filter(
          (name) => !totals[name],
        );
  if (missing.length > 0) {
    console.log(`restores: there were no ${missing.join(', ')}`);
  }
  console.log(
    `restores: ${totals.campaigns - failed} passed, ${failed + (missing.length > 0 ? 1 : 0)} ` +
      'failed',
  );
  process.exit(failed + missing.length > 0 ? 1 : 0);
}

void main();
