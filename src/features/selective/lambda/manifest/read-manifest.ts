/** Reads manifests of all kinds. It recognizes the kind by the content, never by the name. */
import type { S3Client } from '@aws-sdk/client-s3';
import * as v from 'valibot';
import { type Columns, parseCsv, readHeader } from './csv-lines';
import { type OpenFile, openFile, readFile, readStart } from './file-bytes';
import { type FilePlace, manifestError, parseUri } from './manifest-error';
import type { Position } from './manifest-state';
import {
  type Field,
  type Fields,
  FIELDS,
  type LineOptions,
  type ManifestObject,
  toField,
  toObject,
} from './parse-line';
import { type Records, splitRecords } from './split-records';
import type { Manifest } from '../../../../contract/payloads/run';
import { parseAs, parseJsonObject } from '../../../../lambda/text/json';

/** Objects of a manifest, and where they are in it. */
export interface Page {
  readonly objects: readonly ManifestObject[];
  readonly file: FilePlace;
  /** The line of the object with this index in `objects`. */
  readonly lineOf: (index: number) => number;
  /** Where the next page begins. */
  readonly next: Position;
}

const JSON_FIELDS: readonly Field[] = [
  'key',
  'etag',
  'size',
  'date',
  'lastmodified',
  'storageclass',
];
const START: Position = { file: 0, offset: 0, line: 1 };
const BOM = '\ufeff';
const BOM_BYTES = 3;
/** An inventory has a file of a few hundred bytes for some million objects. */
const MAX_INVENTORY_BYTES = 64 * 1024 ** 2;

export async function openManifest(
  s3: S3Client,
  { uri, keyEncoding }: Manifest,
  { sourceBucket, needsHour }: { sourceBucket: string; needsHour: boolean },
  etag?: string,
): Promise<{
  readonly etag: string;
  readonly start: Position;
  readonly read: (from: Position) => AsyncGenerator<Page>;
}> {
  const { file, head } = await openFile(s3, parseUri(uri), etag);
  const text = head.toString();
  const bom = text.startsWith(BOM) ? BOM_BYTES : 0;
  const start = text.slice(bom > 0 ? 1 : 0).trimStart()[0];
  // A manifest.json names its fields without line breaks in them, and a text in JSON has no quotes
  // without a backslash.
  if (start === '{' && /"fileSchema"\s*:/.test(text) && /"destinationBucket"\s*:/.test(text)) {
    if (keyEncoding === 'none') {
      throw manifestError(
        file,
        'the keys of an S3 Inventory are URL-encoded: leave keyEncoding out',
      );
    }
    const inventory = parseInventory(file, await readText(s3, file), sourceBucket);
    return {
      etag: file.etag,
      start: START,
      read: (from) =>
        readInventory(s3, inventory, { keyEncoding: 'url', needsHour, isInventory: true }, from),
    };
  }
  if (start === '[') {
    throw manifestError(
      file,
      "it is a JSON array, and must have one JSON object in each line: write it with jq -c '.[]'",
    );
  }
  const isJson = start === '{' || start === undefined;
  const header = isJson ? undefined : await readFirstRecord(file, head.subarray(bom));
  const columns = header && readHeader(file, header);
  const { offset, line } = header?.next ?? START;
  const options: LineOptions = {
    keyEncoding: keyEncoding ?? (isJson ? 'none' : undefined),
    needsHour,
    isInventory: false,
  };
  return {
    etag: file.etag,
    start: { ...START, offset: bom + offset, line },
    read: (from) => readPages(s3, file, options, from, columns),
  };
}

/** There is one: the head of a file that is neither empty nor JSON begins with it. */
async function readFirstRecord(file: OpenFile, head: Buffer): Promise<Records> {
  const { value } = await splitRecords(file, splitLines(head), START, true).next();
  return value as Records;
}

async function* readInventory(
  s3: S3Client,
  { files, columns }: { files: readonly FilePlace[]; columns: Columns },
  line: LineOptions,
  from: Position,
): AsyncGenerator<Page> {
  for (let index = from.file; index < files.length; index++) {
    const begin = index === from.file ? from : { ...START, file: index };
    const { file } = await openFile(s3, files[index], begin.etag);
    yield* readPages(s3, file, line, { ...begin, etag: file.etag }, columns);
  }
}

/** @param columns of CSV. Unset: each line is JSON */
async function* readPages(
  s3: S3Client,
  file: OpenFile,
  line: LineOptions,
  from: Position,
  columns?: Columns,
): AsyncGenerator<Page> {
  const isCsv = columns !== undefined;
  for await (const records of splitRecords(file, readFile(s3, file, from.offset), from, isCsv)) {
    const parsed = columns ? parseCsv(file, records, columns) : parseJsonLines(file, records);
    yield toPage(file, parsed, line, { ...from, ...records.next });
  }
}

