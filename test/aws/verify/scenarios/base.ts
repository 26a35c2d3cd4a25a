/**
 * The scenarios about the promises of docs/safety.md and the messages of docs/messages.md, as far
 * as they can be triggered from outside.
 */
import { randomUUID } from 'node:crypto';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  ListObjectsV2Command,
} from '@aws-sdk/client-s3';
import { DATED, DAY, outcome, refusal, run, type Scenario } from './scenario';
import { copySource } from '../../../../src/lambda/move/multipart-copy';
import { DENIED, ENFORCED, MULTIPART_THRESHOLD_BYTES, UNWRITABLE } from '../app';
import {
  attributes,
  bucket,
  ended,
  failedRecords,
  keys,
  put,
  start,
  stateOutput,
  stop,
} from '../stage';

const WRONG_ETAG = '"00000000000000000000000000000000"';
export const KEYS = [
  'plain',
  'with space',
  'plus+sign',
  '50%',
  'a&b=c;d',
  'ümlaut-日本',
  "quo'te",
  'deep/er/folder',
].map((name) => `${name}-${DAY}.csv`);
const ATTRIBUTES = {
  ContentType: 'text/csv',
  CacheControl: 'max-age=60',
  Metadata: { owner: 'ops' },
  Tagging: 'team=data&tier=1',
};

