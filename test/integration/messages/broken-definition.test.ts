/**
 * Checks the messages about runs whose state machine has a broken definition: the reader and the
 * batcher of a map that lists, and the choice of the action. A deployment repairs the run, so
 * the repaired stage has the same names and the same objects.
 */
import { Stage } from './stage';
import { check, type Row } from './table';

test.each<[string, (definition: string) => string, Row]>([
  [
    'a path that leads nowhere',
    (definition) => definition.replace('$.listing.prefix', '$.listing.nowhere'),
    {
      subject: /^Archive run of 2026-11-24 failed: Step Functions/,
      layer: 'Step Functions',
      code: 'States.Runtime',
      cause: /^Cause: States\.\w+: /m,
      contains: ['Deploy a corrected version'],
      command: 'start-execution',
    },
  ],
  [
    'a plan with an action that the state machine does not know, which archives nothing',
    // The name of the run stands where the action was.
    (definition) => definition.replaceAll('$.run.action', '$.run.id'),
    {
      subject: /^Archive run of 2026-11-24 failed: Step Functions/,
      layer: 'Step Functions',
      code: 'UnknownAction',
      cause: /^Cause: UnknownAction: PlanRun planned an action /m,
      contains: ['Deploy a corrected version', 'before it touched an object'],
      command: 'start-execution',
    },
  ],
  [
    'batches that outgrow a state',
    (definition) => definition.replace('229376', '262144'),
    {
      // The batch alone fills the input of a child. Its problems are added to that.
      keys: Array.from(
        { length: 800 },
        (_, i) => `incoming/${String(i).padStart(3, '0')}${'/long'.repeat(50)}-2026-11-24.csv`,
      ),
      trouble: ({ store, sandbox }) => {
        const taken = ['000', '001', '002'].map(
          (n) => `archive/2026/11/24/${n}${'/long'.repeat(50)}-2026-11-24.csv`,
        );
        for (const key of taken) {
          store.put(sandbox.destinationBucket, key, 'other');
        }
        return () => taken.forEach((key) => store.delete(sandbox.destinationBucket, key));
      },
      subject: /^Archive run of 2026-11-24 failed: Step Functions/,
      layer: 'Step Functions',
      code: 'States.DataLimitExceeded',
      cause: /^Cause: States\.DataLimitExceeded: /m,
      contains: ['Lower batchSize and deploy'],
      command: 'start-execution',
    },
  ],
])('%s', async (_, definition, row) => {
  const broken = await Stage.open({ batchSize: 1000 }, { definition });
  const whole = await Stage.open({ batchSize: 1000 });
  try {
    await check(broken, row, whole);
  } finally {
    await broken.close();
    await whole.close();
  }
});
