import { createHash } from 'node:crypto';

/** So many objects take some 100 MB. Of more, the ledgers are read several times, for another part of the objects each time. */
const OBJECTS_AT_ONCE = 500_000;

/** A short name, which no other text has. */
export function toHash(text: string): string {
  return createHash('sha256').update(text).digest('base64').slice(0, 22);
}

/** Divides hashes into parts of about `OBJECTS_AT_ONCE`. */
export function partition(objects: number): ((hash: string) => boolean)[] {
  const parts = Math.max(1, Math.ceil(objects / OBJECTS_AT_ONCE));
  if (parts === 1) { return [() => true]; }
  return Array.from({ length: parts }, (_, part) => (hash: string) => Buffer.from(hash, 'base64').readUInt32BE() % parts === part);
}
