/**
 * The example logs-to-athena, from logs to rows: its archivers run in the sandbox, and its
 * statement runs in DuckDB on what they archived. The SQL is that of the template. Of Athena,
 * DuckDB lacks a function, which is a macro here. The parameters of Athena are those of DuckDB.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { gzipSync } from 'node:zlib';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { Template } from 'aws-cdk-lib/assertions';
import { synthesize } from '../../../../examples/demo/synth';
import { openSandbox, type Sandbox } from '../../../../packages/sandbox/src/internal';
import { createView, type Field } from '../../../helpers/athena';
import { definition, faults } from '../../../helpers/synth';

jest.setTimeout(120_000);

const directory = mkdtempSync(path.join(tmpdir(), 'logs-to-athena-'));
const app = path.join(directory, 'app');
const folder = path.join(directory, 's3');
let template: Template;
let archiver: Sandbox;
let duckdb: DuckDBConnection;

beforeAll(async () => {
  synthesize('logs-to-athena', app);
  const file = path.join(app, 'LogsToAthena.template.json');
  template = Template.fromJSON(JSON.parse(readFileSync(file, 'utf8')) as object);
  archiver = await openSandbox({ app, stack: 'LogsToAthena/Archiver' });
  duckdb = await (await DuckDBInstance.create(':memory:')).connect();
  await duckdb.run('CREATE MACRO from_iso8601_timestamp(text) AS CAST(text AS TIMESTAMP)');
  const columns = columnsOf('requests').map(({ name, type }) => `"${name}" ${type}`);
  await duckdb.run(`CREATE TABLE requests (${[...columns, 'day string'].join(', ')})`);
});

afterAll(async () => {
  await archiver.close();
  rmSync(directory, { recursive: true });
});

interface TableInput {
  readonly Name: string;
  readonly StorageDescriptor: {
    readonly Columns: readonly { readonly Name: string; readonly Type: string }[];
  };
}

function columnsOf(table: string): Field[] {
  const tables = Object.values(template.findResources('AWS::Glue::Table'));
  const { StorageDescriptor } = tables
    .map(({ Properties }) => (Properties as { readonly TableInput: TableInput }).TableInput)
    .find(({ Name }) => Name === table)!;
  return StorageDescriptor.Columns.map(({ Name, Type }) => ({ name: Name, type: Type }));
}

interface Insert {
  readonly QueryString: string;
  readonly ExecutionParameters: readonly string[];
}

interface Definition {
  readonly States: { readonly InsertLines: { readonly Arguments: Insert } };
}

const machine = () => definition(template, {}, /^Insert/) as Definition;

const line = (time: string, address: string) =>
  JSON.stringify({ time, status: 200, path: address, ms: 12 });
const log = (...lines: string[]) => gzipSync(`${lines.join('\n')}\n`);

const put = (name: string, body: Buffer) =>
  archiver.s3!.store.put(archiver.sourceBucket, `incoming/${name}`, body);

/** Runs a night, and then the statement for the days of its event. */
async function night(now: string): Promise<void> {
  const { status, events } = await archiver.run({ now });
  expect(status).toBe('SUCCEEDED');
  const [{ detail }] = events as { detail: { dates: { from: string; to: string } } }[];
  await insert(detail.dates);
}

async function insert({ from, to }: { from: string; to: string }): Promise<void> {
  const { store } = archiver.s3!;
  rmSync(folder, { recursive: true, force: true });
  for (const key of store.keys(archiver.destinationBucket, 'logs/')) {
    const file = path.join(folder, key);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, store.get(archiver.destinationBucket, key)!.body.bytes());
  }
  await createView(duckdb, 'logs', columnsOf('logs'), `${folder}/logs/**/*`);
  const { QueryString, ExecutionParameters } = machine().States.InsertLines.Arguments;
  const quoted = "'\\u0027' & $states.input.";
  const values = ExecutionParameters.map((parameter) => {
    expect(parameter).toContain(quoted);
    return parameter.includes(`${quoted}first`) ? from : to;
  });
  await duckdb.run(QueryString, values);
}

