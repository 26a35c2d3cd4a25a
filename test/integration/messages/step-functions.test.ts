/** Checks the messages about runs that Step Functions or a person ends. */
import { SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Stage, type Trouble } from './stage';
import { check, type Row } from './table';

const timeOut: Trouble = ({ sandbox, executionArn }) => {
  sandbox.timeOut(executionArn.split(':').pop()!);
};

/** Stops the run like `aws stepfunctions stop-execution`. */
function stop(reason: { error?: string; cause?: string } = {}): Trouble {
  return ({ sandbox, executionArn }) => {
    const client = new SFNClient({
      endpoint: sandbox.awsEndpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'person', secretAccessKey: 'x' },
    });
    void client
      .send(new StopExecutionCommand({ executionArn, ...reason }))
      .finally(() => client.destroy());
  };
}

const stopped = {
  at: 'ArchiveBatch',
  status: 'ABORTED',
  subject: /^Archive run of 2026-11-24 was stopped: Step Functions/,
  layer: 'Step Functions',
  code: 'ABORTED',
} as const;

const ROWS: [string, Row][] = [
  [
    'the run takes too long',
    {
      at: 'ArchiveBatch',
      trouble: timeOut,
      status: 'TIMED_OUT',
      subject: /^Archive run of 2026-11-24 timed out: Step Functions/,
      layer: 'Step Functions',
      code: 'States.Timeout',
      cause: /^Cause: States\.Timeout: the run took longer than its timeout$/m,
      contains: ['Batches: 2 so far, 1 done, 0 failed, 1 not finished', 'raise timeout'],
      command: 'redrive-execution',
    },
  ],
  [
    'a person stops the run',
    {
      ...stopped,
      trouble: stop(),
      cause: /^Cause: ABORTED: the run was stopped$/m,
      contains: ['ask the person who stopped the run'],
      command: 'redrive-execution',
    },
  ],
  [
    'a person stops the run and gives a reason',
    {
      ...stopped,
      trouble: stop({ error: 'WrongDay', cause: 'lunch\nfirst' }),
      cause: /^Cause: ABORTED: WrongDay: lunch first$/m,
      command: 'redrive-execution',
    },
  ],
  [
    'the input is too long for a state',
    {
      input: { date: '2026-11-24', note: 'x'.repeat(262_000) },
      subject: /^Archive run failed: Step Functions/,
      layer: 'Step Functions',
      code: 'States.DataLimitExceeded',
      cause: /^Cause: States\.DataLimitExceeded: .*exceeding the maximum number of bytes/m,
      contains: [
        'the input of the run is too long',
        /^Input: \{"date":"2026-11-24","note":"x+\.\.\.x+"\}$/m,
      ],
      command: 'start-execution',
      fillIn: (command) =>
        command.replace('YYYY-MM-DD', '2026-11-24').replace(',"dryRun":true', ''),
    },
  ],
];

describe.each<[string, Parameters<typeof Stage.open>[0]]>([
  ['with the deployed definition', {}],
  // Events say neither input nor cause then.
  [
    'with a customer managed key that encrypts executions',
    (stack) => ({ encryptionKey: new Key(stack, 'ExecutionsKey') }),
  ],
])('%s', (_, props) => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open(props);
  });
  afterAll(() => stage.close());

  test.each(ROWS)('%s', async (_name, row) => {
    await check(stage, row);
  });
});
