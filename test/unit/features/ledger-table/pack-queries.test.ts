/**
 * The saved queries run on lines of objects in packs, in DuckDB.
 * test/integration/ledger-table.test.ts runs them on ledgers of real runs.
 */
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { PACK_QUERIES, QUERIES } from '../../../../src/features/ledger-table/construct/queries';

let duckdb: DuckDBConnection;

beforeAll(async () => {
  duckdb = await (await DuckDBInstance.create(':memory:')).connect();
});

const rows = async (sql: string) => (await duckdb.runAndReadAll(sql)).getRowObjectsJson();

test('bytes by day counts each object of a pack, and one that two runs report once', async () => {
  const line = (
    run: string,
    key: string,
    destination: string,
    member: string | null,
    size: number,
  ) => `('2026-11-24', 'runs/ledger/day=2026-11-24/run=${run}/a.jsonl',
    '${key}', '${destination}', ${member === null ? 'NULL' : `{'name': '${member}', 'offset': 40}`}, 'archived', '2026-11-24', ${size}, 1, NULL, 'e')`;
  await duckdb.run(`CREATE VIEW ledger AS SELECT * FROM (VALUES
    ${line('one', 'in/a', 'archive/pack-1.zip', 'a', 10)}, ${line('one', 'in/b', 'archive/pack-1.zip', 'b', 20)}, ${line('two', 'in/b', 'archive/pack-1.zip', 'b', 20)},
    ${line('one', 'in/a2', 'archive/pack-2.zip', 'a', 3)}, ${line('one', 'in/large', 'archive/large', null, 400)}
  ) AS t(day, "$path", key, destination, member, status, object_day, size, "at", part, etag)`);
  expect(await rows(QUERIES.BytesByDay.sql('ledger'))).toEqual([
    { object_day: '2026-11-24', objects: '4', bytes: '433' },
  ]);
});

test('which pack has a key: the pack, and the first and the last byte of the object', async () => {
  await duckdb.run(`CREATE VIEW packs AS SELECT * FROM (VALUES
    ('2026-11-24', 'archive/2026/11/24/pack-1.zip', 'orders-2026-11-24.csv', 'incoming/orders-2026-11-24.csv', 40, 100, 'aa', 'e', '2026-11-24T01:02:03Z', 5000),
    ('2026-11-24', 'archive/2026/11/24/pack-2.zip', 'orders-2026-11-24.csv', 'incoming/orders-2026-11-24.csv', 90, 7, 'bb', 'f', '2026-11-24T00:00:00Z', 6000),
    ('2026-11-24', 'archive/2026/11/24/pack-2.zip', 'other-2026-11-24.csv', 'incoming/other-2026-11-24.csv', 200, 8, 'cc', 'g', '2026-11-24T00:00:00Z', 6000)
  ) AS t(day, pack, name, key, "offset", size, sha256, etag, lastmodified, packsize)`);
  expect(await rows(PACK_QUERIES.FindPackOfKey.sql('packs'))).toEqual([
    expect.objectContaining({
      pack: 'archive/2026/11/24/pack-2.zip',
      first_byte: 90,
      last_byte: 96,
      sha256: 'bb',
    }),
    expect.objectContaining({
      pack: 'archive/2026/11/24/pack-1.zip',
      name: 'orders-2026-11-24.csv',
      first_byte: 40,
      last_byte: 139,
      size: 100,
      packsize: 5000,
    }),
  ]);
});
