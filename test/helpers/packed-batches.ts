/**
 * What tests of packs have in common: the settings, the items of a plan, and reading a pack with a
 * program that is not ours.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import type { Harness } from './harness';
import type { ListedObject } from '../../src/contract/payloads/listing';
import type { BatchWorker } from '../../src/lambda/batch/batch-worker';
import { withFastPath } from '../../src/lambda/throughput/fast-path';
import { createHttpClient } from '../../src/lambda/throughput/http-client';

export const PACKING = {
  PACKING: JSON.stringify({ maxObjectSize: 1024 ** 2, maxPackSize: 256 * 1024 ** 2 }),
  LISTING_CONCURRENCY: '4',
};

const send = createHttpClient({
  connectionTimeout: 5_000,
  socketTimeout: 5_000,
  maxConnections: 50,
});

/** Reads and copies on the fast path, as the functions do. */
export function onFastPath(worker: BatchWorker): BatchWorker {
  return { ...worker, s3: withFastPath(worker.s3, worker.rate, worker.concurrency, send) };
}

/** Puts the items into packs of so many objects. */
export function packed(items: readonly ListedObject[], packSize = Infinity): ListedObject[] {
  return items.map((item, i) => ({ ...item, Pack: Math.floor(i / packSize) }));
}

export function listPacks({ store }: Pick<Harness, 'store'>): string[] {
  return store.keys('archive').filter((key) => key.endsWith('.zip'));
}

type Members = Map<string, { readonly content: Buffer; readonly time: string }>;

/**
 * What was read, by digest: a test that kills a batch at each of its requests finds the same pack
 * again and again.
 */
const known = new Map<string, Members>();

/** Reads all members of a zip file with Python: their names, times and contents. */
export function unzip(pack: Buffer): Members {
  const digest = createHash('sha256').update(pack).digest('hex');
  const members = known.get(digest) ?? readMembers(pack);
  known.set(digest, members);
  return members;
}

function readMembers(pack: Buffer): Members {
  const folder = mkdtempSync(path.join(tmpdir(), 'unzip-'));
  try {
    const file = path.join(folder, 'pack.zip');
    writeFileSync(file, pack);
    const script = [
      'import zipfile, json, sys, base64',
      'z = zipfile.ZipFile(sys.argv[1])',
      'assert z.testzip() is None',
      'print(json.dumps([[i.filename, list(i.date_time), base64.b64encode(z.read(i)).decode()] ' +
        'for i in z.infolist()]))',
    ].join('\n');
    const members = JSON.parse(
      execFileSync('python3', ['-IS', '-c', script, file], { maxBuffer: 2 ** 30 }).toString(),
    ) as [string, number[], string][];
    return new Map(
      members.map(([name, time, content]) => [
        name,
        { content: Buffer.from(content, 'base64'), time: time.join('-') },
      ]),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function readZip({ store }: Pick<Harness, 'store'>, key: string): ReturnType<typeof unzip> {
  return unzip(Buffer.from(store.get('archive', key)!.body.bytes()));
}
