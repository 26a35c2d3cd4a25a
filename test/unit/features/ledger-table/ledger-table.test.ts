import { Template } from 'aws-cdk-lib/assertions';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { properties } from '../../../../docs/ledger.schema.json';
import { type LedgerTableOptions, Packing } from '../../../../src';
import { PackMember } from '../../../../src/contract/payloads/ledger-line';
import { PackedObject } from '../../../../src/contract/payloads/pack-index';
import {
  COLUMNS,
  OBJECT_DAY_FIELD,
  PACK_COLUMNS,
} from '../../../../src/features/ledger-table/construct/columns';
import { build, only, resolve, synth } from '../../../helpers/synth';

function table(options: Partial<LedgerTableOptions> = {}) {
  const { stack, archiver } = build();
  archiver.addLedgerTable('Ledger', { database: 'analytics', ...options });
  const template = Template.fromStack(stack);
  return { template, ...resolve(template, only(template, 'AWS::Glue::Table').properties) };
}

test('the table has a partition for each day, which Athena computes', () => {
  const { DatabaseName, TableInput, CatalogId } = table();
  expect({ DatabaseName, CatalogId }).toEqual({
    DatabaseName: 'analytics',
    CatalogId: '111122223333',
  });
  expect(TableInput.PartitionKeys).toEqual([
    { Name: 'day', Type: 'string', Comment: 'Last day of the run' },
  ]);
  expect(TableInput.Parameters).toMatchObject({
    'projection.enabled': 'true',
    'projection.day.type': 'date',
    'projection.day.format': 'yyyy-MM-dd',
    'projection.day.range': '2006-01-01,NOW+1DAYS',
    'storage.location.template': expect.stringMatching(
      /^s3:\/\/<ArchiverReports\w+>\/runs\/ledger\/day=\$\{day\}\/$/,
    ),
  });
  expect(TableInput.StorageDescriptor.Location).toMatch(
    /^s3:\/\/<ArchiverReports\w+>\/runs\/ledger\/$/,
  );
});

test('the table lies in a report bucket of the app, below its report prefix', () => {
  const { stack, archiver } = build((own) => ({
    reportBucket: s3.Bucket.fromBucketName(own, 'Own', 'our-reports'),
    reportPrefix: 'archiver/',
  }));
  archiver.addLedgerTable('Ledger', { database: 'analytics' });
  const { TableInput } = only(Template.fromStack(stack), 'AWS::Glue::Table').properties;
  expect(TableInput.StorageDescriptor.Location).toBe('s3://our-reports/archiver/ledger/');
});

test('each field of a line that a real run writes is a column', () => {
  const fields = Object.keys(properties)
    .filter((field) => field !== 'requests')
    .map((field) => (field === OBJECT_DAY_FIELD ? 'object_day' : field.toLowerCase()));
  expect(COLUMNS.map(({ name }) => name)).toEqual(fields);
});

test('the types of the columns are those of the schema', () => {
  const types: Record<string, string> = {
    integer: 'bigint',
    number: 'bigint',
    string: 'string',
    array: 'array',
    object: 'map',
  };
  for (const [field, schema] of Object.entries(properties as Record<string, { type?: string }>)) {
    const column = COLUMNS.find(({ name }) => name === field.toLowerCase());
    if (column && schema.type) {
      expect(`${field}: ${column.type}`).toMatch(`${field}: ${types[schema.type]}`);
    }
  }
});

