/** The answers are those of the API references. AWS has not been asked. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { operationsOnAws } from './operations';
import { deploymentOf } from '../names';

const WHERE = { account: '111122223333', region: 'eu-central-1' };
const DEPLOYMENT = deploymentOf('1a2b3c4d', WHERE, ['Standard', 'Scheduled']);

let server: Server;
/** The bodies of the requests, and what is answered to each request. */
let asked: string[];
let answers: string[];
beforeEach(async () => {
  [asked, answers] = [[], []];
  server = createServer((request, response) => {
    let body = '';
    request
      .on('data', (chunk: Buffer) => {
        body += String(chunk);
      })
      .on('end', () => {
        asked.push(`${String(request.headers['x-amz-target'] ?? '')} ${body}`);
        response.end(answers.shift());
      });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  server.close();
});

function operations(
  send: (command: object) => Promise<object> = async () => ({}),
  patience = 1_000,
) {
  return operationsOnAws({
    sfn: { send } as never,
    signer: {
      region: WHERE.region,
      credentials: async () => ({ accessKeyId: 'a', secretAccessKey: 's' }),
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    },
    deployment: DEPLOYMENT,
    started: new Date(),
    signal: new AbortController().signal,
    pause: 1,
    patience,
  });
}

const statistics = (...sums: number[]) =>
  `<GetMetricStatisticsResponse><GetMetricStatisticsResult><Datapoints>${sums
    .map((sum) => `<member><Sum>${sum}.0</Sum></member>`)
    .join('')}</Datapoints></GetMetricStatisticsResult></GetMetricStatisticsResponse>`;

test('a metric is that of the archiver; before CloudWatch has it, there is none', async () => {
  answers = [statistics(1, 2), statistics()];
  expect(await operations().metric('Scheduled', 'ObjectsFailed')).toBe(3);
  expect(await operations().metric('Scheduled', 'ObjectsFailed')).toBeUndefined();
  const [form] = asked.map((body) => Object.fromEntries(new URLSearchParams(body.trim())));
  expect(form).toMatchObject({
    Namespace: 'S3DatedArchiver',
    MetricName: 'ObjectsFailed',
    'Dimensions.member.1.Value': 'archiver-verify-1a2b3c4d/Scheduled',
  });
});

test('the functions are those that the definition names', async () => {
  answers = [statistics(1_234), statistics()];
  const arn = (name: string) =>
    `arn:aws:lambda:eu-central-1:111122223333:function:archiver-verify-1a2b3c4d-Standard${name}Fun-x`;
  const definition = JSON.stringify([arn('ArchiveBatch'), arn('ReportRun'), arn('ArchiveBatch')]);
  expect(await operations(async () => ({ definition })).durations('Standard')).toEqual({
    ArchiveBatch: 1_234,
  });
  expect(asked).toHaveLength(2);
});

test('a scheduled run began after the first look for it, and no person started it', async () => {
  let looks = 0;
  const found = operations(async () => {
    looks++;
    const old = { executionArn: 'old', startDate: new Date(0) };
    const [ours, next] = ['ours', 'new'].map((executionArn) => ({
      executionArn,
      startDate: new Date(Date.now() + 1),
    }));
    return { executions: looks < 3 ? [ours, old] : [ours, next, old] };
  });
  expect(await found.scheduledRun('Scheduled', ['ours'])).toBe('new');
  await expect(
    operations(async () => ({ executions: [] }), 20).scheduledRun('Scheduled'),
  ).rejects.toThrow('the schedule started no run in 0 s');
});

test('a query has the rows without the names of the columns, and says why it fails', async () => {
  const state = (State: string, more = {}) =>
    JSON.stringify({ QueryExecution: { Status: { State, ...more } } });
  const row = (...values: string[]) => ({ Data: values.map((VarCharValue) => ({ VarCharValue })) });
  const started = JSON.stringify({ QueryExecutionId: 'q' });
  answers = [
    started,
    state('QUEUED'),
    state('SUCCEEDED'),
    JSON.stringify({ ResultSet: { Rows: [row('status', '_col1'), row('archived', '3')] } }),
  ];
  expect(await operations().query('SELECT 1', 'db')).toEqual([['archived', '3']]);
  expect(asked[0]).toBe(
    'AmazonAthena.StartQueryExecution {"QueryString":"SELECT ' +
      '1","QueryExecutionContext":{"Database":"db"},"WorkGroup":"archiver-verify-1a2b3c4d"}',
  );
  answers = [started, state('FAILED', { StateChangeReason: 'no table' })];
  await expect(operations().query('SELECT 1', 'db')).rejects.toThrow('Athena: FAILED: no table');
});

test('saved queries are those of the workgroup, with their database', async () => {
  answers = [
    JSON.stringify({ NamedQueryIds: ['n'] }),
    JSON.stringify({
      NamedQueries: [{ Name: 'x/y', Database: 'db', QueryString: 'SELECT 1', NamedQueryId: 'n' }],
    }),
  ];
  expect(await operations().savedQueries()).toEqual([
    { name: 'x/y', database: 'db', sql: 'SELECT 1' },
  ]);
  expect(asked).toEqual([
    'AmazonAthena.ListNamedQueries {"WorkGroup":"archiver-verify-1a2b3c4d"}',
    'AmazonAthena.BatchGetNamedQuery {"NamedQueryIds":["n"]}',
  ]);
});

test(
  'answers with 5xx are those of the request metrics of a bucket; before CloudWatch has them, ' +
    'there is no number',
  async () => {
    answers = [statistics(12), statistics()];
    expect(await operations().serverErrors('Archive')).toBe(12);
    expect(await operations().serverErrors('Source')).toBeUndefined();
    const [form] = asked.map((body) => Object.fromEntries(new URLSearchParams(body.trim())));
    expect(form).toMatchObject({
      Namespace: 'AWS/S3',
      MetricName: '5xxErrors',
      'Dimensions.member.1.Name': 'BucketName',
      'Dimensions.member.1.Value': 'archiver-verify-1a2b3c4d-archive',
      'Dimensions.member.2.Name': 'FilterId',
      'Dimensions.member.2.Value': 'EntireBucket',
    });
  },
);
