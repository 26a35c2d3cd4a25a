/**
 * Runs ReportRun over the generated results of a run with a million batches, which is a billion
 * objects, and measures its time and its memory. S3 is a stub that makes listings, results and
 * parts up when they are asked for, in this process. So the time also contains what it takes to
 * make them up.
 *
 * usage: report-run.ts [BATCHES] [ABANDONED]
 *
 * ABANDONED: so many batches have a part of an attempt that was given up. Default: one of 10,000.
 */
import { createHash } from 'node:crypto';
import type { S3Client } from '@aws-sdk/client-s3';
import { LARGE_RUN } from './large-run';
import { REPORT_RUN_MEMORY } from '../../src/contract/memory';
import type { Progress } from '../../src/contract/payloads/batch-payloads';
import type { LedgerLine } from '../../src/contract/payloads/ledger-line';
import type { ReportRunEvent } from '../../src/contract/payloads/report-payloads';
import { Tally } from '../../src/lambda/ledger/tally';
import { initialProgress } from '../../src/lambda/plan-run/plan-run';
import { writeRemainingParts } from '../../src/lambda/report-run/remaining-parts';
import { toCounts } from '../../src/lambda/report-run/report/outcome';
import { reportRun } from '../../src/lambda/report-run/report-run';
import { readSettings } from '../../src/lambda/runtime/environment';
import { systemClock } from '../../src/lambda/s3/retry';
import { createSelector } from '../../src/lambda/selection/select-objects';
import { ENVIRONMENT } from '../../test/helpers/environment';

const OBJECTS_PER_BATCH = 1_000;
const PAGE = 1_000;
const RESULTS_PER_CHUNK = 100;
const MAX_SECONDS = 15 * 60;
const MIB = 1024 ** 2;
/** Assumptions for AWS: a page of a listing, and bytes of an object that one connection reads. */
const SECONDS_PER_PAGE = 0.1;
const BYTES_PER_SECOND = 70 * 1e6;

const EVENT: ReportRunEvent = {
  run: LARGE_RUN,
  executionId: 'arn:aws:states:eu-west-1:123456789012:execution:Archiver:large',
  map: {
    ResultWriterDetails: {
      Bucket: 'reports',
      Key: `${LARGE_RUN.reportPrefix}map-run/manifest.json`,
    },
  },
  plan: { finish: {} },
};

/** The generated run. Of 1,000 batches, one has objects that failed. */
class GeneratedRun {
  bytesRead = 0;
  readonly requests: Record<string, number> = {};
  private readonly kinds: readonly { readonly lines: LedgerLine[]; readonly progress: Progress }[];

  constructor(
    readonly batches: number,
    private readonly abandoned: number,
  ) {
    this.kinds = [0, 7].map((failed) => {
      const lines = Array.from({ length: OBJECTS_PER_BATCH }, (_, i) =>
        this.createLine(i, i < failed),
      );
      const tally = new Tally();
      for (const line of lines) {
        tally.add(line);
      }
      const counts = {
        listed: OBJECTS_PER_BATCH,
        archived: tally.archived,
        skipped: 0,
        conflicting: 0,
        failed,
      };
      const done = {
        cursor: OBJECTS_PER_BATCH,
        finished: true,
        remaining: null,
        rounds: 1,
        counts,
        bytes: tally.bytes,
        digest: tally.toDigest([]),
      };
      return { lines, progress: { ...initialProgress(), ...done } };
    });
  }

  get failed(): number {
    return Math.ceil(this.batches / 1_000) * 7;
  }

  async send({
    constructor: { name },
    input,
  }: {
    constructor: { name: string };
    input: Record<string, string>;
  }): Promise<object> {
    const operation = name.replace(/Command$/, '');
    this.requests[operation] = (this.requests[operation] ?? 0) + 1;
    switch (operation) {
      case 'ListObjectsV2':
        return this.list(input);
      case 'GetObject':
        return { ETag: '"e"', Body: this.read(input.Key) };
      // The list of the ledger's parts is written in parts.
      case 'CreateMultipartUpload':
        return { UploadId: 'u' };
      case 'PutObject':
      case 'UploadPart':
      case 'CompleteMultipartUpload':
        return { ETag: '"e"' };
      default:
        throw new Error(`the stub does not know ${operation}`);
    }
  }

