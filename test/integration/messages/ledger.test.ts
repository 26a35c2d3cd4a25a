/**
 * Checks the messages about verifications and restores, and that their commands repair what is
 * wrong.
 */
import { getCommands, paste } from './aws-cli';
import { DAY, LedgerStage, NAMES, toArchived, toKey } from './ledger-stage';
import { getOnlyAlert } from './stage';
import { runbookAnchors } from './table';
import type { AlertOutcome, Layer } from '../../../src/contract/alert-details';
import type { RunSummary } from '../../../src/contract/payloads/report-payloads';

jest.setTimeout(240_000);

interface Row {
  /** What happens between the run that archives and the run whose message is read. */
  readonly trouble?: (stage: LedgerStage) => void | Promise<void>;
  readonly input: object | ((stage: LedgerStage) => object);
  /** Repairs what `trouble` did, except for the faults of S3 and Lambda, which are over by then. */
  readonly repair?: (stage: LedgerStage) => void | Promise<void>;
  readonly status?: 'SUCCEEDED' | 'TIMED_OUT' | 'ABORTED';
  readonly subject: RegExp;
  readonly layer: Layer;
  readonly code: string;
  readonly cause: RegExp | ((stage: LedgerStage) => string);
  readonly contains?: readonly RegExp[];
  /** Replaces what the reader has to correct. */
  readonly fillIn?: (command: string, stage: LedgerStage) => string;
}

const restore = ({ nightly }: LedgerStage) => ({ action: 'restore', run: nightly });
const verify = ({ nightly }: LedgerStage) => ({ action: 'verify', run: nightly });
/** Deletes what stands in the way, also before it is tried again. */
const end = { afterwards: undefined as undefined | (() => Promise<void>) };

