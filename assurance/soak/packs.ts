/** What packs hold, in the form in which the soak compares objects. */
import { createHash } from 'node:crypto';
import type { StoredObject } from '../../packages/s3-double/src';
import type { PackIndexLine } from '../../src/contract/payloads/pack-index';
import { readZip } from '../model-checking/read-zip';

const PACK = /\/pack-[0-9a-f]{16}\.zip$/;
const INDEX = /^_index-[0-9a-f]{16}\.jsonl$/;
const HEADERS = {
  'content-type': 'contentType',
  'cache-control': 'cacheControl',
  'content-encoding': 'contentEncoding',
  'content-disposition': 'contentDisposition',
  'content-language': 'contentLanguage',
  expires: 'expires',
} as const;

const known = new WeakMap<StoredObject, ReadonlyMap<string, string>>();

/**
 * Returns the fingerprints of the objects in a pack, by where they begin. An object that is no pack
 * has none.
 */
export function membersOf(object: StoredObject): ReadonlyMap<string, string> {
  if (object.deleteMarker || !PACK.test(object.key)) {
    return new Map();
  }
  const members = known.get(object) ?? read(object.body.bytes());
  known.set(object, members);
  return members;
}

/** The index of a pack is in STANDARD, with every class of the archive. */
export function isPackIndex({ key }: StoredObject, destinationPrefix: string): boolean {
  return key.startsWith(`${destinationPrefix}pack-index/`);
}

function read(zip: Buffer): Map<string, string> {
  const members = [...readZip(zip)];
  const index = members.find(({ name }) => INDEX.test(name))?.bytes.toString() ?? '';
  const lines = new Map(
    index
      .split('\n')
      .filter(Boolean)
      .map((text) => JSON.parse(text) as PackIndexLine)
      .map((line) => [line.name, line]),
  );
  return new Map(
    members.flatMap(({ name, offset, bytes }) => {
      const line = lines.get(name);
      return line && line.offset === offset
        ? [[`${name} ${offset}`, toFingerprint(bytes, line)] as const]
        : [];
    }),
  );
}

/** As `fingerprint` in objects.ts makes it of an object. No lock holds what is packed. */
function toFingerprint(bytes: Buffer, line: PackIndexLine): string {
  const headers = Object.entries(HEADERS)
    .map(([header, field]) => [header, line[field]])
    .filter(([, value]) => value !== undefined);
  const beside = [
    Object.entries(line.metadata ?? {}),
    headers as [string, string][],
    Object.entries(line.tags ?? {}),
  ].map((pairs) => pairs.sort());
  return JSON.stringify([
    bytes.length,
    createHash('md5').update(bytes).digest('hex'),
    ...beside,
    null,
  ]);
}
