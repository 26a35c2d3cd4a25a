import { type ExecutionRecord, History } from 'cdk-s3-dated-archiver-engine';
import { statusChangeEvent } from '../../src/step-functions/status-change';

const record = (fields: Partial<ExecutionRecord>): ExecutionRecord => ({
  arn: 'arn:aws:states:us-east-1:123456789012:execution:M:run',
  name: 'run',
  stateMachineArn: 'arn:aws:states:us-east-1:123456789012:stateMachine:M',
  startDate: new Date(1_000),
  stopDate: new Date(5_500),
  input: '{}',
  status: 'FAILED',
  redriveCount: 0,
  history: new History(() => new Date()),
  ...fields,
});
const environment = { account: '123456789012', region: 'us-east-1', partition: 'aws' };

test('is the event of EventBridge', () => {
  expect(
    statusChangeEvent(record({ error: 'E', cause: 'C' }), { environment, now: new Date(6_000) }),
  ).toMatchObject({
    version: '0',
    source: 'aws.states',
    'detail-type': 'Step Functions Execution Status Change',
    account: '123456789012',
    region: 'us-east-1',
    time: '1970-01-01T00:00:05Z',
    resources: ['arn:aws:states:us-east-1:123456789012:execution:M:run'],
    detail: {
      executionArn: 'arn:aws:states:us-east-1:123456789012:execution:M:run',
      name: 'run',
      status: 'FAILED',
      startDate: 1_000,
      stopDate: 5_500,
      input: '{}',
      inputDetails: { included: true },
      output: null,
      outputDetails: null,
      error: 'E',
      cause: 'C',
    },
  });
});

test.each([
  [100, 100, true, true],
  [130, 130, false, true],
  [10, 250, false, false],
])(
  'input of %i KiB and output of %i KiB: included %s, %s',
  (inputKiB, outputKiB, inputIncluded, outputIncluded) => {
    const { detail } = statusChangeEvent(
      record({ input: 'x'.repeat(inputKiB * 1024), output: 'x'.repeat(outputKiB * 1024) }),
      { environment, now: new Date(6_000) },
    ) as { detail: Record<string, unknown> };
    expect([detail.input !== null, detail.inputDetails]).toEqual([
      inputIncluded,
      { included: inputIncluded },
    ]);
    expect([detail.output !== null, detail.outputDetails]).toEqual([
      outputIncluded,
      { included: outputIncluded },
    ]);
  },
);

test(
  'of an execution that a customer managed key encrypts, input, output, error and cause are not ' +
    'in the event',
  () => {
    const { detail } = statusChangeEvent(record({ error: 'E', cause: 'C', output: '{}' }), {
      environment,
      now: new Date(6_000),
      isEncryptedByCustomer: true,
    }) as { detail: Record<string, unknown> };
    expect(
      Object.keys(detail).filter((name) => ['input', 'output', 'error', 'cause'].includes(name)),
    ).toEqual([]);
    expect(detail).toMatchObject({
      name: 'run',
      status: 'FAILED',
      inputDetails: { included: false },
      outputDetails: { included: false },
    });
    expect(JSON.stringify(detail)).not.toContain('"C"');
  },
);