const RESTORES: [string, Row][] = [
  [
    'an old key holds something else',
    {
      trouble: ({ rehearsal }) => rehearsal.put(toKey(NAMES[7]), 'theirs'),
      input: restore,
      repair: ({ store, sandbox }) => {
        store.delete(sandbox.sourceBucket, toKey(NAMES[7]));
      },
      status: 'SUCCEEDED',
      subject: /^Restore incomplete, 1 conflicting: 2026-11-24/,
      layer: 'S3',
      code: 'OLD_KEY_TAKEN',
      cause: /OLD_KEY_TAKEN incoming\/07-2026-11-24\.csv\n +the old key holds other content$/m,
      contains: [/^Restored: +19 \(/m, /^Conflicting: +1$/m],
    },
  ],
  [
    'an archived copy was written again',
    {
      trouble: (stage) => stage.putArchived(NAMES[7], 'theirs'),
      input: restore,
      repair: (stage) => stage.putArchived(NAMES[7]),
      status: 'SUCCEEDED',
      subject: /^Restore incomplete, 1 conflicting: 2026-11-24/,
      layer: 'S3',
      code: 'ARCHIVED_COPY_CHANGED',
      cause:
        /ARCHIVED_COPY_CHANGED incoming\/07-2026-11-24\.csv\n +the archive holds another object under archive\/2026\/11\/24\/07-2026-11-24\.csv than the one that was archived$/m,
    },
  ],
  [
    'an archived copy is missing',
    {
      trouble: (stage) => stage.removeArchived(NAMES[7]),
      input: restore,
      repair: (stage) => stage.putArchived(NAMES[7]),
      subject: /^Restore FAILED, 1 failed: 2026-11-24/,
      layer: 'S3',
      code: 'ARCHIVED_COPY_MISSING',
      cause:
        /ARCHIVED_COPY_MISSING incoming\/07-2026-11-24\.csv\n +the archive holds nothing under archive\/2026\/11\/24\/07-2026-11-24\.csv, and the old key is free$/m,
      contains: [/This is more than the tolerated 0%/],
    },
  ],
  [
    'an archived copy is in Glacier',
    {
      trouble: (stage) => stage.putArchived(NAMES[7], NAMES[7], { storageClass: 'GLACIER' }),
      input: restore,
      repair: (stage) => stage.putArchived(NAMES[7]),
      subject: /^Restore FAILED, 1 failed: 2026-11-24/,
      layer: 'S3',
      code: 'ARCHIVED_COPY_IN_GLACIER',
      cause: /ARCHIVED_COPY_IN_GLACIER incoming\/07-2026-11-24\.csv\n +\S/m,
    },
  ],
  [
    'a restore fails halfway',
    {
      trouble: (stage) => {
        stage.before = ({ operation, key }) =>
          operation === 'CopyObject' && key!.startsWith('incoming/1')
            ? {
                kind: 'Error',
                status: 403,
                code: 'AccessDenied',
                message: 'not authorized to perform: s3:PutObject',
              }
            : undefined;
      },
      input: restore,
      subject: /^Restore of 2026-11-24 failed: IAM/,
      layer: 'IAM',
      code: 'ACCESS_DENIED',
      cause: /^Cause: SystemicFailure: ACCESS_DENIED: .*s3:PutObject/m,
      contains: [
        /^The restore lost no object: a restore deletes nothing, and leaves the archive as it was\.$/m,
        /^Seen in: a batch of the objects in a file of the report bucket, runs\/ledger\/day=2026-11-24\/run=nightly-\d+\/\S+\.jsonl$/m,
      ],
    },
  ],
  [
    'a restore takes too long',
    {
      trouble: (stage) => {
        stage.onInvoke = ({ logicalId }) => {
          if (logicalId.includes('RestoreBatch')) {
            stage.sandbox.timeOut(`next-${stage.nightly}`);
          }
        };
      },
      input: restore,
      status: 'TIMED_OUT',
      subject: /^Restore of 2026-11-24 timed out: Step Functions/,
      layer: 'Step Functions',
      code: 'States.Timeout',
      cause: /^Cause: States\.Timeout: the run took longer than its timeout$/m,
    },
  ],
];

const NAMELESS = { subject: /failed: input \(/, layer: 'input', code: 'InvalidRunInput' } as const;
const LATEST = (stage: LedgerStage) =>
  `the latest runs that have a ledger are ${stage.nightly}: name one of them`;
const correct = (command: string, { nightly }: LedgerStage) => command.replace('nihgtly', nightly);

const VERIFICATIONS: [string, Row][] = [
  [
    'objects are changed and missing',
    {
      trouble: (stage) => {
        stage.removeArchived(NAMES[3]);
        stage.putArchived(NAMES[7], 'theirs');
      },
      input: verify,
      repair: (stage) => {
        stage.putArchived(NAMES[3]);
        stage.putArchived(NAMES[7]);
      },
      subject: /^Verification FAILED, 1 missing, 1 changed: 2026-11-24/,
      layer: 'S3',
      code: 'ARCHIVED_COPY_MISSING',
      cause:
        /ARCHIVED_COPY_MISSING archive\/2026\/11\/24\/03-2026-11-24\.csv\n(.*\n)* +ARCHIVED_COPY_CHANGED archive\/2026\/11\/24\/07-2026-11-24\.csv$/m,
      contains: [
        /^Present: +18 \(/m,
        /^Changed: +1$/m,
        /^Missing: +1$/m,
        /^aws s3api list-object-versions --bucket \S+ --prefix 'archive\/2026\/11\/24\/03-2026-11-24\.csv'$/m,
      ],
    },
  ],
  [
    'the ledger is written while it is read',
    {
      trouble: (stage) => {
        stage.onInvoke = ({ logicalId }) => {
          if (!logicalId.includes('VerifyBatch')) {
            return;
          }
          const { reportBucket } = stage.sandbox;
          const [part] = stage.store.keys(
            reportBucket,
            `runs/ledger/day=${DAY}/run=${stage.nightly}/`,
          );
          stage.store.put(
            reportBucket,
            part,
            `${stage.store.get(reportBucket, part)!.body.bytes().toString()}\n`,
          );
        };
      },
      input: verify,
      subject: /^Verification of 2026-11-24 failed: ledger/,
      layer: 'ledger',
      code: 'LedgerChanged',
      cause: /^Cause: LedgerChanged: s3:\/\/\S+\.jsonl was written again while this run read it/m,
      contains: [
        /^Nothing was changed: a verification only reads\./m,
        /^Next: wait until the run whose ledger the cause names has ended\./m,
      ],
    },
  ],
  [
    'no run has that name',
    {
      input: { action: 'verify', run: 'nihgtly' },
      ...NAMELESS,
      cause: (stage) =>
        `InvalidRunInput: run "nihgtly" is unknown, or its reports have expired: ${LATEST(stage)}`,
      fillIn: correct,
    },
  ],
  [
    'no day has a ledger',
    {
      input: { action: 'verify', date: '2026-11-20' },
      ...NAMELESS,
      cause: () =>
        'no run for 2026-11-20 has a ledger. The day of a ledger is the last day of its run, ' +
        `and the latest days that have one are ${DAY}`,
      fillIn: (command) => command.replace('2026-11-20', DAY),
    },
  ],
];

const UNKNOWN_RESTORES: [string, Row][] = [
  [
    'no run has that name',
    {
      input: { action: 'restore', run: 'nihgtly' },
      ...NAMELESS,
      cause: (stage) =>
        `InvalidRunInput: run "nihgtly" is unknown, or its reports have expired: ${LATEST(stage)}`,
      fillIn: correct,
    },
  ],
  [
    'the ledger of the run has expired',
    {
      trouble: async (stage) => {
        const { reportBucket } = stage.sandbox;
        const all = stage.store
          .keys(reportBucket)
          .map((key) => [key, stage.store.get(reportBucket, key)!.body.bytes()] as const);
        for (const [key] of all) {
          stage.store.delete(reportBucket, key);
        }
        end.afterwards = async () => {
          for (const [key, body] of all) {
            stage.store.put(reportBucket, key, body);
          }
        };
      },
      input: restore,
      ...NAMELESS,
      cause: (stage) =>
        `InvalidRunInput: run "${stage.nightly}" is unknown, or its reports have expired: no ` +
        'run of this archiver has a ledger yet',
    },
  ],
];

let stage: LedgerStage;
beforeAll(async () => {
  stage = await LedgerStage.open();
});
afterAll(() => stage.close());
beforeEach(async () => {
  stage.prepare();
  await stage.archive();
});

/**
 * Runs the scene, reads the one message as a person and as a machine, repairs the cause and pastes
 * the command.
 */
async function check(row: Row): Promise<RunSummary> {
  const { status = 'FAILED' } = row;
  await row.trouble?.(stage);
  const before = stage.sandbox.published.length;
  const name = `next-${stage.nightly}`;
  const ended = await stage.start(
    name,
    typeof row.input === 'function' ? row.input(stage) : row.input,
  );
  expect({ status: ended.status, error: ended.error }).toMatchObject({ status });
  while (stage.sandbox.published.length === before) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const cause = typeof row.cause === 'function' ? row.cause(stage) : row.cause;
  const { message, subject, details, attributes } = getOnlyAlert(
    stage.sandbox.published.slice(before),
  );
  await end.afterwards?.();
  end.afterwards = undefined;
  stage.repair();

  expect(subject).toMatch(row.subject);
  expect(subject).toMatch(/\(Rehearsal\/Archiver\)$/);
  expect(message).toMatch(/^Rehearsal\/Archiver: /);
  expect(message).toMatch(new RegExp(`^Layer: ${row.layer}\\b`, 'm'));
  expect(message).toMatch(
    cause instanceof RegExp ? cause : new RegExp(cause.replace(/[^\w ]/g, '\\$&')),
  );
  for (const each of row.contains ?? []) {
    expect(message).toMatch(each);
  }
  for (const [, anchor] of message.matchAll(/docs\/runbook\.md#(\S+)/g)) {
    expect(runbookAnchors()).toContain(anchor);
  }
  expect(message).toMatch(/docs\/runbook\.md#/);
  expect(message).toMatch(new RegExp(`^Run: +${name}, `, 'm'));
  expect(getCommands(message)).toEqual([
    expect.stringMatching(/^aws stepfunctions (start|redrive)-execution /),
  ]);
  const outcome: AlertOutcome = status === 'SUCCEEDED' ? 'PROBLEMS' : status;
  expect(attributes).toMatchObject({
    archiver: 'Rehearsal/Archiver',
    runId: name,
    outcome,
    layer: row.layer,
  });
  expect(details).toMatchObject({
    outcome,
    layer: row.layer,
    code: row.code,
    action: (JSON.parse(ended.input) as { action: string }).action,
  });
  expect(message.split('\n')).toContain(details.nextCommand);

  await row.repair?.(stage);
  const [command] = getCommands(message);
  const repaired = await paste(stage.sandbox, row.fillIn?.(command!, stage) ?? command!);
  expect({ status: repaired.status, error: repaired.error, cause: repaired.cause }).toEqual({
    status: 'SUCCEEDED',
    error: undefined,
    cause: undefined,
  });
  return JSON.parse(repaired.output!) as RunSummary;
}

describe('a restore', () => {
  test.each([...RESTORES, ...UNKNOWN_RESTORES])('%s', async (_, row) => {
    const { outcome, counts } = await check(row);
    expect({ outcome, counts }).toMatchObject({
      outcome: 'CLEAN',
      counts: { listed: 20, restored: 20 },
    });
    expect(Object.keys(stage.rehearsal.archive())).toEqual(NAMES.map(toArchived));
    expect(stage.rehearsal.source()).toEqual(NAMES.map(toKey));
    for (const name of NAMES) {
      expect(
        stage.store.get(stage.sandbox.sourceBucket, toKey(name))!.body.bytes().toString(),
      ).toBe(name);
    }
  });

  test('whose keys match nothing says so', async () => {
    const before = stage.sandbox.published.length;
    const { status } = await stage.start(`undo-${stage.nightly}`, {
      ...restore(stage),
      keys: ['incoming/*.CSV'],
    });
    expect(status).toBe('SUCCEEDED');
    await stage.sandbox.settled();
    const { message, subject } = stage.sandbox.published.slice(before)[0]!;
    expect(subject).toMatch(/^Restore OK, 0 objects: /);
    expect(message).toContain(
      'found nothing to restore: the keys of its input match none of 20 objects in the ledger.',
    );
    expect(Object.keys(stage.rehearsal.archive())).toEqual(NAMES.map(toArchived));
  });
});

describe('a verification', () => {
  test.each(VERIFICATIONS)('%s', async (_, row) => {
    const { outcome, counts } = await check(row);
    expect({ outcome, counts }).toMatchObject({
      outcome: 'CLEAN',
      counts: { listed: 20, present: 20 },
    });
  });
});
