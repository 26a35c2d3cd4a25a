/**
 * Attacks the command: it is killed, put to sleep, without credentials, and next to an archiver.
 *
 *   tsx assurance/command/main.ts --quick         a sample, a minute of CPU
 *   tsx assurance/command/main.ts                 each request, each stage, and 10,000 objects
 *   --seed N, --only TEXT, --times N              what is drawn, the attempts to make, how often
 */
import { parseArgs } from 'node:util';
import { ASLEEP } from './asleep';
import type { Attack } from './attack';
import { BESIDE } from './beside';
import { build } from './build';
import { EXPIRED } from './expired';
import { KILLED } from './killed';
import { randomOf } from '../soak/random';

/** Lines that a log shows. */
const MOST_LINES = 400;

const ATTACKS: readonly Attack[] = [KILLED, ASLEEP, EXPIRED, BESIDE];

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean' },
      seed: { type: 'string' },
      only: { type: 'string' },
      times: { type: 'string' },
    },
  });
  const seed = Number(values.seed ?? Date.now() % 1_000_000);
  console.log(`seed ${seed}`);
  const bundles = build();
  let [passed, failed] = [0, 0];
  for (const attack of ATTACKS) {
    if (values.only !== undefined && !values.only.startsWith(attack.name)) {
      continue;
    }
    // Each attack draws on its own, so that `--only` does not change what is drawn.
    const attempts = attack.list(randomOf(seed), !values.quick, bundles);
    for await (const each of attempts) {
      const name = `${attack.name}: ${each.name}`;
      if (!name.includes(values.only ?? '')) {
        continue;
      }
      for (let time = 0; time < Number(values.times ?? 1); time++) {
        const began = Date.now();
        const { violations, ends, log } = await each.run();
        const seconds = ((Date.now() - began) / 1_000).toFixed(1);
        console.log(`${name}, ${ends.join(', ')}, ${seconds} s`);
        violations.forEach((violation) => console.log(`VIOLATION ${violation}`));
        if (violations.length > 0) {
          log.slice(0, MOST_LINES).forEach((line) => console.log(`  ${line}`));
        }
        passed += violations.length === 0 ? 1 : 0;
        failed += violations.length === 0 ? 0 : 1;
      }
    }
  }
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}

main().catch((error: Error) => {
  console.error(error);
  process.exitCode = 2;
});
