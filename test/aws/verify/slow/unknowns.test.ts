/**
 * The scenarios about what AWS does not document end well in the sandbox. On AWS, the table says
 * where AWS differs.
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { synthesize } from '../app';
import { deploymentOf } from '../names';
import { rehearse } from '../rehearsal';
import { machinesFor, SCENARIOS } from '../scenarios';
import type { Seen } from '../scenarios/scenario';

jest.setTimeout(180_000);

const UNKNOWN = SCENARIOS.filter(({ name }) =>
  /^(a run is restored|the archive is proven|nothing to list|a prefix that only|a batch that fails as a whole|a bucket policy that demands|the expected owner|a map run fails)/.test(
    name,
  ),
);

let seen: Seen[];
let directory: string;
beforeAll(async () => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'verify-'));
  const entry = {
    id: 'test1234',
    account: '111122223333',
    region: 'eu-central-1',
    started: '2026-11-25T00:00:00Z',
    machines: machinesFor(UNKNOWN),
  };
  synthesize(entry, directory);
  seen = await rehearse(
    directory,
    deploymentOf(entry.id, entry, entry.machines),
    UNKNOWN,
    new AbortController().signal,
    () => undefined,
  );
});
afterAll(() => fs.rmSync(directory, { recursive: true }));

const NONE = { listed: 0, archived: 0, skipped: 0, conflicting: 0, failed: 0 };

test.each<[string, object]>([
  [
    'a run is restored',
    {
      archived: { status: 'SUCCEEDED', counts: { archived: 2 }, source: [] },
      restored: {
        status: 'SUCCEEDED',
        counts: { listed: 2, restored: 2 },
        messages: [expect.stringContaining('Restore OK, 2 objects')],
      },
      kept: [true, true],
    },
  ],
  [
    'the archive is proven',
    {
      proven: { status: 'SUCCEEDED', counts: { listed: 4, present: 4 }, messages: [] },
      disproven: {
        status: 'FAILED',
        error: 'ObjectsUnaccounted',
        counts: { present: 2, changed: 1, missing: 1 },
        codes: ['ARCHIVED_COPY_CHANGED', 'ARCHIVED_COPY_MISSING'],
        messages: [expect.stringContaining('1 missing, 1 changed')],
      },
    },
  ],
  [
    'nothing to list',
    { status: 'SUCCEEDED', counts: NONE, mapOutput: ['MapRunArn', 'ResultWriterDetails'] },
  ],
  [
    'a prefix that only',
    {
      status: 'SUCCEEDED',
      counts: { ...NONE, listed: 2, archived: 2 },
      archive: [
        'archive-whole/2026/11/24/a-2026-11-24',
        'archive-whole/2026/11/24/folder/b-2026-11-24',
      ],
    },
  ],
  [
    'a batch that fails',
    {
      status: 'FAILED',
      error: 'States.ExceedToleratedFailureThreshold',
      records: [
        {
          status: 'FAILED',
          error: 'AccessDenied',
          hasInput: true,
          fields: expect.arrayContaining(['Input', 'Error']),
        },
      ],
    },
  ],
  [
    'a bucket policy that demands',
    { status: 'SUCCEEDED', counts: { ...NONE, listed: 2, archived: 2 } },
  ],
  [
    'a map run fails',
    {
      failed: 'FAILED',
      redriven: { status: 'SUCCEEDED', counts: { archived: 3 } },
      written: { entered: 1, files: ['FAILED_0.jsonl', 'SUCCEEDED_0.jsonl', 'manifest.json'] },
    },
  ],
  [
    'the expected owner',
    { right: 'accepted', other: 'AccessDenied', noAccount: 'InvalidBucketOwnerAWSAccountID' },
  ],
])('%s', (name, expected) => {
  expect(seen[UNKNOWN.findIndex((scenario) => scenario.name.startsWith(name))]).toMatchObject(
    expected,
  );
});
