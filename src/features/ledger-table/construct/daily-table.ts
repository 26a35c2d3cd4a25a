import { Stack, Token } from 'aws-cdk-lib';
import * as athena from 'aws-cdk-lib/aws-athena';
import * as glue from 'aws-cdk-lib/aws-glue';
import type { Construct } from 'constructs';
import type { Column } from './columns';
import type { Queries } from './queries';
import type { LedgerTableOptions } from '../../../ledger-table-options';

interface DailyTable {
  readonly name: string;
  readonly archiver: string;
  readonly description: string;
  /** The folder that has a folder for each day, as an address that ends with a slash. */
  readonly location: string;
  readonly firstDay: string;
  /** The meaning of a folder's day. A query that names days reads only their folders. */
  readonly dayComment: string;
  readonly columns: readonly Column[];
  readonly serdeParameters: { readonly [name: string]: string };
  readonly queries: Queries;
}

/** A table of files of JSON lines in folders of days, and queries that read it. */
export function createDailyTable(
  scope: Construct,
  { database, workGroup }: LedgerTableOptions,
  table: DailyTable,
): glue.CfnTable {
  const { name, archiver, description, location } = table;
  const resource = new glue.CfnTable(scope, 'Table', {
    catalogId: Stack.of(scope).account,
    databaseName: database,
    tableInput: {
      name,
      description,
      tableType: 'EXTERNAL_TABLE',
      parameters: {
        classification: 'json',
        // Athena computes the names of the folders, so no crawler has to find new days ("Use
        // partition projection with Amazon Athena").
        'projection.enabled': 'true',
        'projection.day.type': 'date',
        'projection.day.format': 'yyyy-MM-dd',
        // A run's last day may be tomorrow in UTC, which is the time of NOW.
        'projection.day.range': `${table.firstDay},NOW+1DAYS`,
        'projection.day.interval': '1',
        'projection.day.interval.unit': 'DAYS',
        'storage.location.template': `${location}day=\${day}/`,
      },
      partitionKeys: [{ name: 'day', type: 'string', comment: table.dayComment }],
      storageDescriptor: {
        columns: [...table.columns],
        location,
        inputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
        outputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
        serdeInfo: {
          // https://docs.aws.amazon.com/athena/latest/ug/openx-json-serde.html
          serializationLibrary: 'org.openx.data.jsonserde.JsonSerDe',
          parameters: table.serdeParameters,
        },
      },
    },
  });
  for (const [queryId, query] of Object.entries(table.queries)) {
    const saved = new athena.CfnNamedQuery(scope, queryId, {
      database,
      // In a nested stack, the name is not known before the deployment, and it may be long.
      name: `${Token.isUnresolved(archiver) ? scope.node.path : archiver}/${query.name}`.slice(
        -128,
      ),
      description: query.description,
      queryString: query.sql(`"${name}"`),
      workGroup,
    });
    saved.node.addDependency(resource);
  }
  return resource;
}