/** The fields of each line. Undefined: it is blank. */
interface Parsed {
  readonly fields: readonly (Fields | undefined)[];
  readonly lineOf: (index: number) => number;
}

function toPage(
  file: FilePlace,
  { fields, lineOf }: Parsed,
  options: LineOptions,
  next: Position,
): Page {
  const objects: ManifestObject[] = [];
  const lines: number[] = [];
  fields.forEach((each, index) => {
    // Earlier versions and delete markers are no objects of the bucket.
    if (!each || each.islatest === 'false' || each.isdeletemarker === 'true') {
      return;
    }
    try {
      objects.push(toObject(each, options));
      lines.push(index);
    } catch (error) {
      throw manifestError(file, (error as Error).message, lineOf(index));
    }
  });
  return { objects, file, lineOf: (index: number) => lineOf(lines[index]), next };
}

function parseJsonLines(file: FilePlace, { text, line }: Records): Parsed {
  const lineOf = (index: number) => line + index;
  return {
    fields: text
      .split('\n')
      .map((each, index) =>
        each.trim() === '' ? undefined : parseJsonLine(file, each, lineOf(index)),
      ),
    lineOf,
  };
}

function parseJsonLine(file: FilePlace, text: string, line: number): Fields {
  const object = parseJsonObject(text);
  if (!object) {
    throw manifestError(file, 'it is no JSON object, and each line must be one', line);
  }
  const fields: { [field in Field]?: unknown } = {};
  for (const name in object) {
    const field = toField(name, JSON_FIELDS);
    if (!field) {
      continue;
    }
    if (Object.hasOwn(fields, field)) {
      throw manifestError(file, `it has two fields ${field}`, line);
    }
    fields[field] = object[name];
  }
  return fields;
}

async function* splitLines(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length;) {
    const at = bytes.indexOf('\n', from);
    const end = at === -1 ? bytes.length : at + 1;
    yield bytes.subarray(from, end);
    from = end;
  }
}

async function readText(s3: S3Client, file: OpenFile): Promise<string> {
  const bytes = await readStart(readFile(s3, file), MAX_INVENTORY_BYTES + 1);
  if (bytes.length > MAX_INVENTORY_BYTES) {
    throw manifestError(file, 'it is larger than the manifest.json of an S3 Inventory can be');
  }
  return bytes.toString().replace(/^\ufeff/, '');
}

/**
 * The manifest.json of an S3 Inventory
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory-location.html).
 */
const InventoryManifest = v.object({
  sourceBucket: v.string(),
  destinationBucket: v.string(),
  fileFormat: v.string(),
  fileSchema: v.string(),
  files: v.array(v.object({ key: v.pipe(v.string(), v.minLength(1)) })),
});

const RENAMED: { readonly [name: string]: Field } = { lastmodifieddate: 'lastmodified' };

function parseInventory(
  file: FilePlace,
  text: string,
  sourceBucket: string,
): { files: FilePlace[]; columns: Columns } {
  const refuseIf = (isWrong: boolean, problem: string) => {
    if (isWrong) {
      throw manifestError(file, problem);
    }
  };
  const inventory = parseAs(InventoryManifest, text);
  if (!inventory) {
    throw manifestError(
      file,
      'it begins as the manifest.json of an S3 Inventory, but does not have its fields',
    );
  }
  refuseIf(
    inventory.sourceBucket !== sourceBucket,
    `it is the inventory of another bucket than ${sourceBucket}, the source of this archiver`,
  );
  refuseIf(
    inventory.fileFormat !== 'CSV',
    'the format of the inventory must be CSV: change it, or export keys from the inventory as ' +
      'CSV or JSON Lines',
  );
  const columns = inventory.fileSchema
    .split(',')
    .map((name) => RENAMED[name.trim().toLowerCase()] ?? toField(name, FIELDS) ?? false);
  refuseIf(!columns.includes('key'), 'its fileSchema has no Key');
  refuseIf(
    /\bVersionId\b/.test(inventory.fileSchema) && !columns.includes('islatest'),
    'its fileSchema has versions, but no IsLatest, so nothing says which version is the current ' +
      'one',
  );
  const bucket = inventory.destinationBucket.replace(/^arn:[\w-]+:s3:::/, '');
  return { files: inventory.files.map(({ key }) => ({ bucket, key })), columns };
}
