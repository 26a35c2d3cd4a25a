import { Template } from 'aws-cdk-lib/assertions';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { properties } from '../../../../docs/ledger.schema.json';
import type { LedgerTableOptions } from '../../../../src';
import { COLUMNS, OBJECT_DAY_FIELD } from '../../../../src/construct/ledger-table/columns';
import { build, only, resolve, synth } from '../../../helpers/synth';

function table(options: Partial<LedgerTableOptions> = {}) {
  const { stack, archiver } = build();
  archiver.addLedgerTable('Ledger', { database: 'analytics', ...options });
  const template = Template.fromStack(stack);
  return { template, ...resolve(template, only(template, 'AWS::Glue::Table').properties) };
}

test('the table has a partition for each day, which Athena computes', () => {
  const { DatabaseName, TableInput, CatalogId } = table();
  expect({ DatabaseName, CatalogId }).toEqual({ DatabaseName: 'analytics', CatalogId: '111122223333' });
  expect(TableInput.PartitionKeys).toEqual([{ Name: 'day', Type: 'string', Comment: 'Last day of the run' }]);
  expect(TableInput.Parameters).toMatchObject({
    'projection.enabled': 'true',
    'projection.day.type': 'date',
    'projection.day.format': 'yyyy-MM-dd',
    'projection.day.range': '2006-01-01,NOW+1DAYS',
    'storage.location.template': expect.stringMatching(/^s3:\/\/<ArchiverReports\w+>\/runs\/ledger\/day=\$\{day\}\/$/),
  });
  expect(TableInput.StorageDescriptor.Location).toMatch(/^s3:\/\/<ArchiverReports\w+>\/runs\/ledger\/$/);
});

test('the table lies in a report bucket of the app, below its report prefix', () => {
  const { stack, archiver } = build((own) => ({ reportBucket: s3.Bucket.fromBucketName(own, 'Own', 'our-reports'), reportPrefix: 'archiver/' }));
  archiver.addLedgerTable('Ledger', { database: 'analytics' });
  const { TableInput } = only(Template.fromStack(stack), 'AWS::Glue::Table').properties;
  expect(TableInput.StorageDescriptor.Location).toBe('s3://our-reports/archiver/ledger/');
});

test('each field of a line that a real run writes is a column', () => {
  const fields = Object.keys(properties).filter((field) => field !== 'requests').map((field) => (field === OBJECT_DAY_FIELD ? 'object_day' : field.toLowerCase()));
  expect(COLUMNS.map(({ name }) => name)).toEqual(fields);
});

test('the types of the columns are those of the schema', () => {
  const types: Record<string, string> = { integer: 'bigint', number: 'bigint', string: 'string', array: 'array' };
  for (const [field, schema] of Object.entries(properties as Record<string, { type?: string }>)) {
    const column = COLUMNS.find(({ name }) => name === field.toLowerCase());
    if (column && schema.type) { expect(`${field}: ${column.type}`).toMatch(`${field}: ${types[schema.type]}`); }
  }
});

test('queries are saved in the database, and each names the table', () => {
  const { template, TableInput } = table({ tableName: 'moves', workGroup: 'analysts' });
  const queries = Object.values<{ Properties: Record<string, string> }>(template.findResources('AWS::Athena::NamedQuery')).map(({ Properties }) => Properties);
  expect(queries.map(({ Name }) => Name.replace(/.*\//, '')).sort()).toEqual(['bytes by day', 'what failed this month', 'what is unaccounted for', 'where did a key go']);
  for (const { Database, WorkGroup, QueryString } of queries) {
    expect({ Database, WorkGroup }).toEqual({ Database: 'analytics', WorkGroup: 'analysts' });
    expect(QueryString).toContain('FROM "moves"');
  }
  expect(TableInput.Name).toBe('moves');
});

test('two archivers may have their tables in one database', () => {
  const { stack, archiver } = build();
  const names = ['A', 'B'].map((id) => stack.resolve(archiver.addLedgerTable(id, { database: 'analytics' }).tableInput).name as string);
  expect(new Set(names).size).toBe(2);
  for (const name of names) { expect(name).toMatch(/^[a-z0-9_]{1,255}$/); }
});

test.each<[Partial<LedgerTableOptions>, string]>([
  [{ database: '' }, 'database "" must be the name of a Glue database'],
  [{ tableName: 'Ledger-1' }, 'tableName "Ledger-1" must have 1 to 255 lowercase letters, digits and underscores'],
  [{ firstDay: '2026-02-30' }, 'firstDay "2026-02-30" must be a date such as 2026-01-01'],
  [{ firstDay: 'NOW-1YEAR' }, 'firstDay "NOW-1YEAR" must be a date such as 2026-01-01'],
])('%j is refused', (options, message) => {
  const { archiver } = build();
  expect(() => archiver.addLedgerTable('Ledger', { database: 'analytics', ...options })).toThrow(`${message}`);
  expect(() => archiver.addLedgerTable('Other', { database: 'analytics', ...options })).toThrow('Test/Archiver');
});

test('a stack without a ledger table has neither table nor queries', () => {
  const { template } = synth();
  template.resourceCountIs('AWS::Glue::Table', 0);
  template.resourceCountIs('AWS::Athena::NamedQuery', 0);
});
