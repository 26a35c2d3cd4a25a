/** Checks the messages about failures of Lambda: memory, time, lost instances. */
import { listsByMap } from '../../../helpers/default-listing';
import { Stage, type Trouble } from '../stage';
import { check, type Row } from '../table';

/**
 * Lambda reports the same error for a function that runs out of memory and for an instance that is
 * lost.
 */
const kill: Trouble = (_stage, invocation) => invocation!.kill();
const timeOut: Trouble = (_stage, invocation) => invocation!.timeOut();

const KILLED =
  /^Cause: Runtime\.ExitError: RequestId: \S+ Error: Runtime exited with error: signal: killed$/m;
const crash = {
  layer: 'Lambda',
  code: 'Runtime.ExitError',
  cause: KILLED,
  command: 'redrive-execution',
} as const;

/** The input of a child has its objects, unless a function has planned them. */
const SEEN_IN = listsByMap()
  ? /^Seen in: a batch of 10 objects, from incoming\/10-\S+ to incoming\/19-\S+$/m
  : /^Seen in: .+$/m;

const ROWS: [string, Row][] = [
  [
    'a batch runs out of memory',
    {
      ...crash,
      at: 'ArchiveBatch',
      trouble: kill,
      subject: /^Archive run of 2026-11-24 failed: Lambda/,
      contains: [
        SEEN_IN,
        'Batches: 2 so far, 1 done, 1 failed, 0 not finished',
        'raise memorySize',
      ],
      repaired: { listed: 20, archived: 20 },
    },
  ],
  [
    'a batch runs out of time',
    {
      at: 'ArchiveBatch',
      trouble: timeOut,
      subject: /^Archive run of 2026-11-24 failed: Lambda/,
      layer: 'Lambda',
      code: 'Sandbox.Timedout',
      cause:
        /^Cause: Sandbox\.Timedout: RequestId: \S+ Error: Task timed out after \d+\.00 seconds$/m,
      contains: ['raise batchTimeout or memorySize'],
      command: 'redrive-execution',
    },
  ],
  [
    'PlanRun crashes',
    {
      ...crash,
      at: 'PlanRun',
      trouble: kill,
      subject: /^Archive run failed: Lambda/,
      contains: ['the run failed before it touched an object', 'Input: {"date":"2026-11-24"}'],
    },
  ],
  [
    'ReportRun crashes',
    {
      ...crash,
      at: 'ReportRun',
      trouble: kill,
      subject: /^Archive run of 2026-11-24 failed: Lambda/,
      contains: [
        'after it archived objects, while it was writing its report (state ReportRun)',
        'Batches: 2 in total, 2 done, 0 failed, 0 not finished',
        'crashed. If this has happened before, read its log.',
        'aws logs tail',
      ],
    },
  ],
];

describe('with STANDARD children', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open();
  });
  afterAll(() => stage.close());

  test.each(ROWS)('%s', async (_, row) => {
    await check(stage, row);
  });
});
