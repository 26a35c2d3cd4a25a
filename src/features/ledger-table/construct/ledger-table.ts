import { Names, Token } from 'aws-cdk-lib';
import type * as glue from 'aws-cdk-lib/aws-glue';
import { Construct } from 'constructs';
import { COLUMNS, OBJECT_DAY_FIELD, PACK_COLUMNS } from './columns';
import { createDailyTable } from './daily-table';
import { PACK_QUERIES, QUERIES } from './queries';
import type { Place } from '../../../construct/places/place';
import { getLedgers } from '../../../construct/places/statements';
import { validateTypes } from '../../../construct/props/kinds';
import { LEDGER_TABLE_OPTIONS } from '../../../construct/props/prop-kinds';
import { PACKS_FOLDER } from '../../../contract/packs';
import { isIsoDate } from '../../../dates/calendar';
import type { LedgerTableOptions } from '../../../ledger-table-options';

const MAX_NAME = 255;
const PACKS_SUFFIX = '_packs';
/** S3 began in this year. */
const DEFAULT_FIRST_DAY = '2006-01-01';

/** @param packs where the packs lie, if there are any: they get a table of their own */
export function createLedgerTable(
  scope: Construct,
  id: string,
  archiver: string,
  reports: Place,
  options: LedgerTableOptions,
  packs?: Place,
): glue.CfnTable {
  validateTypes(options, LEDGER_TABLE_OPTIONS);
  validateLedgerTable(options, packs ? MAX_NAME - PACKS_SUFFIX.length : MAX_NAME);
  const own = new Construct(scope, id);
  const table = createDailyTable(own, options, {
    name: options.tableName ?? createName(own),
    archiver,
    description: `Ledger of ${archiver}: what became of each object`,
    location: getAddress(getLedgers(reports)),
    firstDay: options.firstDay ?? DEFAULT_FIRST_DAY,
    dayComment: 'Last day of the run',
    columns: COLUMNS,
    serdeParameters: { 'mapping.object_day': OBJECT_DAY_FIELD },
    queries: QUERIES,
  });
  if (packs) {
    createPacksTable(own, archiver, packs, options);
  }
  return table;
}

function createPacksTable(
  ledger: Construct,
  archiver: string,
  packs: Place,
  options: LedgerTableOptions,
): void {
  const own = new Construct(ledger, 'Packs');
  const { firstDay = DEFAULT_FIRST_DAY } = options;
  createDailyTable(own, options, {
    name: options.tableName ? `${options.tableName}${PACKS_SUFFIX}` : createName(own),
    archiver,
    description: `Indexes of the packs of ${archiver}: which pack holds what`,
    location: getAddress({ ...packs, prefix: `${packs.prefix}${PACKS_FOLDER}` }),
    // The days are those of the objects, of which some are older than the first run.
    firstDay:
      !Token.isUnresolved(firstDay) && firstDay < DEFAULT_FIRST_DAY ? firstDay : DEFAULT_FIRST_DAY,
    dayComment: 'Day of the objects',
    columns: PACK_COLUMNS.map((column) => ({ ...column, name: column.name.toLowerCase() })),
    serdeParameters: {
      // Otherwise, the SerDe writes the keys of tags in lower case, and fails at an object with
      // two tags that differ only in case.
      'case.insensitive': 'false',
      ...Object.fromEntries(
        PACK_COLUMNS.map(({ name: field }) => [`mapping.${field.toLowerCase()}`, field]).filter(
          ([, field]) => field !== field.toLowerCase(),
        ),
      ),
    },
    queries: PACK_QUERIES,
  });
}

function createName(scope: Construct): string {
  return Names.uniqueResourceName(scope, {
    maxLength: MAX_NAME,
    separator: '_',
    allowedSpecialCharacters: '_',
  }).toLowerCase();
}

function getAddress({ bucket, prefix }: Place): string {
  return `s3://${bucket.bucketName}/${prefix}`;
}

function validateLedgerTable(
  { database, tableName, firstDay }: LedgerTableOptions,
  maxLength: number,
): void {
  if (database === '') {
    throw new Error('database "" must be the name of a Glue database');
  }
  if (
    tableName !== undefined &&
    !Token.isUnresolved(tableName) &&
    !(/^[a-z0-9_]+$/.test(tableName) && tableName.length <= maxLength)
  ) {
    throw new Error(
      `tableName "${tableName}" must have 1 to ${maxLength} lowercase letters, digits and ` +
        'underscores: Athena has no other names',
    );
  }
  if (firstDay !== undefined && !Token.isUnresolved(firstDay) && !isIsoDate(firstDay)) {
    throw new Error(`firstDay "${firstDay}" must be a date such as 2026-01-01`);
  }
}