  private kindOf(batch: number) {
    return this.kinds[batch % 1_000 === 0 ? 1 : 0];
  }

  private createLine(i: number, isFailed: boolean): LedgerLine {
    return {
      v: 2,
      key: `incoming/host-${i % 100}/2026-11-24-${i}.log`,
      destination: `archive/2026/11/24/host-${i % 100}/2026-11-24-${i}.log`,
      ...(isFailed
        ? {
            status: 'failed',
            code: 'SLOW_DOWN',
            message: 'SlowDown: please reduce your request rate',
          }
        : { status: 'archived' }),
      etag: `"${'0'.repeat(32)}"`,
      size: 1024 * i,
      day: '2026-11-24',
      at: 1_000 + i,
      ms: 20 + (i % 50),
    };
  }

  /** Ids in the order of their digits. */
  private idOf(batch: number): string {
    return Math.floor(batch * (2 ** 52 / this.batches))
      .toString(16)
      .padStart(13, '0')
      .padEnd(16, '0');
  }

  private partOf(batch: number) {
    const name = `${this.idOf(batch)}-000000_001000.jsonl`;
    return {
      name,
      etag: `"${createHash('md5').update(name).digest('hex')}"`,
      lines: OBJECTS_PER_BATCH,
    };
  }

  private hasAbandoned(batch: number): boolean {
    return this.abandoned > 0 && batch % Math.ceil(this.batches / this.abandoned) === 1;
  }

  private list({ Prefix: prefix, ContinuationToken: token }: Record<string, string>): object {
    if (prefix !== LARGE_RUN.ledgerPrefix) {
      return { Contents: [] };
    }
    const first = Number(token ?? 0);
    const last = Math.min(this.batches, first + PAGE);
    const LastModified = new Date(0);
    const Contents = [];
    for (let batch = first; batch < last; batch++) {
      const { name, etag } = this.partOf(batch);
      if (this.hasAbandoned(batch)) {
        Contents.push({
          Key: `${prefix}${name.replace('001000', '000500')}`,
          ETag: '"abandoned"',
          LastModified,
        });
      }
      Contents.push({ Key: `${prefix}${name}`, ETag: etag, LastModified });
    }
    return { Contents, IsTruncated: last < this.batches, NextContinuationToken: String(last) };
  }

  private read(key: string): AsyncIterable<Uint8Array> & { transformToString(): Promise<string> } {
    const chunks = key.endsWith('manifest.json')
      ? this.manifest()
      : key.startsWith(LARGE_RUN.ledgerPrefix)
        ? this.part(key)
        : this.results(Number(/_(\d+)/.exec(key)![1]));
    return {
      transformToString: async () => [...chunks].join(''),
      [Symbol.asyncIterator]: async function* (this: GeneratedRun) {
        for (const chunk of chunks) {
          const bytes = Buffer.from(chunk);
          this.bytesRead += bytes.length;
          yield bytes;
        }
      }.bind(this),
    };
  }

  private *manifest(): Generator<string> {
    const files = Array.from({ length: 10 }, (_, i) => ({
      Key: `${LARGE_RUN.reportPrefix}map-run/SUCCEEDED_${i}.json`,
      Size: 1,
    }));
    yield JSON.stringify({
      DestinationBucket: 'reports',
      MapRunArn: 'arn',
      ResultFiles: { SUCCEEDED: files, FAILED: [], PENDING: [] },
    });
  }

  private *part(key: string): Generator<string> {
    const batch = Math.round(
      parseInt(key.slice(LARGE_RUN.ledgerPrefix.length), 16) / 16 ** 3 / (2 ** 52 / this.batches),
    );
    yield this.kindOf(batch)
      .lines.slice(0, key.includes('000500') ? 500 : undefined)
      .map((line) => `${JSON.stringify(line)}\n`)
      .join('');
  }

