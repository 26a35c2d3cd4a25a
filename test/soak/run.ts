import { rehearse } from '../rehearsal';
import { runSchedule, type Weather } from './schedule';
import { ConflictPolicy } from '../../src';

/** npm run soak -- [--minutes N] [--seed S] [--rename] */
async function main() {
  const option = (name: string, otherwise: number) => Number(process.argv[process.argv.indexOf(`--${name}`) + 1] || otherwise);
  const minutes = process.argv.includes('--minutes') ? option('minutes', 1) : 1;
  const first = process.argv.includes('--seed') ? option('seed', 1) : Date.now() % 1_000_000;
  const weather: Weather = {};
  const it = await rehearse({
    batchSize: 20,
    maxObjectsPerSecond: 100_000,
    toleratedFailurePercentage: 100,
    conflictPolicy: process.argv.includes('--rename') ? ConflictPolicy.RENAME : ConflictPolicy.REPORT,
  }, {
    s3: { hooks: { before: (call) => weather.before?.(call) } },
    onInvoke: (invocation) => weather.onInvoke?.(invocation),
    maxInstances: 4,
  });
  const end = Date.now() + minutes * 60_000;
  let schedules = 0;
  let archived = 0;
  let violations = 0;
  const faults: Record<string, number> = {};
  for (let seed = first; Date.now() < end; seed++, schedules++) {
    const report = await runSchedule(it, weather, seed);
    for (const [kind, count] of Object.entries(report.faults)) faults[kind] = (faults[kind] ?? 0) + count;
    archived += report.archived;
    violations += report.violations.length;
    for (const violation of report.violations) console.log(`seed ${seed}: ${violation}`);
  }
  await it.close();
  console.log(`${schedules} schedules from seed ${first}, ${archived} objects archived, ${violations} violations; faults: ${JSON.stringify(faults)}`);
  process.exitCode = violations === 0 ? 0 : 1;
}

void main();