const rows = async (sql: string) => (await duckdb.runAndReadAll(sql)).getRowObjectsJson();
const perDay = () => rows('SELECT day, count(*)::int AS n FROM requests GROUP BY day ORDER BY day');

test('Step Functions can read the definition', () => {
  expect(faults(machine())).toBe('');
});

test('the lines of a day are rows of its partition, with types', async () => {
  put('web-2026-11-24-07.json.gz', log(line('2026-11-24T07:15:00Z', '/'), line('soon', '/a')));
  put('web-2026-11-24-08.json.gz', log(line('2026-11-24T08:00:00Z', "/it's")));
  put('web-2026-11-24-09.json.gz', log());
  put('web-2026-11-25-00.json.gz', log(line('2026-11-25T00:00:01Z', '/tomorrow')));
  await night('2026-11-25T01:00:00Z');
  const file = `${folder}/logs/day=2026-11-24/web-2026-11-24-0`;
  const [status, ms, day] = [200, 12, '2026-11-24'];
  expect(await rows('SELECT * FROM requests ORDER BY path')).toEqual([
    { time: '2026-11-24 07:15:00', status, path: '/', ms, file: `${file}7.json.gz`, day },
    { time: null, status, path: '/a', ms, file: `${file}7.json.gz`, day },
    { time: '2026-11-24 08:00:00', status, path: "/it's", ms, file: `${file}8.json.gz`, day },
  ]);
});

test('the statement may run again', async () => {
  await insert({ from: '2026-11-24', to: '2026-11-24' });
  expect(await perDay()).toEqual([{ day: '2026-11-24', n: 3 }]);
});

test('a file that came late is inserted by the next night, and nothing else again', async () => {
  put('web-2026-11-24-23.json.gz', log(line('2026-11-24T23:59:59Z', '/late')));
  await night('2026-11-26T01:00:00Z');
  expect(await perDay()).toEqual([
    { day: '2026-11-24', n: 4 },
    { day: '2026-11-25', n: 1 },
  ]);
});

test('files of days that the run did not have stay out', async () => {
  const { store } = archiver.s3!;
  store.put(
    archiver.destinationBucket,
    'logs/day=2026-10-01/web-2026-10-01-00.json.gz',
    log(line('2026-10-01T00:00:00Z', '/old')),
  );
  await insert({ from: '2026-11-24', to: '2026-11-25' });
  expect(await rows("SELECT * FROM requests WHERE path = '/old'")).toEqual([]);
});

test('a month later, the logs are in a pack, byte for byte, and Parquet has their lines', async () => {
  const parquet = path.join(directory, 'requests');
  await duckdb.run(`COPY requests TO '${parquet}' (FORMAT parquet, PARTITION_BY (day))`);
  const cold = await openSandbox({ app, stack: 'LogsToAthena/Cold' });
  try {
    const { store } = archiver.s3!;
    const keys = store.keys(archiver.destinationBucket, 'logs/day=2026-11-24/');
    const logs = keys.map((key) => store.get(archiver.destinationBucket, key)!.body.bytes());
    keys.forEach((key, at) => cold.s3!.store.put(cold.sourceBucket, key, logs[at]));
    const { counts } = await cold.run({ now: '2026-12-25T04:00:00Z' });
    expect(counts).toMatchObject({ archived: 4, failed: 0 });
    expect(cold.s3!.store.keys(cold.sourceBucket, 'logs/')).toEqual([]);
    const [key] = cold
      .s3!.store.keys(cold.destinationBucket, 'logs/2026/11/')
      .filter((each) => each.endsWith('.zip'));
    const pack = cold.s3!.store.get(cold.destinationBucket, key)!;
    expect(pack.attributes.storageClass).toBe('DEEP_ARCHIVE');
    expect(logs.filter((bytes) => !pack.body.bytes().includes(bytes))).toEqual([]);
  } finally {
    await cold.close();
  }
  expect(
    await rows(`SELECT count(*)::int AS n FROM '${parquet}/day=2026-11-24/*.parquet'`),
  ).toEqual([{ n: 4 }]);
});
