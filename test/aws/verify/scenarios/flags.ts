/** Scenarios behind `--with`: they cost more, take longer, or need more of the account. */
import { randomUUID } from 'node:crypto';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { DATED, DAY, type Scenario, type Seen } from './scenario';
import { type Place, placesOf, prefixesOf } from '../names';
import { attributes, bucket, ended, keys, put, type Stage, start } from '../stage';

export const FLAGGED: Scenario[] = [
  {
    name: 'kms: encryption keys everywhere: archived, proven, and a failure that is explained',
    flag: 'kms',
    needs: ['Kms'],
    objects: 2,
    runs: 3,
    usd: 0.05,
    wants: {
      archived: { status: 'SUCCEEDED', archived: 2 },
      proven: { status: 'SUCCEEDED', present: 2 },
      sse: 'aws:kms',
      // A status event of an encrypted execution has no input, no error and no cause: the explainer
      // has to ask for them.
      refused: {
        status: 'FAILED',
        error: 'InvalidRunInput',
        messages: [/Archive run failed: .*[Ii]nput/],
      },
    },
    play: encrypted,
  },
  {
    name: 'load: many objects with the selective listing',
    flag: 'load',
    needs: ['Selective'],
    objects: 20_000,
    runs: 1,
    waitMinutes: 7,
    // Two buckets have request metrics, which are billed by the hour like fifteen metrics each.
    usd: 0.02,
    wants: { status: 'SUCCEEDED', all: true, source: 0 },
    play: async (stage) => {
      await each(
        Array.from({ length: stage.load }, (_, i) => i),
        32,
        (i) => put(stage, 'Source', `${prefixesOf('Selective')[0]}${i % 16}/${i}-${DAY}.csv`),
      );
      const { status, counts, codes } = await ended(stage, await start(stage, 'Selective', DATED));
      await noteServerErrors(stage);
      return {
        status,
        codes,
        all: counts?.archived === stage.load,
        source: (await keys(stage, 'Source')).length,
      };
    },
  },
  {
    name: 'versioned: a source with versions keeps them, below a delete marker',
    flag: 'versioned',
    needs: ['Versioned'],
    objects: 2,
    runs: 1,
    wants: { status: 'SUCCEEDED', archived: 1, source: [], content: true },
    play: async (stage) => {
      const key = `${prefixesOf('Versioned')[0]}a-${DAY}`;
      for (const Body of ['first', 'second']) {
        await put(stage, 'VersionedSource', key, { Body });
      }
      const before = await attributes(stage, 'VersionedSource', key);
      const { status, counts } = await ended(stage, await start(stage, 'Versioned', DATED));
      const content =
        (await attributes(stage, 'Archive', `${prefixesOf('Versioned')[1]}2026/11/24/a-${DAY}`)) ===
        before;
      return {
        status,
        archived: counts?.archived,
        source: await keys(stage, 'VersionedSource'),
        content,
      };
    },
  },
  {
    name: 'large: an object above 5 GB is copied in parts',
    flag: 'large',
    objects: 30,
    runs: 1,
    waitMinutes: 5,
    usd: 0.02,
    wants: { status: 'SUCCEEDED', archived: 1, source: [], whole: true },
    play: async (stage) => {
      const key = `incoming/large-${DAY}`;
      const bytes = await createLarge(stage, key);
      const { status, counts } = await ended(stage, await start(stage, 'Standard', DATED));
      const { ContentLength } = await stage.s3.send(
        new HeadObjectCommand({
          Bucket: bucket(stage, 'Archive'),
          Key: `archive/2026/11/24/large-${DAY}`,
        }),
      );
      return {
        status,
        archived: counts?.archived,
        source: await keys(stage, 'Source', 'incoming/'),
        whole: ContentLength === bytes,
      };
    },
  },
];

/**
 * CloudWatch delivers these metrics as well as it can, so no scenario fails for the lack of them.
 */
const LONGEST_WAIT_FOR_METRICS_MS = 180_000;

async function noteServerErrors(stage: Stage): Promise<void> {
  const patience = Math.min(stage.patience, LONGEST_WAIT_FOR_METRICS_MS);
  const [source, archive] = placesOf('Selective');
  const read = async (place: Place) => {
    for (const began = Date.now(); ;) {
      stage.signal.throwIfAborted();
      const count = await stage.operations.serverErrors(place);
      if (count !== undefined || Date.now() - began > patience) {
        return count ?? 'no number';
      }
      await new Promise((resolve) => setTimeout(resolve, stage.pause * 10));
    }
  };
  const [ofSource, ofArchive] = await Promise.all([read(source), read(archive)]);
  stage.note(
    `requests that S3 answered with 5xx, such as 503, as CloudWatch counts them: ${ofSource} at ` +
      `the source, ${ofArchive} at the archive`,
  );
}

async function encrypted(stage: Stage): Promise<Seen> {
  const [source, archive] = prefixesOf('Kms');
  for (const name of ['a', 'b']) {
    await put(stage, 'KmsSource', `${source}${name}-${DAY}`);
  }
  const name = `encrypted-${randomUUID()}`;
  const first = await ended(stage, await start(stage, 'Kms', DATED, name));
  const { ServerSideEncryption } = await stage.s3.send(
    new HeadObjectCommand({
      Bucket: bucket(stage, 'KmsArchive'),
      Key: `${archive}2026/11/24/a-${DAY}`,
    }),
  );
  const proof = await ended(
    stage,
    await start(stage, 'Kms', { action: 'verify', run: name, deep: true }),
  );
  await stage.subjects(0);
  const refused = await ended(stage, await start(stage, 'Kms', { dat: DAY }));
  return {
    archived: { status: first.status, archived: first.counts?.archived },
    sse: ServerSideEncryption,
    proven: {
      status: proof.status,
      present: (proof.counts as unknown as Record<string, number> | null)?.present,
    },
    refused: { status: refused.status, error: refused.error, messages: await stage.subjects(1) },
  };
}

/**
 * S3 copies the parts itself, so that no client uploads 5 GB: one object becomes eight, and that
 * one the parts of the large one.
 */
async function createLarge(stage: Stage, key: string): Promise<number> {
  const { parts, bytes } = stage.large;
  await put(stage, 'Source', 'large/seed', { Body: Buffer.alloc(bytes, 'dated') });
  await multiply(stage, 'large/seed', 'large/eight', 8);
  await multiply(stage, 'large/eight', key, parts);
  return bytes * 8 * parts;
}

async function multiply(stage: Stage, from: string, to: string, times: number): Promise<void> {
  const target = { Bucket: bucket(stage, 'Source'), Key: to };
  const { UploadId } = await stage.s3.send(new CreateMultipartUploadCommand(target));
  const Parts: { ETag?: string; PartNumber: number }[] = [];
  for (let PartNumber = 1; PartNumber <= times; PartNumber++) {
    const { CopyPartResult } = await stage.s3.send(
      new UploadPartCopyCommand({
        ...target,
        UploadId,
        PartNumber,
        CopySource: `${target.Bucket}/${from}`,
      }),
    );
    Parts.push({ ETag: CopyPartResult?.ETag, PartNumber });
  }
  await stage.s3.send(
    new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts } }),
  );
}

async function each<T>(
  items: readonly T[],
  concurrency: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const left = items[Symbol.iterator]();
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      for (const item of left) {
        await work(item);
      }
    }),
  );
}
