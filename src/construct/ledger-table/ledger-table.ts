import { Names, Stack, Token } from 'aws-cdk-lib';
import * as athena from 'aws-cdk-lib/aws-athena';
import * as glue from 'aws-cdk-lib/aws-glue';
import { Construct } from 'constructs';
import { COLUMNS, OBJECT_DAY_FIELD, PARTITION_KEYS } from './columns';
import { QUERIES } from './queries';
import { isIsoDate } from '../../dates/calendar';
import type { LedgerTableOptions } from '../../ledger-table-options';
import type { Place } from '../places/place';
import { getLedgers } from '../places/statements';
import { LEDGER_TABLE_OPTIONS, validateTypes } from '../props/validate-types';

export function createLedgerTable(scope: Construct, id: string, archiver: string, reports: Place, options: LedgerTableOptions): glue.CfnTable {
  validateTypes(options, LEDGER_TABLE_OPTIONS);
  validateLedgerTable(options);
  const { database, firstDay = '2006-01-01' } = options;
  const own = new Construct(scope, id);
  const name = options.tableName ?? Names.uniqueResourceName(own, { maxLength: 255, separator: '_', allowedSpecialCharacters: '_' }).toLowerCase();
  const { bucket, prefix } = getLedgers(reports);
  const location = `s3://${bucket.bucketName}/${prefix}`;
  const table = new glue.CfnTable(own, 'Table', {
    catalogId: Stack.of(scope).account,
    databaseName: database,
    tableInput: {
      name,
      description: `Ledger of ${archiver}: what became of each object`,
      tableType: 'EXTERNAL_TABLE',
      parameters: {
        'classification': 'json',
        // Athena computes the names of the folders, so no crawler has to find new days ("Use partition projection with Amazon Athena").
        'projection.enabled': 'true',
        'projection.day.type': 'date',
        'projection.day.format': 'yyyy-MM-dd',
        // A run's last day may be tomorrow in UTC, which is the time of NOW.
        'projection.day.range': `${firstDay},NOW+1DAYS`,
        'projection.day.interval': '1',
        'projection.day.interval.unit': 'DAYS',
        'storage.location.template': `${location}day=\${day}/`,
      },
      partitionKeys: [...PARTITION_KEYS],
      storageDescriptor: {
        columns: [...COLUMNS],
        location,
        inputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
        outputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
        serdeInfo: {
          // https://docs.aws.amazon.com/athena/latest/ug/openx-json-serde.html
          serializationLibrary: 'org.openx.data.jsonserde.JsonSerDe',
          parameters: { 'mapping.object_day': OBJECT_DAY_FIELD },
        },
      },
    },
  });
  for (const [queryId, query] of Object.entries(QUERIES)) {
    const saved = new athena.CfnNamedQuery(own, queryId, {
      database,
      name: `${archiver}/${query.name}`.slice(-128),
      description: query.description,
      queryString: query.sql(`"${name}"`),
      workGroup: options.workGroup,
    });
    saved.node.addDependency(table);
  }
  return table;
}

function validateLedgerTable({ database, tableName, firstDay }: LedgerTableOptions): void {
  if (database === '') { throw new Error('database "" must be the name of a Glue database'); }
  if (tableName !== undefined && !Token.isUnresolved(tableName) && !/^[a-z0-9_]{1,255}$/.test(tableName)) {
    throw new Error(`tableName "${tableName}" must have 1 to 255 lowercase letters, digits and underscores: Athena has no other names`);
  }
  if (firstDay !== undefined && !Token.isUnresolved(firstDay) && !isIsoDate(firstDay)) {
    throw new Error(`firstDay "${firstDay}" must be a date such as 2026-01-01`);
  }
}
