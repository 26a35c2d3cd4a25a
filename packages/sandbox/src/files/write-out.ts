import * as fs from 'node:fs';
import * as path from 'node:path';
import type { BucketAccess } from './bucket-access';
import { UsageError } from '../common/errors';

/** Names the folders that an earlier run wrote here: only those are replaced. */
const MARKER = '.cdk-s3-dated-archiver-sandbox.json';

export interface NotWritten {
  readonly bucket: string;
  readonly key: string;
  readonly why: string;
}

export interface Written {
  readonly objects: number;
  readonly notWritten: NotWritten[];
}

/**
 * Refuses a folder in which a bucket's folder would replace files that no earlier run wrote: they
 * may be what the bucket was filled with.
 */
export function checkOut(directory: string, buckets: readonly string[]): void {
  if (statsOf(directory, MARKER)?.isSymbolicLink()) {
    throw new UsageError(
      `--out ${directory}: ${MARKER} is a link, which this command did not write and will not ` +
        'follow: give another directory',
    );
  }
  const own = readMarker(directory);
  for (const bucket of buckets) {
    if (own.includes(bucket) || statsOf(directory, bucket) === undefined) {
      continue;
    }
    throw new UsageError(
      `--out ${directory}: has ${bucket}, which this command did not write and will not ` +
        'replace: give another directory',
    );
  }
}

/**
 * Writes what the buckets hold, each into a folder of its own. Keys are written by strangers: none
 * becomes a file outside of its bucket's folder, or takes the place of another key's.
 */
export async function writeOut(
  access: BucketAccess,
  directory: string,
  buckets: readonly string[],
): Promise<Written> {
  checkOut(directory, buckets);
  fs.mkdirSync(directory, { recursive: true });
  writeMarker(directory, [...new Set([...readMarker(directory), ...buckets])]);
  let objects = 0;
  const notWritten: NotWritten[] = [];
  for (const bucket of buckets) {
    const folder = path.join(directory, bucket);
    fs.rmSync(folder, { recursive: true, force: true });
    fs.mkdirSync(folder);
    for await (const key of access.keys(bucket)) {
      const why = checkPath(key) ?? writeFile(folder, key, await access.get(bucket, key));
      if (why === undefined) {
        objects++;
      } else {
        notWritten.push({ bucket, key, why });
      }
    }
  }
  return { objects, notWritten };
}

/** Why a key is no path within a folder; undefined if it is one. */
function checkPath(key: string): string | undefined {
  // The marker of a folder, as consoles make them, ends with a slash.
  const segments = key.replace(/\/$/, '').split('/');
  if (segments.includes('..') || segments.includes('.')) {
    return 'it has a segment . or ..';
  }
  if (segments.includes('')) {
    return 'it has an empty segment';
  }
  if (key.includes('\0')) {
    return 'it has a NUL character';
  }
  // Windows has more separators than one.
  if (path.sep !== '/' && /[\\:]/.test(key)) {
    return 'it has a \\ or a :';
  }
  return undefined;
}

function writeFile(folder: string, key: string, body: Buffer): string | undefined {
  const isMarker = key.endsWith('/');
  if (isMarker && body.length > 0) {
    return 'it is the name of a folder, and has content';
  }
  try {
    const file = path.join(folder, key);
    fs.mkdirSync(isMarker ? file : path.dirname(file), { recursive: true });
    // A file system may take two names for one.
    if (!isMarker) {
      fs.writeFileSync(file, body, { flag: 'wx' });
    }
    return undefined;
  } catch (error) {
    return describeError((error as NodeJS.ErrnoException).code, error as Error);
  }
}

function describeError(code: string | undefined, error: Error): string {
  switch (code) {
    case 'ENOTDIR':
    case 'EEXIST':
    case 'EISDIR':
      return 'another key has this file, or a file in its path';
    case 'ENAMETOOLONG':
      return 'it is longer than a file name may be';
    default:
      return error.message;
  }
}

/** Of a link, and not of what it leads to. */
function statsOf(directory: string, name: string): fs.Stats | undefined {
  return fs.lstatSync(path.join(directory, name), { throwIfNoEntry: false });
}

/**
 * Replaces the marker by a new file, so that no link or second name of the old one is written
 * through.
 */
function writeMarker(directory: string, buckets: readonly string[]): void {
  const file = path.join(directory, MARKER);
  fs.rmSync(file, { force: true });
  fs.writeFileSync(file, `${JSON.stringify({ buckets })}\n`, { flag: 'wx' });
}

function readMarker(directory: string): string[] {
  try {
    const { buckets } = JSON.parse(fs.readFileSync(path.join(directory, MARKER), 'utf8')) as {
      buckets: unknown;
    };
    return Array.isArray(buckets) ? buckets.map(String) : [];
  } catch {
    return [];
  }
}