  private *results(file: number): Generator<string> {
    const size = Math.ceil(this.batches / 10);
    let chunk: string[] = [];
    for (let batch = file * size; batch < Math.min(this.batches, (file + 1) * size); batch++) {
      const { progress } = this.kindOf(batch);
      chunk.push(
        `${JSON.stringify({ ...progress, digest: { ...progress.digest, parts: [this.partOf(batch)] } })}\n`,
      );
      if (chunk.length === RESULTS_PER_CHUNK) {
        yield chunk.join('');
        chunk = [];
      }
    }
    yield chunk.join('');
  }
}

async function main([batches = '1000000', abandoned]: string[]): Promise<void> {
  const count = Number(batches);
  const generated = new GeneratedRun(
    count,
    abandoned === undefined ? Math.ceil(count / 10_000) : Number(abandoned),
  );
  const settings = readSettings({
    ...ENVIRONMENT,
    TOLERATED_FAILURE_PERCENTAGE: '1',
    BATCH: '{"logGroup":"/logs","memoryMb":1024}',
  });
  let peak = 0;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss);
  }, 50);
  const idle = process.memoryUsage().rss;
  const began = performance.now();
  const cpu = process.cpuUsage();
  const context = {
    s3: generated as unknown as S3Client,
    readInput: async () => undefined,
    settings,
    select: createSelector(settings, LARGE_RUN),
    clock: { ...systemClock, now: () => Date.parse('2026-11-26T01:00:00Z') },
  };
  // As the handler does.
  await writeRemainingParts(context, EVENT);
  const { report } = await reportRun(context, EVENT);
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  clearInterval(watch);
  peak = Math.max(peak, process.memoryUsage().rss);

  const cpuSeconds = (user + system) / 1e6;
  const waiting =
    (generated.requests.ListObjectsV2 ?? 0) * SECONDS_PER_PAGE +
    generated.bytesRead / BYTES_PER_SECOND;
  console.log(
    `${count} batches, ${report.counts.listed} objects: ${seconds.toFixed(0)} s, ` +
      `${cpuSeconds.toFixed(0)} s of CPU`,
  );
  console.log(
    `memory: ${(idle / MIB).toFixed(0)} MiB idle, ${(peak / MIB).toFixed(0)} MiB at most, of ` +
      `${REPORT_RUN_MEMORY}`,
  );
  console.log(
    `requests: ${JSON.stringify(generated.requests)}, ${(generated.bytesRead / 1e6).toFixed(0)} ` +
      `MB read, ${(generated.bytesRead / count).toFixed(0)} bytes per batch`,
  );
  console.log(
    `on AWS: ${waiting.toFixed(0)} s for listings (${SECONDS_PER_PAGE} s a page) and reading ` +
      `(${BYTES_PER_SECOND / 1e6} MB/s), ` +
      `and the CPU: ${(waiting + cpuSeconds).toFixed(0)} of ${MAX_SECONDS} s`,
  );

  const { reasons } = report;
  const counts = toCounts(report.counts);
  const results: [boolean, string][] = [
    [
      counts.listed === count * OBJECTS_PER_BATCH &&
        counts.archived === counts.listed - generated.failed,
      'all objects are accounted for',
    ],
    [counts.failed === generated.failed && reasons.length === 1, 'failures are counted by reason'],
    [
      report.problems.length === 20 && report.slowest.length === 10,
      'problems and the slowest objects are shown',
    ],
    [waiting + cpuSeconds < MAX_SECONDS / 2, 'half of the time of a function is enough'],
    [peak / MIB < REPORT_RUN_MEMORY / 2, 'half of its memory is enough'],
  ];
  results.forEach(([met, what]) => console.log(`${met ? 'ok     ' : 'FAILED '} ${what}`));
  const failed = results.filter(([met]) => !met).length;
  console.log(`${results.length - failed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}

void main(process.argv.slice(2));
