/**
 * The saved queries of the ledger table run on the ledgers of real runs, in DuckDB, which reads the
 * folders of days as Athena does. The SQL is that of the template.
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { Template } from 'aws-cdk-lib/assertions';
import { COLUMNS, OBJECT_DAY_FIELD } from '../../src/features/ledger-table/construct/columns';
import { createView } from '../helpers/athena';
import { type Rehearsal, rehearse } from '../helpers/run-in-sandbox';
import { build } from '../helpers/synth';

let it: Rehearsal;
let folder: string;
let duckdb: DuckDBConnection;

beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ledger-table-'));
  duckdb = await (await DuckDBInstance.create(':memory:')).connect();
  it = await rehearse({ allowRestore: true });
  it.put('incoming/a-2026-11-24.csv', 'twelve bytes');
  it.put('incoming/b-2026-11-23.csv', 'six by');
  it.put('incoming/c-2026-11-24.csv', 'ours');
  it.putArchived('archive/2026/11/24/c-2026-11-24.csv', 'theirs');
  await it.sandbox.run({
    input: { from: '2026-11-23', to: '2026-11-24' },
    name: 'two+days',
    now: '2026-11-25T01:00:00Z',
  });
  it.put('incoming/d-2026-11-25.csv', '!');
  await it.sandbox.run({
    input: { date: '2026-11-25', dryRun: true },
    name: 'dry',
    now: '2026-11-26T00:30:00Z',
  });
  await it.sandbox.run({
    input: { date: '2026-11-25' },
    name: 'one-day',
    now: '2026-11-26T01:00:00Z',
  });
  download();
  // Names and types are those of the template. One column has another name than its field.
  const fields = COLUMNS.map(({ name, type }) => ({
    name,
    type,
    field: name === 'object_day' ? OBJECT_DAY_FIELD : name,
  }));
  await createView(duckdb, 'ledger', fields, `${folder}/runs/ledger/**/*`);
});

afterAll(async () => {
  await it.close();
  fs.rmSync(folder, { recursive: true });
});

/**
 * Puts everything below the folders of days into the folder, whatever it is: nothing else may lie
 * there.
 */
function download(): void {
  const { sandbox } = it;
  const { store } = sandbox.s3!;
  for (const key of store.keys(sandbox.reportBucket, 'runs/ledger/day=')) {
    const file = path.join(folder, key);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, store.get(sandbox.reportBucket, key)!.body.bytes());
  }
}

/** Runs a saved query of the template. */
async function query(
  id: string,
  change: (sql: string) => string = (sql) => sql,
): Promise<unknown[]> {
  const { stack, archiver } = build();
  archiver.addLedgerTable('Ledger', { database: 'analytics', tableName: 'ledger' });
  const queries = Template.fromStack(stack).findResources('AWS::Athena::NamedQuery');
  const [, { Properties }] = Object.entries(queries).find(([logicalId]) =>
    logicalId.startsWith(`ArchiverLedger${id}`),
  )!;
  return (await duckdb.runAndReadAll(change(Properties.QueryString as string))).getRowObjectsJson();
}

test('where did a key go', async () => {
  expect(
    await query('WhereIsKey', (sql) =>
      sql.replace('incoming/orders-2026-11-24.csv', 'incoming/a-2026-11-24.csv'),
    ),
  ).toEqual([
    expect.objectContaining({
      day: '2026-11-24',
      run: 'two%2Bdays',
      status: 'archived',
      destination: 'archive/2026/11/24/a-2026-11-24.csv',
      size: '12',
      archivedetag: expect.stringMatching(/[0-9a-f]{32}/),
    }),
  ]);
});

test('bytes by day, of the objects and not of the runs', async () => {
  expect(await query('BytesByDay')).toEqual([
    { object_day: '2026-11-23', objects: '1', bytes: '6' },
    { object_day: '2026-11-24', objects: '1', bytes: '12' },
    { object_day: '2026-11-25', objects: '1', bytes: '1' },
  ]);
});

test('what failed this month, which a month later is nothing', async () => {
  const inMonth = (month: string) =>
    query('FailedThisMonth', (sql) => sql.replace('current_date', `DATE '${month}-30'`));
  expect(await inMonth('2026-11')).toEqual([
    expect.objectContaining({
      day: '2026-11-24',
      status: 'conflicting',
      code: 'DESTINATION_EXISTS',
      key: 'incoming/c-2026-11-24.csv',
    }),
  ]);
  expect(await inMonth('2026-12')).toEqual([]);
});

test('a query that names days reads the folders of those days only', async () => {
  const days = await duckdb.runAndReadAll(
    "SELECT day, count(*) AS lines FROM ledger WHERE day = '2026-11-24' GROUP BY day",
  );
  expect(days.getRowObjectsJson()).toEqual([{ day: '2026-11-24', lines: '3' }]);
});

test('what is unaccounted for: nothing, as long as no verification says otherwise', async () => {
  expect(await query('Unaccounted')).toEqual([]);
  it.sandbox.s3!.store.delete(it.sandbox.destinationBucket, 'archive/2026/11/25/d-2026-11-25.csv');
  await it.sandbox.run({
    input: { action: 'verify', from: '2026-11-24', to: '2026-11-25' },
    name: 'check',
  });
  download();
  expect(await query('Unaccounted')).toEqual([
    expect.objectContaining({ run: 'check', status: 'missing', key: 'incoming/d-2026-11-25.csv' }),
  ]);
});

test('what is unaccounted for: each version of an object, also if one line names both', async () => {
  const lost = {
    v: 2,
    key: 'incoming/e.csv',
    status: 'missing',
    day: '2026-11-24',
    at: 1,
    size: 1,
    part: 'runs/ledger/day=2026-11-24/run=x/aa-000000.jsonl',
  };
  const lines = ['"earlier"', '"later"'].map((etag) =>
    JSON.stringify({ ...lost, destination: 'archive/2026/11/24/e.csv', etag }),
  );
  const part = path.join(folder, 'runs/ledger/day=2026-11-24/run=both/aa-000000.jsonl');
  fs.mkdirSync(path.dirname(part), { recursive: true });
  fs.writeFileSync(part, lines.join('\n'));
  expect(await query('Unaccounted')).toHaveLength(3);
  fs.rmSync(part);
});

test('what was restored: where it is, and that its bytes are still in the archive, once', async () => {
  await it.sandbox.run({
    input: { action: 'restore', run: 'two+days', keys: ['incoming/a-*'] },
    name: 'undo',
  });
  download();
  expect(
    await query('WhereIsKey', (sql) =>
      sql.replace('incoming/orders-2026-11-24.csv', 'incoming/a-2026-11-24.csv'),
    ),
  ).toEqual([
    expect.objectContaining({ run: 'two%2Bdays', status: 'archived' }),
    expect.objectContaining({ run: 'undo', status: 'restored' }),
  ]);
  await it.sandbox.run({
    input: { date: '2026-11-24' },
    name: 'again',
    now: '2026-11-27T01:00:00Z',
  });
  download();
  expect(await query('BytesByDay')).toEqual(
    expect.arrayContaining([{ object_day: '2026-11-24', objects: '1', bytes: '12' }]),
  );
});
