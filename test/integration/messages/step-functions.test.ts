/** Checks the messages about runs that Step Functions or a person ends. */
import { SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Stage, type Trouble } from './stage';
import { check, type Row } from './table';
import { listsByMap } from '../../helpers/default-listing';

const timeOut: Trouble = ({ sandbox, executionArn }) => { sandbox.timeOut(executionArn.split(':').pop()!); };

/** Stops the run like `aws stepfunctions stop-execution`. */
function stop(reason: { error?: string; cause?: string } = {}): Trouble {
  return ({ sandbox, executionArn }) => {
    const client = new SFNClient({ endpoint: sandbox.awsEndpoint, region: 'us-east-1', credentials: { accessKeyId: 'person', secretAccessKey: 'x' } });
    void client.send(new StopExecutionCommand({ executionArn, ...reason })).finally(() => client.destroy());
  };
}

const stopped = { at: 'ArchiveBatch', status: 'ABORTED', subject: /^Archive run of 2026-11-24 was stopped: Step Functions/, layer: 'Step Functions', code: 'ABORTED' } as const;

const ROWS: [string, Row][] = [
  ['the run takes too long', {
    at: 'ArchiveBatch',
    trouble: timeOut,
    status: 'TIMED_OUT',
    subject: /^Archive run of 2026-11-24 timed out: Step Functions/,
    layer: 'Step Functions',
    code: 'States.Timeout',
    cause: /^Cause: States\.Timeout: the run took longer than its timeout$/m,
    contains: ['Batches: 2 so far, 1 done, 0 failed, 1 not finished', 'raise timeout'],
    command: 'redrive-execution',
  }],
  ['a person stops the run', {
    ...stopped, trouble: stop(), cause: /^Cause: ABORTED: somebody stopped the run$/m, contains: ['ask whoever stopped the run'], command: 'redrive-execution',
  }],
  ['a person stops the run and gives a reason', {
    ...stopped, trouble: stop({ error: 'WrongDay', cause: 'lunch\nfirst' }), cause: /^Cause: ABORTED: WrongDay: lunch first$/m, command: 'redrive-execution',
  }],
  ['the input is too long for a state', {
    input: { date: '2026-11-24', note: 'x'.repeat(262_000) },
    subject: /^Archive run failed: Step Functions/,
    layer: 'Step Functions',
    code: 'States.DataLimitExceeded',
    cause: /^Cause: States\.DataLimitExceeded: .*exceeding the maximum number of bytes/m,
    contains: ['the input of the run is too long', /^Input: \{"date":"2026-11-24","note":"x+\.\.\.x+"\}$/m],
    command: 'start-execution',
    fillIn: (command) => command.replace('YYYY-MM-DD', '2026-11-24'),
  }],
];

describe.each<[string, Parameters<typeof Stage.open>[0]]>([
  ['with the deployed definition', {}],
  // Events say neither input nor cause then.
  ['with a customer managed key that encrypts executions', (stack) => ({ encryptionKey: new Key(stack, 'ExecutionsKey') })],
])('%s', (_, props) => {
  let stage: Stage;
  beforeAll(async () => { stage = await Stage.open(props); });
  afterAll(() => stage.close());

  test.each(ROWS)('%s', async (_name, row) => { await check(stage, row); });
});

/**
 * A deployment repairs such a run. The next stage has the same names and the same objects. What is broken here is the reader and the
 * batcher of a map that lists, which another definition does not have.
 */
const BROKEN: [string, (definition: string) => string, Row][] = [
  ['a path that leads nowhere', (definition) => definition.replace('$.listing.prefix', '$.listing.nowhere'), {
    subject: /^Archive run of 2026-11-24 failed: Step Functions/,
    layer: 'Step Functions',
    code: 'States.Runtime',
    cause: /^Cause: States\.\w+: /m,
    contains: ['Deploy a corrected version'],
    command: 'start-execution',
  }],
  ['batches that outgrow a state', (definition) => definition.replace('229376', '262144'), {
    // The batch alone fills the input of a child. Its problems are added to that.
    keys: Array.from({ length: 800 }, (_, i) => `incoming/${String(i).padStart(3, '0')}${'/long'.repeat(50)}-2026-11-24.csv`),
    trouble: ({ store, sandbox }) => {
      const taken = ['000', '001', '002'].map((n) => `archive/2026/11/24/${n}${'/long'.repeat(50)}-2026-11-24.csv`);
      for (const key of taken) { store.put(sandbox.destinationBucket, key, 'other'); }
      return () => taken.forEach((key) => store.delete(sandbox.destinationBucket, key));
    },
    subject: /^Archive run of 2026-11-24 failed: Step Functions/,
    layer: 'Step Functions',
    code: 'States.DataLimitExceeded',
    cause: /^Cause: States\.DataLimitExceeded: /m,
    contains: ['Lower batchSize and deploy'],
    command: 'start-execution',
  }],
];

describe('with a broken definition', () => {
  for (const [name, definition, row] of BROKEN.filter(listsByMap)) {
    test(name, async () => {
      const broken = await Stage.open({ batchSize: 1000 }, { definition });
      const whole = await Stage.open({ batchSize: 1000 });
      try {
        await check(broken, row, whole);
      } finally {
        await broken.close();
        await whole.close();
      }
    });
  }
});
