/** The fields of a line (docs/ledger.schema.json), in Athena's lower case. Partitions have the name `day`, so that field has another one. */
import type * as glue from 'aws-cdk-lib/aws-glue';

type Column = Required<Pick<glue.CfnTable.ColumnProperty, 'name' | 'type' | 'comment'>>;

export const OBJECT_DAY_FIELD = 'day';

export const COLUMNS: readonly Column[] = [
  { name: 'v', type: 'int', comment: 'Version of the format' },
  { name: 'key', type: 'string', comment: 'Key at the source' },
  { name: 'destination', type: 'string', comment: 'Key in the archive' },
  { name: 'status', type: 'string', comment: 'What became of the object' },
  { name: 'kept', type: 'boolean', comment: 'True if the object was copied and its source stays' },
  { name: 'found', type: 'boolean', comment: 'True if the archive held the object already, so that nothing was copied' },
  { name: 'proof', type: 'string', comment: 'size: only size and time show that the archive holds the object; null: S3 shows it' },
  { name: 'origin', type: 'string', comment: 'Of a restore: part of the ledger that says that the object is archived' },
  { name: 'restoredetag', type: 'string', comment: 'ETag of a restored object at its old key' },
  { name: 'code', type: 'string', comment: 'Reason, if the object was not moved' },
  { name: 'message', type: 'string', comment: 'What S3 said' },
  { name: 'etag', type: 'string', comment: 'ETag of the source' },
  { name: 'size', type: 'bigint', comment: 'Bytes' },
  { name: 'object_day', type: 'string', comment: 'Day of the object, which names its folder in the archive' },
  { name: 'at', type: 'bigint', comment: 'Milliseconds since the start of the run' },
  { name: 'ms', type: 'bigint', comment: 'Milliseconds that the copy took' },
  { name: 'earlier', type: 'array<struct<destination:string,etag:string,size:bigint>>', comment: 'Versions that the run archived before under the same key' },
  { name: 'archivedetag', type: 'string', comment: 'ETag in the archive' },
  { name: 'checksumalgorithm', type: 'string', comment: 'Algorithm of the checksum in the archive' },
  { name: 'checksum', type: 'string', comment: 'Checksum in the archive, in base64' },
  { name: 'checksumtype', type: 'string', comment: 'FULL_OBJECT or COMPOSITE' },
  { name: 'sourceversionid', type: 'string', comment: 'Version that was copied' },
  { name: 'archivedversionid', type: 'string', comment: 'Version in the archive' },
  { name: 'deletemarkerversionid', type: 'string', comment: 'Delete marker at the source' },
  { name: 'modified', type: 'bigint', comment: 'When the source was written, in seconds since 1970' },
  { name: 'storageclass', type: 'string', comment: 'Storage class of the source; null is STANDARD' },
  { name: 'part', type: 'string', comment: 'Of a verification: part of the ledger that says that the object is archived' },
];

/** The run's last day is the name of a folder, so a query that names days reads only their ledgers. */
export const PARTITION_KEYS: readonly Column[] = [{ name: 'day', type: 'string', comment: 'Last day of the run' }];
