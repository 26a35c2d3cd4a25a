import * as fs from 'node:fs';
import * as path from 'node:path';
import type { BucketAccess } from './bucket-access';
import { UsageError } from '../common/errors';
import { utf8Length } from '../common/json';
import { printable } from '../common/printable';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
const MAX_KEY_BYTES = 1_024;

export interface Filled {
  readonly objects: number;
  readonly bytes: number;
  /** How many of them lie below the archiver's prefix. */
  readonly belowPrefix: number;
  /** Links to folders, sockets and the like, which are no objects. */
  readonly leftOut: string[];
}

/**
 * Puts the files below a folder into a bucket. A key is the path of the file relative to the
 * folder. The object was modified when the file was, if the S3 can take that over. Links to files
 * are followed, links to folders are not. An empty folder is nothing.
 */
export async function fillBucket(
  access: BucketAccess,
  bucket: string,
  folder: string,
  prefix: string,
): Promise<Filled> {
  const filled = { objects: 0, bytes: 0, belowPrefix: 0, leftOut: [] as string[] };
  for (const key of relativeFiles(folder, '', filled.leftOut)) {
    checkKey(key);
    const file = path.join(folder, key);
    const body = read(file, key);
    await access.put(bucket, key, body, fs.statSync(file).mtime);
    filled.objects++;
    filled.bytes += body.length;
    if (key.startsWith(prefix)) {
      filled.belowPrefix++;
    }
  }
  return filled;
}

/** Paths with `/`, in the order of their names. */
function* relativeFiles(folder: string, below: string, leftOut: string[]): Generator<string> {
  // A name that is not UTF-8 would be read as another one.
  const entries = fs.readdirSync(path.join(folder, below), {
    withFileTypes: true,
    encoding: 'buffer',
  });
  const named = entries
    .map((entry) => ({ entry, name: toText(entry.name, below) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const { entry, name } of named) {
    const relative = `${below}${name}`;
    if (entry.isDirectory()) {
      yield* relativeFiles(folder, `${relative}/`, leftOut);
    } else if (entry.isFile() || (entry.isSymbolicLink() && isFile(path.join(folder, relative)))) {
      yield relative;
    } else {
      leftOut.push(relative);
    }
  }
}

function toText(name: Buffer, below: string): string {
  const text = name.toString('utf8');
  if (!Buffer.from(text).equals(name)) {
    throw new UsageError(
      `--fill: the name of the file ${printable(below + name.toString('latin1'))} is not UTF-8, ` +
        'and a key of S3 must be',
    );
  }
  return text;
}

function isFile(file: string): boolean {
  return fs.statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
}

function checkKey(key: string): void {
  if (utf8Length(key) <= MAX_KEY_BYTES) {
    return;
  }
  throw new UsageError(
    `--fill: the path ${printable(key.slice(0, 60))}... has ${utf8Length(key)} bytes, but a key ` +
      `of S3 has at most ${MAX_KEY_BYTES}`,
  );
}

function read(file: string, key: string): Buffer {
  try {
    return fs.readFileSync(file);
  } catch (error) {
    throw new UsageError(`--fill: ${printable(key)} cannot be read: ${(error as Error).message}`);
  }
}
