import type { Context } from 'aws-lambda';
import { handler } from '../../../../src/lambda/plan-run/plan-run.lambda';
import { ENVIRONMENT } from '../../../helpers/environment';
import type { Harness } from '../../../helpers/harness';
import { startReportHarness } from '../../../helpers/report-fixtures';

const CONTEXT = { functionName: 'plan-run', awsRequestId: 'request-1' } as Context;
const before = process.env;
let harness: Harness;

beforeAll(async () => {
  harness = await startReportHarness();
});
afterAll(() => harness.close());

beforeEach(() => {
  process.env = {
    ...before,
    ...ENVIRONMENT,
    SOURCE_PREFIX: 'incoming/',
    TIME_ZONE: 'Asia/Tokyo',
    AWS_ENDPOINT_URL_S3: harness.endpoint,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
});

afterEach(() => {
  process.env = before;
});

function event(input: unknown) {
  return {
    input,
    runId: 'run-1',
    startTime: '2026-11-24T16:00:05.123Z',
    executionId: 'arn:aws:states:eu-west-1:111122223333:execution:archiver:run-1',
  };
}

test('plans a run that a schedule starts', async () => {
  await expect(
    handler(event({ scheduledTime: '2026-11-24T16:00:00Z' }), CONTEXT),
  ).resolves.toMatchObject({
    run: {
      id: 'run-1',
      from: '2026-11-24',
      to: '2026-11-24',
      reportPrefix: 'runs/2026-11-24/run-1/',
    },
    listing: { prefix: 'incoming/' },
    resultPrefix: 'runs/2026-11-24/run-1/map-run',
  });
  expect(harness.store.get('reports', 'runs/2026-11-24/run-1/claim.json')).toBeDefined();
});

test('plans a run that is started without input', async () => {
  await expect(handler(event({}), CONTEXT)).resolves.toMatchObject({
    run: { from: '2026-11-24', to: '2026-11-24', dryRun: false },
  });
});

test('fails with the error InvalidRunInput if the input is wrong', async () => {
  await expect(handler(event({ day: '2026-11-24' }), CONTEXT)).rejects.toMatchObject({
    name: 'InvalidRunInput',
    message: expect.stringContaining('unknown field "day"'),
  });
});

test('fails with the error InvalidRunInput if a prop that was a token is wrong', async () => {
  process.env.SOURCE_PREFIX = 'incoming';
  await expect(handler(event({}), CONTEXT)).rejects.toMatchObject({
    name: 'InvalidRunInput',
    message: expect.stringContaining('prefix "incoming" must be empty or end with "/"'),
  });
});
