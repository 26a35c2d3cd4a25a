/**
 * The two phases of `plan-parts.ts`. Each runs in a process of its own, so that its peak of memory
 * is its own.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { FolderS3, PREFIX } from './folder-s3';
import { LARGE_RUN } from './large-run';
import type { Json } from '../../packages/engine/src/common/json';
import { compile } from '../../packages/engine/src/step-functions/compile';
import { Execution } from '../../packages/engine/src/step-functions/execution';
import { History } from '../../packages/engine/src/step-functions/history';
import { DistributedMaps } from '../../packages/engine/src/step-functions/map/distributed-map';
import { MAX_RESULT_FILE_BYTES } from '../../packages/engine/src/step-functions/quotas';
import { type ExecutionRecord, Records } from '../../packages/engine/src/step-functions/records';
import type { Plan, Progress } from '../../src/contract/payloads/batch-payloads';
import type { PlannedPart, RunListing } from '../../src/contract/payloads/listing';
import { listObjects } from '../../src/features/selective/lambda/list-objects';
import { Tally } from '../../src/lambda/ledger/tally';
import { initialProgress } from '../../src/lambda/plan-run/plan-run';
import { readSettings } from '../../src/lambda/runtime/environment';
import { systemClock } from '../../src/lambda/s3/retry';
import { createSelector } from '../../src/lambda/selection/select-objects';
import { ENVIRONMENT } from '../../test/helpers/environment';

/** A round of a function that lists has fifteen minutes. */
const ROUND_MILLISECONDS = 900_000;
const LISTING_FILE = 'listing.json';
/** The map of a synthesized state machine. */
export const DEFINITION_FILE = 'definition.json';

/** What a phase counted. */
export type Figures = Record<string, number>;

/** ListObjects, round after round, until the file of all parts is written. */
export async function list(
  folder: string,
  parts: number,
  objectsPerPart: number,
): Promise<Figures> {
  const s3 = new FolderS3(folder, parts * objectsPerPart);
  const settings = readSettings({
    ...ENVIRONMENT,
    SOURCE_PREFIX: PREFIX,
    LISTING_CONCURRENCY: '32',
    BATCH_SIZE: String(objectsPerPart),
  });
  const select = createSelector(settings, LARGE_RUN);
  let listing: RunListing = { prefix: PREFIX };
  let stateBytes = 0;
  do {
    listing = await listObjects(
      { s3: s3.client, clock: systemClock, settings, select },
      { run: LARGE_RUN, listing },
      ROUND_MILLISECONDS,
    );
    stateBytes = Math.max(stateBytes, JSON.stringify(toPlan(listing)).length);
  } while (!listing.progress!.finished);
  fs.writeFileSync(path.join(folder, LISTING_FILE), JSON.stringify(listing));
  const { partsKey, rounds, listed, selected, requests } = listing.progress!;
  const checkpoints = fs
    .readdirSync(folder)
    .filter((name) => /^[0-9a-f]{64}\.jsonl$/.test(name))
    .map((name) => fs.statSync(path.join(folder, name)).size);
  return {
    listed,
    selected,
    pages: requests,
    rounds,
    stateBytes,
    largestCheckpointBytes: Math.max(0, ...checkpoints),
    partsFileBytes: fs.statSync(s3.toFile({ Key: partsKey! })).size,
    puts: s3.requests.PutObject,
  };
}

/**
 * The map of the synthesized definition, with a child for each line of that file. A stub answers in
 * place of ArchiveBatch.
 */
export async function runMap(folder: string): Promise<Figures> {
  const read = (name: string): unknown =>
    JSON.parse(fs.readFileSync(path.join(folder, name), 'utf8'));
  const listing = read(LISTING_FILE) as RunListing;
  const counts = { children: 0, objects: 0, inputBytes: 0 };
  const digest = createDigest();
  const answer = (payload: { readonly part: PlannedPart }): Json => {
    const {
      part: { objects },
    } = payload;
    counts.children += 1;
    counts.objects += objects;
    counts.inputBytes = Math.max(counts.inputBytes, JSON.stringify(payload).length);
    const all = { listed: objects, archived: objects, skipped: 0, conflicting: 0, failed: 0 };
    const done = { cursor: objects, finished: true, rounds: 1, counts: all };
    return { Payload: { ...initialProgress(), ...done, digest } } as unknown as Json;
  };
  const { record, resultBytes } = await runDefinition(
    read(DEFINITION_FILE) as object,
    toPlan(listing),
    new FolderS3(folder),
    answer,
  );
  if (record.status !== 'SUCCEEDED') {
    throw new Error(`the map ended as ${record.status}: ${record.error}: ${record.cause}`);
  }
  return { ...counts, resultBytes, events: record.history.events.length };
}

/** What a batch of 1,000 objects says of them. */
function createDigest(): Progress['digest'] {
  const tally = new Tally();
  for (let i = 0; i < 1_000; i++) {
    const key = `${PREFIX}${i}/2026-11-24.log`;
    tally.add({
      v: 2,
      key,
      destination: `archive/2026/11/24/${i}/2026-11-24.log`,
      status: 'archived',
      etag: '"d41d8cd98f00b204e9800998ecf8427e"',
      size: 1_024 * i,
      day: '2026-11-24',
      at: 1_000 + i,
      ms: 20 + (i % 50),
    });
  }
  return tally.toDigest([
    {
      name: '0000000000000000-000000_001000.jsonl',
      etag: '"d41d8cd98f00b204e9800998ecf8427e"',
      lines: 1_000,
    },
  ]);
}

function toPlan(listing: RunListing): Plan {
  return {
    run: LARGE_RUN,
    listing,
    maxConcurrency: 10,
    resultPrefix: `${LARGE_RUN.reportPrefix}map-run`,
    finish: {},
    progress: initialProgress(),
  };
}

async function runDefinition(
  definition: object,
  input: Plan,
  s3: FolderS3,
  answer: (payload: { readonly part: PlannedPart }) => Json,
) {
  const arn = 'arn:aws:states:us-east-1:123456789012:stateMachine:Machine';
  const record: ExecutionRecord = {
    arn: `${arn.replace('stateMachine', 'execution')}:large`,
    name: 'large',
    stateMachineArn: arn,
    startDate: new Date(LARGE_RUN.startTime),
    input: JSON.stringify(input),
    status: 'RUNNING',
    redriveCount: 0,
    history: new History(() => new Date()),
  };
  const maps = new DistributedMaps();
  const compiled = compile(definition as Parameters<typeof compile>[0], { retryScale: 0 });
  const execution = new Execution(
    compiled,
    { arn, name: 'Machine', roleArn: 'arn:aws:iam::123456789012:role/Machine' },
    record,
    {
      clock: () => new Date(),
      records: new Records(),
      meter: { transitions: 0, children: 0 },
      s3: s3.client,
      call: async ({ input: request }) =>
        answer((request as unknown as { Payload: { part: PlannedPart } }).Payload),
      runMap: (invocation) => maps.run(invocation),
      onMapProgress: () => undefined,
      maxResultFileBytes: MAX_RESULT_FILE_BYTES,
    },
  );
  await execution.finish();
  maps.close();
  return { record, resultBytes: s3.resultBytes };
}