test('queries are saved in the database, and each names the table', () => {
  const { template, TableInput } = table({ tableName: 'moves', workGroup: 'analysts' });
  const queries = Object.values<{ Properties: Record<string, string> }>(
    template.findResources('AWS::Athena::NamedQuery'),
  ).map(({ Properties }) => Properties);
  expect(queries.map(({ Name }) => Name.replace(/.*\//, '')).sort()).toEqual([
    'bytes by day',
    'what failed this month',
    'what is unaccounted for',
    'where did a key go',
  ]);
  for (const { Database, WorkGroup, QueryString } of queries) {
    expect({ Database, WorkGroup }).toEqual({ Database: 'analytics', WorkGroup: 'analysts' });
    expect(QueryString).toContain('FROM "moves"');
  }
  expect(TableInput.Name).toBe('moves');
});

test('two archivers may have their tables in one database', () => {
  const { stack, archiver } = build();
  const names = ['A', 'B'].map(
    (id) =>
      stack.resolve(archiver.addLedgerTable(id, { database: 'analytics' }).tableInput)
        .name as string,
  );
  expect(new Set(names).size).toBe(2);
  for (const name of names) {
    expect(name).toMatch(/^[a-z0-9_]{1,255}$/);
  }
});

test.each<[Partial<LedgerTableOptions>, string]>([
  [{ database: '' }, 'database "" must be the name of a Glue database'],
  [
    { tableName: 'Ledger-1' },
    'tableName "Ledger-1" must have 1 to 255 lowercase letters, digits and underscores',
  ],
  [{ firstDay: '2026-02-30' }, 'firstDay "2026-02-30" must be a date such as 2026-01-01'],
  [{ firstDay: 'NOW-1YEAR' }, 'firstDay "NOW-1YEAR" must be a date such as 2026-01-01'],
])('%j is refused', (options, message) => {
  const { archiver } = build();
  expect(() => archiver.addLedgerTable('Ledger', { database: 'analytics', ...options })).toThrow(
    `${message}`,
  );
  expect(() => archiver.addLedgerTable('Other', { database: 'analytics', ...options })).toThrow(
    'Test/Archiver',
  );
});

test('a stack without a ledger table has neither table nor queries', () => {
  const { template } = synth();
  template.resourceCountIs('AWS::Glue::Table', 0);
  template.resourceCountIs('AWS::Athena::NamedQuery', 0);
});

test('where an object lies in a pack is a column, with each of its fields', () => {
  const { type } = COLUMNS.find(({ name }) => name === 'member')!;
  expect(
    type
      .replace(/^struct<|>$/g, '')
      .split(',')
      .map((field) => field.split(':')[0]),
  ).toEqual(Object.keys(PackMember.entries).map((field) => field.toLowerCase()));
});

describe('with packing', () => {
  function packs(options: Partial<LedgerTableOptions> = {}) {
    const { stack, archiver } = build((own) => ({
      packing: Packing.zip(),
      destinationBucket: s3.Bucket.fromBucketName(own, 'Out', 'our-archive'),
      destinationPrefix: 'cold/',
    }));
    archiver.addLedgerTable('Ledger', { database: 'analytics', ...options });
    const template = Template.fromStack(stack);
    return { template, ...only(template, 'AWS::Glue::Table', /ArchiverLedgerPacks/).properties };
  }

  test(
    'the indexes of the packs have a table of their own, with a partition for each day of ' +
      'objects',
    () => {
      const { DatabaseName, TableInput } = packs({ tableName: 'moves' });
      expect([DatabaseName, TableInput.Name]).toEqual(['analytics', 'moves_packs']);
      expect(TableInput.PartitionKeys).toEqual([
        { Name: 'day', Type: 'string', Comment: 'Day of the objects' },
      ]);
      expect(TableInput.StorageDescriptor.Location).toBe('s3://our-archive/cold/pack-index/');
      expect(TableInput.Parameters).toMatchObject({
        'projection.day.range': '2006-01-01,NOW+1DAYS',
        'storage.location.template': 's3://our-archive/cold/pack-index/day=${day}/',
      });
    },
  );

  test(
    'a first day that is later than the oldest object hides no pack, and an earlier one ' +
      'counts',
    () => {
      expect(packs({ firstDay: '2026-01-01' }).TableInput.Parameters['projection.day.range']).toBe(
        '2006-01-01,NOW+1DAYS',
      );
      expect(packs({ firstDay: '1999-01-01' }).TableInput.Parameters['projection.day.range']).toBe(
        '1999-01-01,NOW+1DAYS',
      );
    },
  );

  test('each field of a line of an index is a column, which the SerDe finds by its own name', () => {
    expect(PACK_COLUMNS.map(({ name }) => name).sort()).toEqual(
      Object.keys(PackedObject.entries).sort(),
    );
    const { Columns, SerdeInfo } = packs().TableInput.StorageDescriptor;
    // Of tags that differ in nothing but case, each keeps its name.
    expect(SerdeInfo.Parameters['case.insensitive']).toBe('false');
    const fields = Columns.map(
      ({ Name }: { Name: string }) => SerdeInfo.Parameters[`mapping.${Name}`] ?? Name,
    );
    expect(fields.sort()).toEqual(Object.keys(PackedObject.entries).sort());
    for (const { Name } of Columns) {
      expect(Name).toBe(Name.toLowerCase());
    }
    expect(new Set(Columns.map(({ Name }: { Name: string }) => Name))).not.toContain('day');
    const numbers = Object.entries(PackedObject.entries)
      .filter(([, { type }]) => type === 'number')
      .map(([name]) => name.toLowerCase());
    expect(
      Columns.filter(({ Type }: { Type: string }) => Type === 'bigint').map(
        ({ Name }: { Name: string }) => Name,
      ),
    ).toEqual(numbers);
  });

  test(
    'a query that finds the pack of a key is saved beside the others, and names the table of the ' +
      'packs',
    () => {
      const { template } = packs({ tableName: 'moves', workGroup: 'analysts' });
      const { Database, WorkGroup, Name, QueryString } = only(
        template,
        'AWS::Athena::NamedQuery',
        /FindPackOfKey/,
      ).properties;
      expect({ Database, WorkGroup, Name }).toEqual({
        Database: 'analytics',
        WorkGroup: 'analysts',
        Name: 'Test/Archiver/which pack has a key',
      });
      expect(QueryString).toContain('FROM "moves_packs"\n');
      template.resourceCountIs('AWS::Athena::NamedQuery', 5);
    },
  );

  test('two tables without a name have two names', () => {
    const { template } = packs();
    const names = Object.values<{ Properties: { TableInput: { Name: string } } }>(
      template.findResources('AWS::Glue::Table'),
    ).map(({ Properties }) => Properties.TableInput.Name);
    expect(new Set(names).size).toBe(2);
    for (const name of names) {
      expect(name).toMatch(/^[a-z0-9_]{1,255}$/);
    }
  });

  test('the name of the table leaves room for that of the packs', () => {
    expect(() => packs({ tableName: 'x'.repeat(249) })).not.toThrow();
    expect(() => packs({ tableName: 'x'.repeat(250) })).toThrow(
      'must have 1 to 249 lowercase letters',
    );
    expect(() => table({ tableName: 'x'.repeat(255) })).not.toThrow();
    expect(() => table({ tableName: 'x'.repeat(256) })).toThrow(
      'must have 1 to 255 lowercase letters',
    );
  });
});
