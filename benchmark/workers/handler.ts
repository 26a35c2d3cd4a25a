import { fork } from 'node:child_process';
import { once } from 'node:events';
import * as path from 'node:path';
import { type Listed, listPages } from './listing';
import { signedHttp } from './signed-http';
import { MAX_PACK_OBJECTS } from '../../src/contract/packs';
import type { PlannedPart, RunListing } from '../../src/contract/payloads/listing';
import { initialProgress } from '../../src/lambda/plan-run/plan-run';
import { ARCHIVE, BUCKET, DAY, REPORT_BUCKET, SOURCE } from '../dataset';

/** What a child of the map gets: a page of the map's own reader, or a part of a plan. */
type Batch = readonly Listed[] | PlannedPart;
type Archive = (batch: Batch) => Promise<void>;

/** What differs from default props. */
export interface Deviations {
  readonly isPacking?: boolean;
  readonly destinationBucket?: string;
  /** The list-objects bundle lists, and plans the batches. Default: the map lists. */
  readonly isSelective?: boolean;
}

const MIB = 1024 ** 2;
const PACKING = { PACKING: JSON.stringify({ maxObjectSize: MIB, maxPackSize: 256 * MIB }) };
const TIMEOUT_MS = 15 * 60_000;

/**
 * Runs the archive-batch bundle as one Lambda instance does: one batch of a thousand listed objects
 * after the other.
 */
export async function ours(
  endpoint: string,
  objectsPerSecond: number,
  assets: string,
  deviations: Deviations,
): Promise<void> {
  const archive = instance(objectsPerSecond, assets, deviations);
  for await (const batch of listBatches(endpoint, assets, deviations)) {
    await archive(batch);
  }
}

/**
 * The map's own reader hands out page after page. A function lists all before the first copy, and
 * plans larger batches.
 */
async function* listBatches(
  endpoint: string,
  assets: string,
  { isPacking, isSelective }: Deviations,
  batchesAtOnce = 1,
): AsyncGenerator<Batch> {
  if (isPacking) {
    yield* listParts(endpoint);
  } else if (isSelective) {
    yield* planParts(endpoint, assets, batchesAtOnce);
  } else {
    yield* listPages(signedHttp(endpoint, 1));
  }
}

/** Runs the list-objects bundle, as `Listing.selective()` does. */
async function* planParts(
  endpoint: string,
  assets: string,
  maxConcurrency: number,
): AsyncGenerator<PlannedPart> {
  Object.assign(process.env, SETTINGS, { LISTING_CONCURRENCY: '32', BATCH_SIZE: '10000' });
  const list = loadHandler<object, RunListing>(assets, 'list-objects');
  const run = { ...createRun(1), maxConcurrency };
  let listing: RunListing = { prefix: SOURCE };
  while (!listing.progress?.finished) {
    listing = await list({ run, listing }, contextUntil(Date.now() + TIMEOUT_MS));
  }
  const { partsKey } = listing.progress;
  if (partsKey === null) {
    return;
  }
  const send = signedHttp(endpoint, 1);
  const { body } = await send({ method: 'GET', path: `/${REPORT_BUCKET}/${partsKey}` });
  yield* body
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as PlannedPart);
}

const DATE = /\d{4}-\d\d-\d\d/;

/** The plan gives an instance as many objects as a pack holds, and each day packs of its own. */
async function* listParts(endpoint: string): AsyncGenerator<Listed[]> {
  const items: (Listed & { readonly Pack: number })[] = [];
  let pack = -1;
  let before: string | undefined;
  for await (const page of listPages(signedHttp(endpoint, 1))) {
    for (const item of page) {
      const [day] = DATE.exec(item.Key)!;
      pack += day === before ? 0 : 1;
      before = day;
      items.push({ ...item, Pack: pack });
    }
    if (items.length + page.length > MAX_PACK_OBJECTS) {
      yield items.splice(0);
    }
  }
  if (items.length > 0) {
    yield items;
  }
}

/**
 * Runs several instances, each in its own process. Each gets the next batch as soon as it is done.
 */
