/** Packs in the model. An object whose content begins with `pack` is a zip file, and its members are remembered here by its digest. */
import { createHash } from 'node:crypto';
import { readZip } from './read-zip';
import { ARCHIVE, bodyOf, type Content } from './s3-model';

export interface Pack {
  readonly size: number;
  /** In Base64. */
  readonly sha256: string;
  readonly members: ReadonlyMap<string, string>;
  readonly bytes: Buffer;
}

const packs = new Map<Content, Pack>();

/** Returns the content of an object with these bytes. Bytes that are no zip file have no members. */
export function toPackContent(bytes: Buffer): Content {
  const digest = createHash('sha256').update(bytes).digest();
  const content = `pack ${digest.toString('hex').slice(0, 16)}`;
  const members = new Map([...readZip(bytes)].map((member) => [member.name, member.bytes.toString()]));
  packs.set(content, { size: bytes.length, sha256: digest.toString('base64'), members, bytes });
  return content;
}

export function packOf(content: Content | undefined): Pack | undefined {
  return content === undefined ? undefined : packs.get(content);
}

/** Tells whether an object in the archive holds the content of a source: as itself, or as a member of a pack. */
export function holds(key: string, content: Content, source: string, wanted: Content): boolean {
  if (content === wanted) { return true; }
  return packOf(content)?.members.get(nameIn(key, source)) === bodyOf(wanted);
}

/** The name of a member is the rest of the key of its destination. */
function nameIn(pack: string, source: string): string {
  const folder = pack.slice(0, pack.lastIndexOf('/') + 1);
  return source.replace(/^source\/in\//, `${ARCHIVE}/archive/`).slice(folder.length);
}

export function isPackKey(key: string): boolean {
  return /\/pack-[0-9a-f]{16}\.zip$/.test(key);
}

/** What the archive's objects say of their packs to whoever asks. */
export function describePack(content: Content): Record<string, unknown> {
  const pack = packOf(content);
  return pack ? { ChecksumSHA256: pack.sha256, ChecksumType: 'FULL_OBJECT' } : {};
}
