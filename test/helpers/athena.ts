/**
 * The part of Athena that the tables of `addLedgerTable()` need, in DuckDB: a view reads the files
 * of JSON lines in folders of days. Names of fields are compared in lower case, as Athena's SerDe
 * does.
 */
import type { DuckDBConnection } from '@duckdb/node-api';

export interface Field {
  /** Of the column. */
  readonly name: string;
  /** As Glue writes it. */
  readonly type: string;
  /** The name in the JSON lines, if it is another one. */
  readonly field?: string;
}

/** What DuckDB calls the types. All others are JSON. */
const TYPES: Readonly<Record<string, string>> = {
  string: 'VARCHAR',
  bigint: 'BIGINT',
  int: 'INTEGER',
  boolean: 'BOOLEAN',
};

/** A struct has the field that queries name. */
function convert(value: string, type: string): string {
  return type.startsWith('struct<name:string')
    ? `json_transform(CAST(${value} AS JSON), '{"name": "VARCHAR"}')`
    : `CAST(${value} AS ${TYPES[type] ?? 'JSON'})`;
}

/** Creates the view of a table. `files` is a pattern, below a folder `day=...` for each day. */
export async function createView(
  duckdb: DuckDBConnection,
  name: string,
  fields: readonly Field[],
  files: string,
): Promise<void> {
  // JSON is read whole, because DuckDB, unlike Athena, tells upper from lower case in it.
  const select = fields.map(
    ({ name: column, type, field = column }) =>
      `${convert(`map_extract_value(fields, '${field.toLowerCase()}')`, type)} AS "${column}"`,
  );
  const entries = 'map_from_entries([(lower(each), json ->> each) for each in json_keys(json)])';
  await duckdb.run(`CREATE OR REPLACE VIEW "${name}" AS SELECT ${select.join(', ')}, "$path", day FROM (
    SELECT ${entries} AS fields, filename AS "$path", regexp_extract(filename, '/day=([^/]+)/', 1) AS day
    FROM read_ndjson_objects('${files}', filename = true))`);
}