export const BASE: Scenario[] = [
  {
    name: 'the conditions that everything rests on',
    objects: 4,
    runs: 0,
    play: async (stage) => {
      const [{ s3 }, Bucket] = [stage, bucket(stage, 'Source')];
      for (const key of ['a', 'taken', 'b', 'c']) {
        await put(stage, 'Source', key);
      }
      const copy = (more: object) =>
        s3.send(
          new CopyObjectCommand({
            Bucket,
            Key: 'taken',
            CopySource: copySource(Bucket, 'a'),
            ...more,
          }),
        );
      const bulk = async (Key: string) => {
        const { Errors = [] } = await s3.send(
          new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key, ETag: WRONG_ETAG }] } }),
        );
        return Errors.map(({ Code }) => Code);
      };
      return {
        overAnObject: await refusal(copy({ IfNoneMatch: '*' })),
        ofAChangedSource: await refusal(copy({ CopySourceIfMatch: WRONG_ETAG })),
        bulkDeleteOfAChangedKey: await bulk('b'),
        bulkDeleteOfNothing: await bulk('not-there'),
        deleteOfAChangedKey: await refusal(
          s3.send(new DeleteObjectCommand({ Bucket, Key: 'c', IfMatch: WRONG_ETAG })),
        ),
        left: await keys(stage, 'Source'),
      };
    },
  },
  {
    name: 'a day is archived, whatever its names have in them',
    objects: KEYS.length + 3,
    runs: 1,
    play: async (stage) => {
      for (const key of KEYS) {
        await put(stage, 'Source', `incoming/${key}`);
      }
      for (const key of ['other-2026-11-23.csv', 'longer-2026-11-241.csv', 'folder/']) {
        await put(stage, 'Source', `incoming/${key}`);
      }
      return run(stage, 0);
    },
  },
  {
    name: 'metadata, tags and content headers, small and in parts',
    objects: 2,
    runs: 1,
    play: async (stage) => {
      await put(stage, 'Source', `incoming/small-${DAY}`, ATTRIBUTES);
      await put(stage, 'Source', `incoming/large-${DAY}`, {
        ...ATTRIBUTES,
        Body: Buffer.alloc(2 * MULTIPART_THRESHOLD_BYTES, 'dated'),
      });
      const before = await Promise.all(
        ['small', 'large'].map((name) => attributes(stage, 'Source', `incoming/${name}-${DAY}`)),
      );
      const seen = await run(stage, 0);
      const after = await Promise.all(
        ['small', 'large'].map((name) =>
          attributes(stage, 'Archive', `archive/2026/11/24/${name}-${DAY}`),
        ),
      );
      return { ...seen, kept: before.map((each, index) => each === after[index]) };
    },
  },
  {
    name: 'a run is restored',
    objects: 2,
    runs: 2,
    play: async (stage) => {
      const names = [`incoming/small-${DAY}`, `incoming/large-${DAY}`];
      await put(stage, 'Source', names[0], ATTRIBUTES);
      await put(stage, 'Source', names[1], {
        ...ATTRIBUTES,
        Body: Buffer.alloc(2 * MULTIPART_THRESHOLD_BYTES, 'dated'),
      });
      const before = await Promise.all(names.map((name) => attributes(stage, 'Source', name)));
      // The day has ledgers of other scenarios, whose objects are not there any more.
      const nightly = `nightly-${randomUUID()}`;
      const archived = await run(stage, 0, DATED, 'Standard', nightly);
      const restored = await run(stage, 1, { action: 'restore', run: nightly });
      const after = await Promise.all(names.map((name) => attributes(stage, 'Source', name)));
      return { archived, restored, kept: before.map((each, index) => each === after[index]) };
    },
  },
  {
    name: 'the archive is proven, and then it is not: a message',
    objects: 4,
    runs: 3,
    play: async (stage) => {
      for (const name of ['kept', 'deleted', 'replaced']) {
        await put(stage, 'Source', `incoming/${name}-${DAY}`);
      }
      await put(stage, 'Source', `incoming/large-${DAY}`, {
        Body: Buffer.alloc(2 * MULTIPART_THRESHOLD_BYTES, 'dated'),
      });
      const name = `nightly-${randomUUID()}`;
      await run(stage, 0, DATED, 'Standard', name);
      const proven = await run(stage, 0, { action: 'verify', run: name, deep: true });
      const Bucket = bucket(stage, 'Archive');
      await stage.s3.send(
        new DeleteObjectCommand({ Bucket, Key: `archive/2026/11/24/deleted-${DAY}` }),
      );
      await put(stage, 'Archive', `archive/2026/11/24/replaced-${DAY}`, { Body: 'theirs' });
      return { proven, disproven: await run(stage, 1, { action: 'verify', run: name }) };
    },
  },
  {
    name: 'a second run of the same day changes nothing',
    objects: 3,
    runs: 2,
    play: async (stage) => {
      for (const name of ['a', 'b', 'c']) {
        await put(stage, 'Source', `incoming/${name}-${DAY}`);
      }
      return { first: await run(stage, 0), second: await run(stage, 0) };
    },
  },
  {
    name: 'two runs of the same day at once',
    objects: 20,
    runs: 2,
    play: async (stage) => {
      for (let i = 0; i < 20; i++) {
        await put(stage, 'Source', `incoming/${i}-${DAY}`);
      }
      const started = [
        await start(stage, 'Standard', DATED),
        await start(stage, 'Standard', DATED),
      ];
      const statuses = [];
      for (const arn of started) {
        statuses.push((await ended(stage, arn)).status);
      }
      // It is random which of the two runs archives which object.
      return {
        statuses,
        source: await keys(stage, 'Source'),
        archive: await keys(stage, 'Archive'),
        messages: await stage.subjects(0),
      };
    },
  },
  {
    name: 'half-moved by an earlier attempt: the archive has the same already',
    objects: 2,
    runs: 1,
    play: async (stage) => {
      await put(stage, 'Source', `incoming/a-${DAY}`, { Body: 'same' });
      await put(stage, 'Archive', `archive/2026/11/24/a-${DAY}`, { Body: 'same' });
      return run(stage, 0);
    },
  },
  {
    name: 'the archive has other content: a conflict, and a message',
    objects: 3,
    runs: 1,
    play: async (stage) => {
      await put(stage, 'Source', `incoming/a-${DAY}`, { Body: 'new' });
      await put(stage, 'Source', `incoming/b-${DAY}`);
      await put(stage, 'Archive', `archive/2026/11/24/a-${DAY}`, { Body: 'old' });
      return {
        ...(await run(stage, 1)),
        archived: await attributes(stage, 'Archive', `archive/2026/11/24/a-${DAY}`),
      };
    },
  },
  {
    name: 'a folder that is denied: the rest is archived, the run fails, and a message',
    objects: 6,
    runs: 1,
    play: async (stage) => {
      for (const name of ['a', 'b', 'c', 'd', 'e', `${DENIED}/f`]) {
        await put(stage, 'Source', `incoming/${name}-${DAY}`);
      }
      return run(stage, 1);
    },
  },
  {
    name: 'a dry run counts and touches nothing',
    objects: 2,
    runs: 1,
    play: async (stage) => {
      await put(stage, 'Source', `incoming/a-${DAY}`);
      await put(stage, 'Source', 'incoming/b-2026-11-23');
      return run(stage, 0, { ...DATED, dryRun: true });
    },
  },
  {
    name: 'an input that is no input: refused, and explained',
    objects: 0,
    runs: 1,
    play: (stage) => run(stage, 1, { dat: DAY }),
  },
  {
    name: 'nothing to list: a clean run, and what the map puts out',
    objects: 0,
    runs: 1,
    play: async (stage) => {
      const execution = await ended(stage, await start(stage, 'Standard', DATED));
      return {
        ...(await outcome(stage, execution, 0)),
        mapOutput: Object.keys(
          (await stateOutput(stage, execution.arn, 'ArchiveObjects')).map,
        ).sort(),
      };
    },
  },
  {
    name: 'a prefix that only the deployment knows, and that is empty',
    needs: ['Whole'],
    objects: 2,
    runs: 1,
    play: async (stage) => {
      for (const key of [`a-${DAY}`, `folder/b-${DAY}`]) {
        await put(stage, 'Source', key);
      }
      return run(stage, 0, DATED, 'Whole');
    },
  },
  {
    name: 'a batch that fails as a whole: the record of its child',
    objects: 1,
    runs: 1,
    play: async (stage) => {
      await put(stage, 'Source', `incoming/a-${DAY}`);
      const execution = await ended(
        stage,
        await start(stage, 'Standard', DATED, `${UNWRITABLE}${randomUUID()}`),
      );
      const records = await failedRecords(stage, execution.arn);
      return {
        ...(await outcome(stage, execution, 1)),
        records: records.map((record) => ({
          fields: Object.keys(record).sort(),
          status: record.Status,
          error: record.Error,
          hasInput: typeof record.Input === 'string',
        })),
      };
    },
  },
  {
    name: 'a bucket policy that demands conditional writes: small and in parts',
    objects: 2,
    runs: 1,
    play: async (stage) => {
      await put(stage, 'Source', `incoming/${ENFORCED}/small-${DAY}`);
      await put(stage, 'Source', `incoming/${ENFORCED}/large-${DAY}`, {
        Body: Buffer.alloc(2 * MULTIPART_THRESHOLD_BYTES, 'dated'),
      });
      return run(stage, 0);
    },
  },
  {
    name: 'the expected owner of a bucket: the right one, another one, and none',
    objects: 1,
    runs: 0,
    play: async (stage) => {
      const [{ s3, account }, Bucket] = [stage, bucket(stage, 'Source')];
      const list = (ExpectedBucketOwner: string) =>
        refusal(s3.send(new ListObjectsV2Command({ Bucket, ExpectedBucketOwner })));
      return {
        right: await list(account),
        other: await list('210987654321'),
        noAccount: await list('0000'),
      };
    },
  },
  {
    name: 'a run that is stopped: a message, and the next run archives what is left',
    objects: 2,
    runs: 2,
    play: async (stage) => {
      for (const name of ['a', 'b']) {
        await put(stage, 'Source', `incoming/${name}-${DAY}`);
      }
      const arn = await start(stage, 'Standard', DATED);
      await stop(stage, arn);
      const { status } = await ended(stage, arn);
      const messages = await stage.subjects(1);
      // Invocations that are in progress continue, so the progress of the first run is random.
      const { status: then } = await ended(stage, await start(stage, 'Standard', DATED));
      return {
        status,
        messages: messages.length,
        then,
        source: await keys(stage, 'Source'),
        archive: await keys(stage, 'Archive'),
      };
    },
  },
  {
    name: 'several batches',
    needs: ['Batches'],
    objects: 12,
    runs: 1,
    play: async (stage) => {
      for (let i = 0; i < 12; i++) {
        await put(stage, 'Source', `batches/${i}-${DAY}`);
      }
      return run(stage, 0, DATED, 'Batches');
    },
  },
];
