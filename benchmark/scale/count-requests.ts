/**
 * Counts the requests that it takes to archive many objects in the sandbox.
 *
 * usage: count-requests.ts ASSEMBLY [OBJECTS]
 */
import { openSandbox } from '../../packages/sandbox/src/internal';
import { batchesAtOnce, getKeysPerDelete } from '../../src/contract/batches';

/** One copy, and per thousand objects: a page of the listing, a part of the ledger, and a bulk delete. */
const REQUESTS_PER_OBJECT = 1.003;
/** Claims, results, reports, reading of parts and earlier reports, and what a slow machine repeats. */
const REQUESTS_PER_RUN = 80;
/** With default props. */
const KEYS_PER_DELETE = getKeysPerDelete({ objectsPerSecond: 1_500 / batchesAtOnce(1_500), maxConcurrency: batchesAtOnce(1_500) });

async function main([app, count = '10000']: string[]): Promise<void> {
  const objects = Number(count);
  const sandbox = await openSandbox({ app });
  try {
    for (let i = 0; i < objects; i++) {
      sandbox.s3!.store.put(sandbox.sourceBucket, `incoming/host-${i % 100}/2026-11-24-${i}.log`, `line ${i}`);
    }
    const { status, counts, requests, seconds, transitions, children, invocations, estimate } = await sandbox.run({ input: { date: '2026-11-24' } });
    const all = Object.values(requests).reduce((sum, n) => sum + n, 0);
    const perObject = all / objects;
    console.log(`${JSON.stringify(counts)} in ${seconds} s: ${Math.round(objects / seconds)} objects/s`);
    console.log(`${perObject} requests per object: ${JSON.stringify(requests)}`);
    console.log(`${transitions} state transitions, ${children} children, ${invocations} Lambda invocations, about $${estimate.usd} on AWS`);

    const copies = requests.CopyObject ?? 0;
    const results: [boolean, string][] = [
      [status === 'SUCCEEDED' && counts?.archived === objects && counts.listed === objects, 'all are archived'],
      [all <= objects * REQUESTS_PER_OBJECT + REQUESTS_PER_RUN, `at most ${REQUESTS_PER_OBJECT} requests per object, and ${REQUESTS_PER_RUN} per run`],
      [copies === objects, 'one copy per object'],
      [(requests.DeleteObjects ?? 0) <= Math.ceil(objects / KEYS_PER_DELETE) * 1.5, `one bulk delete per ${KEYS_PER_DELETE} objects, about`],
      [transitions > 0 && children === Math.ceil(objects / 1000) && invocations >= children + 2, 'transitions, children and invocations are counted'],
    ];
    results.forEach(([met, what]) => console.log(`${met ? 'ok     ' : 'FAILED '} ${what}`));
    const failed = results.filter(([met]) => !met).length;
    console.log(`${results.length - failed} passed, ${failed} failed`);
    process.exitCode = failed > 0 ? 1 : 0;
  } finally {
    await sandbox.close();
  }
}

void main(process.argv.slice(2));
