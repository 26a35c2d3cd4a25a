/**
 * The fields of a line (docs/ledger.schema.json), in Athena's lower case. Partitions have the name
 * `day`, so that field has another one.
 */
import type * as glue from 'aws-cdk-lib/aws-glue';

export type Column = Required<Pick<glue.CfnTable.ColumnProperty, 'name' | 'type' | 'comment'>>;

export const OBJECT_DAY_FIELD = 'day';

export const COLUMNS: readonly Column[] = [
  { name: 'v', type: 'int', comment: 'Version of the format' },
  { name: 'key', type: 'string', comment: 'Key at the source' },
  { name: 'destination', type: 'string', comment: 'Key in the archive' },
  { name: 'status', type: 'string', comment: 'What became of the object' },
  { name: 'kept', type: 'boolean', comment: 'True if the object was copied and its source stays' },
  {
    name: 'found',
    type: 'boolean',
    comment: 'True if the archive held the object already, so that nothing was copied',
  },
  {
    name: 'notes',
    type: 'map<string,string>',
    comment: 'Notes on the object besides its status, with the code of the reason',
  },
  {
    name: 'proof',
    type: 'string',
    comment: 'size: only size and time show that the archive holds the object; null: S3 shows it',
  },
  {
    name: 'origin',
    type: 'string',
    comment: 'Of a restore: part of the ledger that says that the object is archived',
  },
  { name: 'restoredetag', type: 'string', comment: 'ETag of a restored object at its old key' },
  { name: 'code', type: 'string', comment: 'Reason, if the object was not moved' },
  { name: 'message', type: 'string', comment: 'What S3 said' },
  { name: 'etag', type: 'string', comment: 'ETag of the source' },
  { name: 'size', type: 'bigint', comment: 'Bytes' },
  {
    name: 'object_day',
    type: 'string',
    comment: 'Day of the object, which names its folder in the archive',
  },
  { name: 'at', type: 'bigint', comment: 'Milliseconds since the start of the run' },
  { name: 'ms', type: 'bigint', comment: 'Milliseconds that the copy took' },
  {
    name: 'earlier',
    type: 'array<struct<destination:string,etag:string,size:bigint>>',
    comment: 'Versions that the run archived before under the same key',
  },
  { name: 'archivedetag', type: 'string', comment: 'ETag in the archive' },
  {
    name: 'checksumalgorithm',
    type: 'string',
    comment: 'Algorithm of the checksum in the archive',
  },
  { name: 'checksum', type: 'string', comment: 'Checksum in the archive, in base64' },
  { name: 'checksumtype', type: 'string', comment: 'FULL_OBJECT or COMPOSITE' },
  { name: 'sourceversionid', type: 'string', comment: 'Version that was copied' },
  { name: 'archivedversionid', type: 'string', comment: 'Version in the archive' },
  { name: 'deletemarkerversionid', type: 'string', comment: 'Delete marker at the source' },
  {
    name: 'member',
    type: 'struct<name:string,offset:bigint,size:bigint,sha256:string,packsize:bigint>',
    comment: 'Where the object lies in a pack, whose key is the destination',
  },
  {
    name: 'modified',
    type: 'bigint',
    comment: 'When the source was written, in seconds since 1970',
  },
  {
    name: 'storageclass',
    type: 'string',
    comment: 'Storage class of the source; null is STANDARD',
  },
  {
    name: 'part',
    type: 'string',
    comment: 'Of a verification: part of the ledger that says that the object is archived',
  },
];

/**
 * The fields of a line of an index (src/contract/payloads/pack-index.ts). Columns have their names
 * in lower case.
 */
export const PACK_COLUMNS: readonly Column[] = [
  { name: 'bucket', type: 'string', comment: 'Bucket of the source' },
  { name: 'key', type: 'string', comment: 'Key at the source' },
  { name: 'etag', type: 'string', comment: 'ETag of the source' },
  { name: 'size', type: 'bigint', comment: 'Bytes' },
  { name: 'name', type: 'string', comment: 'Name in the pack' },
  { name: 'offset', type: 'bigint', comment: 'Where the bytes of the object begin in the pack' },
  { name: 'sha256', type: 'string', comment: 'SHA-256 of these bytes, in hexadecimal digits' },
  { name: 'lastModified', type: 'string', comment: 'When the source was written' },
  { name: 'contentType', type: 'string', comment: 'Header of the source, like those that follow' },
  ...['cacheControl', 'contentEncoding', 'contentDisposition', 'contentLanguage', 'expires'].map(
    (name) => ({ name, type: 'string', comment: 'Header' }),
  ),
  { name: 'metadata', type: 'map<string,string>', comment: 'User metadata' },
  { name: 'tags', type: 'map<string,string>', comment: 'Tags' },
  { name: 'storageClass', type: 'string', comment: 'Storage class of the source' },
  {
    name: 'checksum',
    type: 'struct<algorithm:string,type:string,value:string>',
    comment: 'Checksum that the source had in S3',
  },
  { name: 'pack', type: 'string', comment: 'Key of the pack' },
  { name: 'packSize', type: 'bigint', comment: 'Bytes of the pack' },
];
