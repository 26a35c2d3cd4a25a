/** The command and a deployed archiver archive the same day of the same prefix at the same time. */
import { type Attack, attempt, type Attempt, type Case } from './attack';
import { enlarge, SETUPS } from './setups';
import { ACCESS_KEY, type Hooks, type Subject } from './subject';
import { bundle } from '../../examples/demo/synth';
import type { S3Call } from '../../packages/s3-double/src';
import type { VerifyCounts } from '../../packages/sandbox/src';

/** Where they meet: the first one that makes a request of this kind waits for the other. */
const STAGES: { readonly [name: string]: (call: S3Call) => boolean } = {
  'while they list': ({ operation }) => operation === 'ListObjectsV2',
  'while they copy': ({ operation }) =>
    ['CopyObject', 'CompleteMultipartUpload', 'UploadPart'].includes(operation),
  'in front of a delete': ({ operation }) => operation.startsWith('DeleteObject'),
  'while they write ledgers': ({ operation, key }) =>
    operation === 'PutObject' && key!.includes('/ledger/'),
};

const SMALL = 24;
const LARGE = 10_000;

export const BESIDE: Attack = {
  name: 'beside',
  async *list(random, isFull, bundles) {
    bundle();
    const stages = Object.keys(STAGES);
    for (const [name, setup] of Object.entries(SETUPS)) {
      for (const stage of isFull ? stages : [random.pick(stages)]) {
        const seed = random.integer(1e6);
        yield toAttempt(bundles, { name, setup, objects: SMALL, seed }, stage, isFull);
      }
      if (isFull) {
        const large = { name, setup: enlarge(setup), objects: LARGE, seed: random.integer(1e6) };
        yield toAttempt(bundles, large, random.pick(stages), isFull);
      }
    }
  },
};

function toAttempt(bundles: string, of: Case, stage: string, isThorough: boolean): Attempt {
  return {
    name: `${of.name}, ${of.objects} objects of seed ${of.seed}, ${stage}`,
    run: () =>
      attempt(
        bundles,
        { ...of, isDeployed: true },
        (subject) => archiveBoth(subject, stage),
        isThorough,
      ),
  };
}

async function archiveBoth(subject: Subject, stage: string): Promise<void> {
  const before = subject.begin();
  const { hooks, meet, haveMet } = createMeeting(STAGES[stage]!);
  subject.hooks = hooks;
  const runs = [subject.archiveDeployed(), subject.archive().ended];
  // One that ends before it came to the stage is not waited for.
  const ended = await Promise.all(runs.map((run) => run.finally(meet)));
  subject.check('both', before, ended);
  if (!haveMet()) {
    subject.violations.push(`they did not meet ${stage}`);
  }
  subject.hooks = {};
  await verify(subject, ended[0]!.name);
}

interface Meeting {
  readonly hooks: Hooks;
  /** Ends the waiting. */
  meet(): void;
  haveMet(): boolean;
}

function createMeeting(isOfStage: (call: S3Call) => boolean): Meeting {
  const arrived = new Set<boolean>();
  let meet!: () => void;
  const met = new Promise<void>((resolve) => (meet = resolve));
  const before = async (call: S3Call): Promise<undefined> => {
    const isOfCommand = call.accessKeyId === ACCESS_KEY;
    if (!isOfStage(call) || arrived.has(isOfCommand)) {
      return undefined;
    }
    arrived.add(isOfCommand);
    if (arrived.size === 2) {
      meet();
    }
    await met;
    return undefined;
  };
  return { hooks: { before }, meet, haveMet: () => arrived.size === 2 };
}

/** What the ledger of the deployed archiver says is archived, is there. */
async function verify({ deployed, violations }: Subject, run: string): Promise<void> {
  const { counts, cause } = await deployed!.sandbox.run<VerifyCounts>({
    input: { action: 'verify', run },
  });
  if (!counts || counts.missing + counts.changed > 0) {
    violations.push(`the verification found ${JSON.stringify(counts)}: ${cause}`);
  }
}
