/**
 * Packs in the model. An object whose content begins with `pack` is a zip file, and its members are
 * remembered here by its digest.
 */
import { createHash } from 'node:crypto';
import { bodyOf, type Content, keeps, keepsInPack, parse } from './content';
import { readZip } from './read-zip';
import { ARCHIVE, SOURCE } from './s3-model';
import { toPackIndexKey, toPackKey } from '../../src/contract/packs';
import type { PackMember } from '../../src/contract/payloads/ledger-line';
import { ZipWriter } from '../../src/features/packing/lambda/pack/zip-writer';
import {
  nameIndex,
  toIndexFile,
  toIndexText,
} from '../../src/features/packing/lambda/unpack/pack-index';
import { sha256 } from '../../src/lambda/text/hash';

export interface Pack {
  readonly size: number;
  /** In Base64. */
  readonly sha256: string;
  readonly members: ReadonlyMap<string, string>;
  readonly bytes: Buffer;
}

const packs = new Map<Content, Pack>();

/**
 * Returns the content of an object with these bytes. Bytes that are no zip file have no members.
 */
export function toPackContent(bytes: Buffer): Content {
  const digest = createHash('sha256').update(bytes).digest();
  const content = `pack ${digest.toString('hex').slice(0, 16)}`;
  const members = new Map(
    [...readZip(bytes)].map((member) => [member.name, member.bytes.toString()]),
  );
  packs.set(content, { size: bytes.length, sha256: digest.toString('base64'), members, bytes });
  return content;
}

export function packOf(content: Content | undefined): Pack | undefined {
  return content === undefined ? undefined : packs.get(content);
}

/**
 * A pack that an earlier run has made, with the index beside it. The keys are those in the archive.
 */
export interface EarlierPack {
  readonly key: string;
  readonly content: Content;
  readonly indexKey: string;
  readonly index: Content;
  /** By the keys of the objects. */
  readonly members: ReadonlyMap<string, PackMember>;
}

interface Packed {
  readonly key: string;
  readonly etag: string;
  readonly content: Content;
}

/** @param key of the pack. Unset: the one that its content gives it */
export function createPack(day: string, objects: readonly Packed[], key?: string): EarlierPack {
  const writer = new ZipWriter(1_000);
  const lines = objects.map(({ key: source, etag, content }) => {
    const { body, metadata: owner, tags: team } = parse(content);
    const name = source.replace(/^in\//, '');
    const offset = writer.getOffset(name);
    writer.add(name, Buffer.from(body), 0);
    const place = { name, offset, sha256: sha256(body) };
    return {
      bucket: SOURCE,
      key: source,
      etag,
      size: body.length,
      ...place,
      contentType: 'text/csv',
      metadata: { owner },
      ...(team !== '' && { tags: { team } }),
    };
  });
  const own = toIndexText(lines);
  writer.add(nameIndex(own), own, 0);
  const bytes = writer.finish();
  const place = key ?? toPackKey('archive/', sha256(bytes));
  const members = lines.map(({ key: source, name, offset, size, sha256: digest }) => {
    return [source, { name, offset, size, sha256: digest, packSize: bytes.length }] as const;
  });
  return {
    key: place,
    content: toPackContent(bytes),
    indexKey: toPackIndexKey('archive/', day, place),
    index: toPackContent(toIndexFile(own, place, bytes.length)),
    members: new Map(members),
  };
}

/**
 * Tells whether an object in the archive holds what must outlive a source: as itself, or as a
 * member of a pack whose index has everything that belongs to it.
 */
export function holds(key: string, content: Content, source: string, wanted: Content): boolean {
  const pack = packOf(content);
  if (!pack) {
    return keeps(content, wanted);
  }
  const name = nameIn(key, source);
  return (
    pack.members.get(name) === bodyOf(wanted) &&
    linesOf(pack).some((line) => line.name === name && keepsInPack(line, source, wanted))
  );
}

type IndexLine = Parameters<typeof keepsInPack>[0] & { readonly name: string };

/** What the index says, which is the last member. */
function linesOf({ members }: Pack): IndexLine[] {
  return [...members]
    .filter(([name]) => name.startsWith('_index-'))
    .flatMap(([, text]) => text.trimEnd().split('\n'))
    .map((line) => JSON.parse(line) as IndexLine);
}

/** The name of a member is the rest of the key of its destination. */
function nameIn(pack: string, source: string): string {
  const folder = pack.slice(0, pack.lastIndexOf('/') + 1);
  return source.replace(/^source\/in\//, `${ARCHIVE}/archive/`).slice(folder.length);
}

export function isPackKey(key: string): boolean {
  return /\/pack-[0-9a-f]{16}\.zip$/.test(key);
}

export function isIndexKey(key: string): boolean {
  return /\/pack-[0-9a-f]{16}\.jsonl\.gz$/.test(key);
}

/** What the archive's objects say of their packs in an answer to a caller. */
export function describePack(content: Content): Record<string, unknown> {
  const pack = packOf(content);
  return pack ? { ChecksumSHA256: pack.sha256, ChecksumType: 'FULL_OBJECT' } : {};
}
