/**
 * Measures how long ListObjects lists where a run archives one of ten objects, beside the time that
 * the run then moves at the default rate. The built function and the S3 double have a process each,
 * so that the CPU of each is known: S3's own is no time of a run on AWS.
 *
 * usage: listing.ts [--objects N] [--latency MS]
 *   --objects N: default 1,000,000
 *   --latency MS: of every request; default 100, the lower end of what S3 documents
 *     (https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html)
 */
import { fork } from 'node:child_process';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { LARGE_RUN } from './large-run';
import { startS3 } from '../../packages/s3-double/src';
import type { ListObjectsEvent, RunListing } from '../../src/contract/payloads/listing';
import { ENVIRONMENT } from '../../test/helpers/environment';
import { contextUntil, loadHandler } from '../workers/handler';

const ONE_OF = 10;
const PREFIX = 'incoming/';
const ASSETS = path.resolve(__dirname, '../../assets/lambda');
const ROUND_MILLISECONDS = 900_000;
/** Share of a night. */
const MAX_SHARE = 0.1;

interface Server {
  readonly endpoint: string;
  getCpuSeconds(): Promise<number>;
  close(): void;
}

async function serve(objects: number, latencyMs: number): Promise<void> {
  const { store, endpoint } = await startS3({ latencyMs });
  store.createBucket('source');
  store.createBucket('reports');
  for (let i = 0; i < objects; i++) {
    const day = i % ONE_OF === 0 ? LARGE_RUN.to : '2026-11-23';
    store.put('source', `${PREFIX}${day}-${String(i).padStart(8, '0')}.json`, '');
  }
  process.on('message', () => process.send!(getCpuSeconds()));
  process.on('disconnect', () => process.exit());
  process.send!(endpoint);
}

async function startServer(objects: number, latencyMs: number): Promise<Server> {
  const child = fork(__filename, ['--serve', `--objects=${objects}`, `--latency=${latencyMs}`], {
    execArgv: [...process.execArgv, '--max-old-space-size=8192'],
  });
  const receive = <T>() => new Promise<T>((resolve) => child.once('message', resolve));
  return {
    endpoint: await receive<string>(),
    getCpuSeconds: () => {
      const answer = receive<number>();
      child.send('cpu');
      return answer;
    },
    close: () => child.disconnect(),
  };
}

function getCpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

async function measure(objects: number, latencyMs: number): Promise<boolean> {
  const server = await startServer(objects, latencyMs);
  Object.assign(process.env, ENVIRONMENT, {
    SOURCE_BUCKET: 'source',
    SOURCE_PREFIX: PREFIX,
    REPORT_BUCKET: 'reports',
    LISTING_CONCURRENCY: '32',
    BATCH_SIZE: '10000',
    AWS_ENDPOINT_URL_S3: server.endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_LAMBDA_FUNCTION_NAME: 'list-objects',
  });
  const list = loadHandler<ListObjectsEvent, RunListing>(ASSETS, 'list-objects');
  const began = performance.now();
  const [cpu, serverCpu] = [getCpuSeconds(), await server.getCpuSeconds()];
  const { progress } = await list(
    { run: LARGE_RUN, listing: { prefix: PREFIX } },
    contextUntil(Date.now() + ROUND_MILLISECONDS),
  );
  const seconds = (performance.now() - began) / 1000;
  const ownCpu = getCpuSeconds() - cpu;
  const serversCpu = (await server.getCpuSeconds()) - serverCpu;
  server.close();
  const { listed, selected, requests, finished } = progress!;
  if (!finished || listed !== objects || selected !== Math.ceil(objects / ONE_OF)) {
    throw new Error(`it listed ${listed} objects, and selected ${selected}`);
  }
  const moving = selected / LARGE_RUN.objectsPerSecond;
  const share = seconds / (seconds + moving);
  const perPage = (cpuSeconds: number) => ((cpuSeconds * 1_000) / requests).toFixed(1);
  console.log(
    `${listed} listed with ${requests} requests of ${latencyMs} ms, ${selected} selected: ` +
      `${seconds.toFixed(1)} s, and then ${moving.toFixed(1)} s at ` +
      `${LARGE_RUN.objectsPerSecond} objects a second: ${(100 * share).toFixed(1)} % of the night\n` +
      `CPU for a page: ${perPage(ownCpu)} ms of the function, ${perPage(serversCpu)} of the server`,
  );
  return share <= MAX_SHARE;
}

const { values } = parseArgs({
  options: {
    objects: { type: 'string', default: '1000000' },
    latency: { type: 'string', default: '100' },
    serve: { type: 'boolean', default: false },
  },
});
const [objects, latency] = [Number(values.objects), Number(values.latency)];
if (values.serve) {
  void serve(objects, latency);
} else {
  void measure(objects, latency).then((met) => {
    console.log(`${met ? 'ok     ' : 'FAILED '} listing takes at most a tenth of the night`);
    process.exitCode = met ? 0 : 1;
  });
}