export async function handlersSideBySide(
  endpoint: string,
  count: number,
  objectsPerSecond: number,
  assets: string,
  deviations: Deviations,
): Promise<void> {
  const instances = Array.from({ length: count }, () =>
    fork(process.argv[1], [
      'one-of-ours',
      endpoint,
      '1',
      String(objectsPerSecond / count),
      assets,
      JSON.stringify(deviations),
    ]),
  );
  const batches = listBatches(endpoint, assets, deviations, count);
  await Promise.all(
    instances.map(async (child) => {
      const ended = once(child, 'exit');
      const early = ended.then(() => {
        throw new Error('an instance ended early');
      });
      for (let next = await batches.next(); !next.done; next = await batches.next()) {
        child.send(next.value);
        await Promise.race([once(child, 'message'), early]);
      }
      early.catch(() => undefined);
      child.disconnect();
      await ended;
    }),
  );
}

/** One of these processes: archives the batches that it receives until the parent disconnects. */
export async function handlerInstance(
  objectsPerSecond: number,
  assets: string,
  deviations: Deviations,
): Promise<void> {
  const archive = instance(objectsPerSecond, assets, deviations);
  process.on('message', (batch: Batch) => {
    archive(batch).then(
      () => process.send!('done'),
      (error) => {
        console.error(error);
        process.exit(1);
      },
    );
  });
  await once(process, 'disconnect');
}

function instance(
  objectsPerSecond: number,
  assets: string,
  { destinationBucket, isPacking = false }: Deviations,
): Archive {
  Object.assign(
    process.env,
    SETTINGS,
    isPacking && PACKING,
    destinationBucket !== undefined && { DESTINATION_BUCKET: destinationBucket },
  );
  const handler = loadHandler<object, { finished: boolean }>(assets, 'archive-batch');
  const run = { ...createRun(objectsPerSecond), ...(isPacking && { from: null }) };
  return async (batch) => {
    const work = 'name' in batch ? { part: batch } : { Items: batch };
    let progress: { finished: boolean } = initialProgress();
    while (!isEmpty(batch) && !progress.finished) {
      progress = await handler(
        { BatchInput: { run, progress }, ...work },
        contextUntil(Date.now() + TIMEOUT_MS),
      );
    }
  };
}

function isEmpty(batch: Batch): boolean {
  return 'length' in batch && batch.length === 0;
}

export function loadHandler<Event, Answer>(
  assets: string,
  name: string,
): (event: Event, context: object) => Promise<Answer> {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { handler } = require(path.join(assets, name, `${name}.lambda/index.js`)) as {
    handler: (event: Event, context: object) => Promise<Answer>;
  };
  return handler;
}

function createRun(objectsPerSecond: number) {
  return {
    id: 'bench',
    startTime: new Date().toISOString(),
    from: DAY,
    to: DAY,
    action: 'archive' as const,
    dryRun: false,
    reportPrefix: 'runs/bench/',
    ledgerPrefix: 'runs/ledger/',
    objectsPerSecond,
  };
}

export function contextUntil(deadline: number): object {
  return {
    functionName: 'archive-batch',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:archive-batch',
    memoryLimitInMB: '1769',
    awsRequestId: '00000000-0000-0000-0000-000000000000',
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
}

/** The environment that the construct gives the function with default props. */
const SETTINGS = {
  SOURCE_BUCKET: BUCKET,
  SOURCE_PREFIX: SOURCE,
  DESTINATION_BUCKET: BUCKET,
  DESTINATION_PREFIX: ARCHIVE,
  DATE_SOURCE: JSON.stringify({ kind: 'objectName', formats: ['yyyy-MM-dd'] }),
  LAYOUT: JSON.stringify({ format: 'yyyy/MM/dd/', flatten: false }),
  TIME_ZONE: 'Etc/UTC',
  SELECTION: JSON.stringify({ kind: 'daysAgo', days: 1 }),
  CONFLICT_POLICY: 'REPORT',
  MAX_OBJECTS_PER_SECOND: '1500',
  TOLERATED_FAILURE_PERCENTAGE: '0',
  BATCH_SIZE: '1000',
  REPORT_BUCKET,
  REPORT_PREFIX: 'runs/',
  ARCHIVER_NAME: 'Stack/Archiver',
  BATCH: JSON.stringify({ logGroup: '/logs/archive-batch', memoryMb: 1769 }),
  MAX_ROUNDS: '10',
  AWS_LAMBDA_FUNCTION_NAME: 'archive-batch',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '1769',
};
