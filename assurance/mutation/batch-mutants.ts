/**
 * These mutants break the code that goes on with batches whose time ran short in one way each, and
 * tests must see it:
 *
 *   npx tsx assurance/mutation/batch-mutants.ts [TEXT]   those whose name contains TEXT
 */
import { runMutants, type TestedMutant } from './tested-mutants';

const RUN_BATCH = 'src/actions/archive/lambda/run-batch.ts';
const REMAINING = 'src/lambda/report-run/remaining-parts.ts';
const SUMS = 'src/lambda/report-run/sum-batches.ts';
const PREDICT = 'src/lambda/batch/predict.ts';
const ROUNDS = 'test/unit/lambda/archive-batch/run-batch';
const DRY_RUN = 'test/unit/lambda/batch/dry-run';
const REPORT = 'test/unit/lambda/report-run/remaining-parts';

export const BATCH_MUTANTS: readonly TestedMutant[] = [
  {
    name: 'counts a batch with which FinishBatches went on twice',
    file: SUMS,
    find: 'if (progress.remaining) {',
    replace: 'if (!progress) {',
    test: REPORT,
  },
  {
    name: 'does not count what FinishBatches did',
    file: SUMS,
    find: 'plan ? [map, plan.finish] : [map]',
    replace: '[map]',
    test: REPORT,
  },
  {
    name: 'goes on for ever',
    file: REMAINING,
    find: 'plan.outcome === outcome || ',
    replace: '',
    test: REPORT,
  },
  {
    name: 'reports a run of which objects remain',
    file: REMAINING,
    find: 'if (parts.length === 0) {',
    replace: '{',
    test: REPORT,
  },
  {
    name: 'forgets how far a batch came',
    file: RUN_BATCH,
    find: '  await writeProgress(reports, run, part, { ...progress, requests: {} });\n',
    replace: '',
    test: ROUNDS,
  },
  {
    name: 'does not count what the fast path sends',
    file: 'src/lambda/throughput/fast-sender.ts',
    find: 'this.requests?.count(',
    replace: 'void (',
    test: 'test/unit/lambda/batch/counted-requests',
  },
  {
    name: 'counts requests that are not billed',
    file: 'src/lambda/throughput/request-counter.ts',
    find: 'status >= 500',
    replace: 'status >= 600',
    test: 'test/unit/lambda/batch/counted-requests',
  },
  {
    name: 'foresees no request that is refused',
    file: PREDICT,
    find: 'this.counter.countAnswer(name, input, error as object);',
    replace: '',
    test: DRY_RUN,
  },
  {
    name: 'foresees no request that is answered without S3',
    file: PREDICT,
    find: '{ ...DONE, ...answer }',
    replace: 'answer',
    test: DRY_RUN,
  },
  {
    name: 'foresees the class of a source where its copy will be read',
    file: PREDICT,
    find: 'return { ...answer, StorageClass: storageClass };',
    replace: 'return answer;',
    test: DRY_RUN,
  },
  {
    name: 'foresees that a refused copy is sent once',
    file: PREDICT,
    find: 'if (await this.batch.hasCopiedBefore()) {',
    replace: 'if (!this.batch) {',
    test: DRY_RUN,
  },
  {
    name: 'ends as if nothing remained',
    file: RUN_BATCH,
    find: 'remaining: part',
    replace: 'remaining: null',
    test: ROUNDS,
  },
  {
    name: 'begins each round where the first one ended',
    file: RUN_BATCH,
    find: "event.progressFile === 'read' && progress.rounds === 0",
    replace: "event.progressFile === 'read'",
    test: ROUNDS,
  },
  {
    name: 'names a file with other objects than the batch of a map has',
    file: RUN_BATCH,
    find: 'await writePlanFile(reports, run, items)',
    replace: 'await writePlanFile(reports, run, items.slice(1))',
    test: ROUNDS,
  },
  {
    name: 'looks for remaining objects in runs that archive nothing',
    file: REMAINING,
    find: ' || readsLedgers(run.action)',
    replace: '',
    test: REPORT,
  },
];

if (require.main === module) {
  runMutants(BATCH_MUTANTS, process.argv[2]);
}
