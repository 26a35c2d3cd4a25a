/**
 * Copies the recordings that the rows name out of a clone of their repository: `npx tsx --tsconfig
 * tsconfig.dev.json test/aws/recorded/extract.ts PATH_OF_GIT_DIRECTORY`. Fails if a test or a step
 * is not there.
 */
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { RECORDINGS_FILE, type Recordings, toTestId } from './recordings';
import { REPLAYS } from './replays';

const [directory] = process.argv.slice(2);
if (!directory) {
  throw new Error('give the path of a git directory of localstack/localstack');
}
const git = (...args: string[]) =>
  execFileSync('git', ['-C', directory, ...args], { encoding: 'utf8', maxBuffer: 2 ** 28 }).trim();

/**
 * Without the headers, which recorders drop, and with the status where the responses of this
 * repository have it.
 */
function simplify(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(simplify);
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value).map(([field, each]) =>
      field === 'ResponseMetadata'
        ? ['HTTPStatusCode', (each as { HTTPStatusCode: number }).HTTPStatusCode]
        : [field, simplify(each)],
    ),
  );
}

const snapshots = new Map<string, any>();
const tests: { [id: string]: Recordings['tests'][string] } = {};
for (const { file, test, rows } of REPLAYS) {
  const name = `${file}.snapshot.json`;
  if (!snapshots.has(name)) {
    snapshots.set(name, JSON.parse(git('show', `HEAD:${name}`)));
  }
  const recording = snapshots.get(name)[`${file}.py::${test}`];
  if (!recording) {
    throw new Error(`${name} has no test ${test}`);
  }
  const steps = Object.keys(rows).map((step) => {
    const response = recording['recorded-content'][step];
    if (response === undefined) {
      throw new Error(
        `${test} has no step ${step}: it has ` +
          `${Object.keys(recording['recorded-content']).join(', ')}`,
      );
    }
    return [step, simplify(response)];
  });
  const [day, month, year] = recording['recorded-date'].slice(0, 10).split('-');
  tests[toTestId(file, test)] = {
    recorded: `${year}-${month}-${day}`,
    steps: { ...tests[toTestId(file, test)]?.steps, ...Object.fromEntries(steps) },
  };
}
const recordings: Recordings = {
  repository: 'localstack/localstack',
  commit: git('rev-parse', 'HEAD'),
  tests,
};
fs.writeFileSync(RECORDINGS_FILE, `${JSON.stringify(recordings, undefined, 1)}\n`);
