/** The manifest.json of an S3 Inventory (https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory-location.html). */
import * as v from 'valibot';
import type { Columns } from './csv-lines';
import { type FilePlace, manifestError } from './manifest-error';
import { type Field, type Fields, FIELDS } from './parse-line';
import { parseAs } from '../../text/json';

const InventoryManifest = v.object({
  sourceBucket: v.string(),
  destinationBucket: v.string(),
  fileFormat: v.string(),
  fileSchema: v.string(),
  files: v.array(v.object({ key: v.pipe(v.string(), v.minLength(1)) })),
});

const RENAMED: { readonly [name: string]: Field } = { lastmodifieddate: 'lastmodified' };

/** A manifest.json names its fields without line breaks in them, and a text in JSON has no quotes without a backslash. */
export function looksLikeInventory(head: string): boolean {
  return /"fileSchema"\s*:/.test(head) && /"destinationBucket"\s*:/.test(head);
}

export function parseInventory(file: FilePlace, text: string, sourceBucket: string): { files: FilePlace[]; columns: Columns } {
  const reject = (problem: string) => manifestError(file, problem);
  const inventory = parseAs(InventoryManifest, text);
  if (!inventory) { throw reject('it begins as the manifest.json of an S3 Inventory, but does not have its fields'); }
  if (inventory.sourceBucket !== sourceBucket) {
    throw reject(`it is the inventory of another bucket than ${sourceBucket}, the source of this archiver`);
  }
  if (inventory.fileFormat !== 'CSV') {
    throw reject('the format of the inventory must be CSV: change it, or export keys from the inventory as CSV or JSON Lines');
  }
  const columns = inventory.fileSchema.split(',').map((name) => {
    const lower = name.trim().toLowerCase();
    return RENAMED[lower] ?? FIELDS.find((field) => field === lower) ?? false;
  });
  if (!columns.includes('key')) { throw reject('its fileSchema has no Key'); }
  if (/\bVersionId\b/.test(inventory.fileSchema) && !columns.includes('islatest')) {
    throw reject('its fileSchema has versions, but no IsLatest, so nothing says which version is the current one');
  }
  const bucket = inventory.destinationBucket.replace(/^arn:[\w-]+:s3:::/, '');
  return { files: inventory.files.map(({ key }) => ({ bucket, key })), columns };
}

/** Earlier versions and delete markers are no objects of the bucket. */
export function isCurrent({ islatest = 'true', isdeletemarker = 'false' }: Fields): boolean {
  return islatest !== 'false' && isdeletemarker !== 'true';
}
