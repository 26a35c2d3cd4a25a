/**
 * The command, one of its processes, or all of them are stopped for longer than every deadline.
 * Meanwhile others rewrite sources, and a second run archives the same day and ends.
 */
import { type Attack, attempt, type Attempt, type Case } from './attack';
import { enlarge, SETUPS } from './setups';
import { listChildren, type Subject } from './subject';
import type { S3Call } from '../../packages/s3-double/src';
import { type Random, randomOf } from '../soak/random';
import { Writer } from '../soak/writer';

const isOfReports = ({ bucket, operation }: S3Call) =>
  bucket === 'reports' && operation === 'PutObject';

/** When they fall asleep: at the first or the last request of the kind that the run makes. */
const STAGES: { readonly [name: string]: (call: S3Call) => boolean } = {
  'before the plan': (call) => isOfReports(call) && call.key!.includes('claim'),
  'while it lists': ({ bucket, operation }) => bucket === 'source' && operation === 'ListObjectsV2',
  'while it copies': ({ operation }) =>
    ['CopyObject', 'CompleteMultipartUpload', 'UploadPart'].includes(operation),
  'in front of a delete': ({ operation }) => operation.startsWith('DeleteObject'),
  'while it writes the ledger': (call) => isOfReports(call) && call.key!.includes('/ledger/'),
  'while it reports': (call) => isOfReports(call) && call.key!.endsWith('/report.json'),
};

/** The command, the process that it started last, all of these, and everything. */
const SLEEPERS = ['parent', 'child', 'children', 'group'] as const;
type Sleeper = (typeof SLEEPERS)[number];

/** Longer than the timeouts of all functions, which are 15 minutes. */
const LONG = 1_000_000;

/**
 * A process that is stopped finds both clocks ahead. On a machine that slept, only the one on the
 * wall is. And somebody may set it back.
 */
const CLOCKS = {
  stopped: [LONG, LONG],
  'on a machine that sleeps': [LONG, 0],
  'and the clock is set back': [0, LONG],
} as const;
type Clock = keyof typeof CLOCKS;

/** Whether the request at which they fall asleep is done before that, or behind it. */
const POINTS = ['late', 'done'] as const;

interface Sleep {
  readonly stage: string;
  readonly sleeper: Sleeper;
  readonly clock: Clock;
  readonly point: (typeof POINTS)[number];
  /** The number of the request of this kind. */
  readonly at: number;
}

const SMALL = 24;
const LARGE = 10_000;
const WRITES = 4;

export const ASLEEP: Attack = {
  name: 'asleep',
  async *list(random, isFull, bundles) {
    const setups = Object.entries(SETUPS);
    const clocks = Object.keys(CLOCKS) as Clock[];
    let n = random.integer(setups.length);
    for (const stage of Object.keys(STAGES)) {
      for (const sleeper of isFull ? SLEEPERS : [SLEEPERS[n % SLEEPERS.length]!]) {
        for (const clock of isFull ? clocks : [random.pick(clocks)]) {
          for (const point of isFull ? POINTS : [random.pick(POINTS)]) {
            const [name, setup] = setups[n++ % setups.length]!;
            const of: Case = { name, setup, objects: SMALL, seed: random.integer(1e6) };
            const sleep = { stage, sleeper, clock, point, at: 1 + random.integer(3) };
            yield toAttempt(bundles, of, sleep, isFull);
            if (isFull && clock === 'stopped' && point === 'late') {
              const large = { ...of, setup: enlarge(setup), objects: LARGE };
              yield toAttempt(bundles, large, sleep, isFull);
            }
          }
        }
      }
    }
  },
};

function toAttempt(bundles: string, of: Case, sleep: Sleep, isThorough: boolean): Attempt {
  const { stage, sleeper, clock, point, at } = sleep;
  return {
    name:
      `${of.name}, ${of.objects} objects of seed ${of.seed}, the ${sleeper} ${stage}, ` +
      `${clock}, request ${at} is ${point}`,
    run: () =>
      attempt(bundles, of, (subject) => sleepOnce(subject, sleep, randomOf(of.seed)), isThorough),
  };
}

async function sleepOnce(subject: Subject, sleep: Sleep, random: Random): Promise<void> {
  const before = subject.begin();
  const run = subject.archive();
  const ended = [run.ended];
  const writer = new Writer(subject.state, random, 1, (act) => subject.note(act));
  let count = 0;
  const meet = async (call: S3Call): Promise<undefined> => {
    if (!STAGES[sleep.stage]!(call) || ++count !== sleep.at) {
      return undefined;
    }
    subject.note('asleep');
    const pids = findSleepers(run.pid, sleep.sleeper);
    signal(pids, 'SIGSTOP');
    try {
      write(subject, writer, random);
      const [wall, monotonic] = CLOCKS[sleep.clock];
      subject.jump(wall, monotonic);
      subject.note('the second run');
      const second = subject.archive();
      ended.push(second.ended);
      await second.ended;
      write(subject, writer, random);
    } finally {
      subject.note('awake');
      signal(pids, 'SIGCONT');
    }
    return undefined;
  };
  subject.hooks = sleep.point === 'late' ? { before: meet } : { after: meet };
  await run.ended;
  // In the order in which they began.
  subject.check('asleep', before, await Promise.all(ended));
  if (ended.length === 1 && count >= sleep.at) {
    subject.violations.push('the second run did not begin');
  }
}

function findSleepers(pid: number, sleeper: Sleeper): number[] {
  const children = listChildren(pid);
  const sleepers: { readonly [sleeper in Sleeper]: number[] } = {
    parent: [pid],
    child: children.slice(-1),
    children,
    group: [pid, ...children],
  };
  return sleepers[sleeper];
}

function signal(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch {
      // It has ended, or its parent has ended it.
    }
  }
}

/** Others rewrite and remove sources, and write to destinations. */
function write(subject: Subject, writer: Writer, random: Random): void {
  const { state } = subject;
  const keys = [...state.places.values()]
    .filter(({ destination }) => destination !== undefined)
    .map(({ key }) => key);
  for (let n = 0; n < WRITES; n++) {
    const key = random.pick(keys);
    subject.note(`others: ${key}`);
    writer.before({ operation: 'HeadObject', bucket: state.buckets.source, key, n: 0 });
  }
}
