/**
 * Measures the memory and the time that a manifest takes. The list is made while it is read, and
 * files of the plan go to a folder, so that nothing but the function itself uses memory. A
 * hundredth of the lines are repeated.
 *
 * usage: manifest.ts [--lines N] [--gzip], 10,000,000 lines by default
 */
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Readable } from 'node:stream';
import { parseArgs } from 'node:util';
import { createGzip } from 'node:zlib';
import type { S3Client } from '@aws-sdk/client-s3';
import { LIST_OBJECTS_MEMORY } from '../../src/contract/memory';
import type { RunListing } from '../../src/contract/payloads/listing';
import type { Run } from '../../src/contract/payloads/run';
import { parseDateSource } from '../../src/dates/key-dates';
import { parseLayout } from '../../src/dates/layout';
import { planManifest } from '../../src/features/selective/lambda/manifest/plan-manifest';
import { systemClock } from '../../src/lambda/s3/retry';
import { createSelector } from '../../src/lambda/selection/select-objects';
import { testSettings } from '../../test/helpers/environment';

const { values } = parseArgs({
  options: {
    lines: { type: 'string', default: '10000000' },
    gzip: { type: 'boolean', default: false },
  },
});
const LINES = Number(values.lines);
const HEADER = 'key,etag,size\n'.padEnd(120, '\n');
const LINE_BYTES = 120;
const LINES_AT_ONCE = 500;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'manifest-'));

/** All lines have the same length, so that a line can be made from its offset. */
function toLine(index: number): string {
  const number = String(index % 100 === 99 ? index - 1 : index).padStart(12, '0');
  const key = `incoming/eu/${number}/report-2026-11-24.`.padEnd(LINE_BYTES - 36, 'x');
  return `${key},${createHash('md5').update(number).digest('hex')},7\n`;
}

function* makeList(from: number): Generator<Buffer> {
  if (from < LINE_BYTES) {
    yield Buffer.from(HEADER.slice(from));
  }
  for (
    let index = from < LINE_BYTES ? 0 : Math.floor(from / LINE_BYTES) - 1;
    index < LINES;
    index += LINES_AT_ONCE
  ) {
    yield Buffer.from(
      Array.from({ length: Math.min(LINES_AT_ONCE, LINES - index) }, (_, i) =>
        toLine(index + i),
      ).join(''),
    );
  }
}

/** How long the list is when it is packed. */
let packedBytes = 0;

const s3 = {
  send: async ({
    input,
    constructor,
  }: {
    input: { Bucket: string; Key: string; Body?: string; Range?: string };
    constructor: { name: string };
  }) => {
    const file = path.join(folder, path.basename(input.Key));
    if (constructor.name.startsWith('Put')) {
      await fs.promises.writeFile(file, input.Body!);
      return { ETag: '"x"' };
    }
    if (constructor.name.startsWith('Head')) {
      return { ETag: '"x"', ContentLength: 7 };
    }
    if (!constructor.name.startsWith('Get')) {
      return { UploadId: 'x', ETag: '"x"' };
    } // the file for the map
    if (input.Bucket !== 'lists') {
      return { ETag: '"x"', Body: { transformToString: () => fs.promises.readFile(file, 'utf8') } };
    }
    const from = Number(/\d+/.exec(input.Range ?? '0')![0]);
    const list = Readable.from(makeList(from), { objectMode: false });
    return {
      ETag: '"x"',
      ContentLength: values.gzip ? packedBytes : (LINES + 1) * LINE_BYTES - from,
      Body: values.gzip ? list.pipe(createGzip({ level: 1 })) : list,
    };
  },
} as unknown as S3Client;

async function main(): Promise<void> {
  if (values.gzip) {
    const packed = Readable.from(makeList(0), { objectMode: false }).pipe(createGzip({ level: 1 }));
    for await (const chunk of packed) {
      packedBytes += (chunk as Buffer).length;
    }
  }
  const run: Run = {
    id: 'scale',
    startTime: '2026-11-25T01:00:00Z',
    from: '2026-11-24',
    to: '2026-11-24',
    action: 'archive',
    dryRun: false,
    reportPrefix: 'r/',
    ledgerPrefix: 'l/',
    objectsPerSecond: 1,
    manifest: { uri: 's3://lists/list', keyEncoding: 'none' },
  };
  const settings = testSettings({
    sourceBucket: 'source',
    sourcePrefix: 'incoming/',
    destinationBucket: 'source',
    destinationPrefix: 'archive/',
    dateSource: parseDateSource({ kind: 'objectName', formats: ['yyyy-MM-dd'] }),
    layout: parseLayout({ format: 'yyyy/MM/dd/' }),
    listingConcurrency: 32,
    batchSize: 1_000,
  });
  let peak = 0;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss);
  }, 100);
  const began = performance.now();
  let listing: RunListing = { prefix: 'incoming/' };
  while (!listing.progress?.finished) {
    const context = { s3, clock: systemClock, settings, select: createSelector(settings, run) };
    listing = await planManifest(context, { run, listing }, 900_000);
  }
  clearInterval(watch);
  const { listed, selected, parts, rounds, manifest } = listing.progress;
  const seconds = (performance.now() - began) / 1000;
  const { repeated, requests } = manifest!;
  console.log(
    JSON.stringify({
      lines: LINES,
      listed,
      selected,
      repeated,
      parts,
      rounds,
      requests,
      seconds: Math.round(seconds),
      peakMiB: Math.round(peak / 1024 ** 2),
    }),
  );
  if (selected + repeated !== LINES || peak > LIST_OBJECTS_MEMORY * 1024 ** 2) {
    process.exitCode = 1;
  }
}

void main().finally(() => fs.rmSync(folder, { recursive: true }));
