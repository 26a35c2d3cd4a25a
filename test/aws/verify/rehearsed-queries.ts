/** What Athena does with the tables and the saved queries of the template, in DuckDB. */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { GetObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import type * as DuckDB from '@duckdb/node-api';
import type { SavedQuery } from './stage';
import type { App } from '../../../packages/sandbox/src/assembly/scope';
import { createView, type Field } from '../../helpers/athena';

/** `AWS::Glue::Table`, as far as it is needed. */
interface Table {
  readonly Name: string;
  readonly StorageDescriptor: {
    readonly Columns: readonly { readonly Name: string; readonly Type: string }[];
    readonly Location: string;
    readonly SerdeInfo: { readonly Parameters: Readonly<Record<string, string>> };
  };
}

export function savedQueries(app: App): SavedQuery[] {
  return [...app.resources('AWS::Athena::NamedQuery')].map(({ scope, logicalId }) => {
    const { Name, Database, QueryString } = scope.properties(logicalId) as Record<string, string>;
    return { name: Name!, database: Database!, sql: QueryString! };
  });
}

/** DuckDB has a binary for each platform. Only who queries needs one. */
function loadDuckDB(): Pick<typeof DuckDB, 'DuckDBInstance'> {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require('@duckdb/node-api') as typeof DuckDB;
}

/** Runs a query on what lies in the buckets now. */
export async function runQuery(app: App, s3: S3Client, sql: string): Promise<string[][]> {
  const { DuckDBInstance } = loadDuckDB();
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'athena-'));
  const instance = await DuckDBInstance.create(':memory:');
  const duckdb = await instance.connect();
  try {
    for (const { scope, logicalId } of app.resources('AWS::Glue::Table')) {
      const { TableInput } = scope.properties(logicalId) as unknown as { TableInput: Table };
      const files = path.join(folder, TableInput.Name);
      await download(s3, TableInput.StorageDescriptor.Location, files);
      await createView(duckdb, TableInput.Name, fieldsOf(TableInput), `${files}/**/*`);
    }
    const rows = (await duckdb.runAndReadAll(sql)).getRowsJson();
    return rows.map((row) =>
      row.map((value) =>
        value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value),
      ),
    );
  } finally {
    duckdb.closeSync();
    instance.closeSync();
    fs.rmSync(folder, { recursive: true });
  }
}

function fieldsOf({ StorageDescriptor: { Columns, SerdeInfo } }: Table): Field[] {
  return Columns.map(({ Name, Type }) => ({
    name: Name,
    type: Type,
    field: SerdeInfo.Parameters[`mapping.${Name}`],
  }));
}

/** @param location s3://BUCKET/PREFIX/ */
async function download(s3: S3Client, location: string, to: string): Promise<void> {
  const [, Bucket, Prefix] = /^s3:\/\/([^/]+)\/(.*)$/.exec(location)!;
  // A table without files has no rows.
  fs.mkdirSync(path.join(to, 'day=none'), { recursive: true });
  fs.writeFileSync(path.join(to, 'day=none/empty.jsonl'), '');
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix }));
  for (const { Key } of Contents) {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    const file = path.join(to, Key!.slice(Prefix!.length));
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, await Body!.transformToByteArray());
  }
}
