/**
 * Counts the requests that it takes to archive many objects in the sandbox.
 *
 * usage: count-requests.ts ASSEMBLY [OBJECTS]   of a synthesized app
 *        count-requests.ts OBJECTS              of an archiver with default props, without and
 *                                               with `allowRestore`
 */
import { openSandbox, type Sandbox } from '../../packages/sandbox/src/internal';
import { batchesAtOnce, getKeysPerDelete } from '../../src/contract/batches';
import { rehearse } from '../../test/helpers/run-in-sandbox';

/**
 * One copy, and per thousand objects: a page of the listing, a part of the ledger, and a bulk
 * delete.
 */
const REQUESTS_PER_OBJECT = 1.003;
/**
 * Claims, results, reports, reading of parts and earlier reports, and what a slow machine repeats.
 */
const REQUESTS_PER_RUN = 80;
/** With default props. */
const KEYS_PER_DELETE = getKeysPerDelete({
  objectsPerSecond: 1_500 / batchesAtOnce(1_500),
  maxConcurrency: batchesAtOnce(1_500),
});

interface Count {
  readonly passed: number;
  readonly failed: number;
}

async function main([first, count = '10000']: string[]): Promise<void> {
  const counts: Count[] = [];
  if (Number.isNaN(Number(first))) {
    const sandbox = await openSandbox({ app: first });
    counts.push(await countRequests(sandbox, Number(count)).finally(() => sandbox.close()));
  } else {
    for (const allowRestore of [false, true]) {
      console.log(`allowRestore: ${allowRestore}`);
      const { sandbox, close } = await rehearse({ allowRestore });
      counts.push(await countRequests(sandbox, Number(first)).finally(close));
    }
  }
  const failed = counts.reduce((sum, each) => sum + each.failed, 0);
  console.log(`${counts.reduce((sum, each) => sum + each.passed, 0)} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}

async function countRequests(sandbox: Sandbox, objects: number): Promise<Count> {
  for (let i = 0; i < objects; i++) {
    sandbox.s3!.store.put(
      sandbox.sourceBucket,
      `incoming/host-${i % 100}/2026-11-24-${i}.log`,
      `line ${i}`,
    );
  }
  const { status, counts, requests, seconds, transitions, children, invocations, estimate } =
    await sandbox.run({ input: { date: '2026-11-24' } });
  const all = Object.values(requests).reduce((sum, n) => sum + n, 0);
  const perObject = all / objects;
  console.log(
    `${JSON.stringify(counts)} in ${seconds} s: ${Math.round(objects / seconds)} objects/s`,
  );
  console.log(`${perObject} requests per object: ${JSON.stringify(requests)}`);
  console.log(
    `${transitions} state transitions, ${children} children, ${invocations} Lambda invocations, ` +
      `about $${estimate.usd} on AWS`,
  );

  const copies = requests.CopyObject ?? 0;
  const results: [boolean, string][] = [
    [
      status === 'SUCCEEDED' && counts?.archived === objects && counts.listed === objects,
      'all are archived',
    ],
    [
      all <= objects * REQUESTS_PER_OBJECT + REQUESTS_PER_RUN,
      `at most ${REQUESTS_PER_OBJECT} requests per object, and ${REQUESTS_PER_RUN} per run`,
    ],
    [copies === objects, 'one copy per object'],
    [
      (requests.DeleteObjects ?? 0) <= Math.ceil(objects / KEYS_PER_DELETE) * 1.5,
      `one bulk delete per ${KEYS_PER_DELETE} objects, about`,
    ],
    [
      transitions > 0 && children === Math.ceil(objects / 1000) && invocations >= children + 2,
      'transitions, children and invocations are counted',
    ],
  ];
  results.forEach(([met, what]) => console.log(`${met ? 'ok     ' : 'FAILED '} ${what}`));
  const failed = results.filter(([met]) => !met).length;
  return { passed: results.length - failed, failed };
}

void main(process.argv.slice(2));
