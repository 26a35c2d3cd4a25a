/**
 * Two runs of the same day at once, as when a user starts a run by hand while the schedule's goes
 * on. `REPETITIONS` of each form, 50 by default:
 *
 *   npx jest test/integration/slow/two-runs
 */
import type { Stack } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket, BucketEncryption, type BucketProps } from 'aws-cdk-lib/aws-s3';
import { type Rehearsal, rehearse } from '../../helpers/run-in-sandbox';

const REPETITIONS = Number(process.env.REPETITIONS ?? 50);
const OBJECTS = 800;
const DAY = '2026-11-24';

jest.setTimeout(REPETITIONS * 120_000);

const FORMS: {
  readonly [name: string]: (stack: Stack) => { source: BucketProps; archive: BucketProps };
} = {
  plain: () => ({ source: {}, archive: {} }),
  versioned: () => ({ source: { versioned: true }, archive: { versioned: true } }),
  // The ETags of the two ends cannot be compared, so the runs must read what is there.
  'with KMS': (stack) => ({
    source: { encryption: BucketEncryption.KMS, encryptionKey: new Key(stack, 'SourceKey') },
    archive: {
      encryption: BucketEncryption.KMS,
      encryptionKey: new Key(stack, 'ArchiveKey'),
      bucketKeyEnabled: true,
    },
  }),
};

const names = Array.from(
  { length: OBJECTS },
  (_, i) => `n${String(i).padStart(3, '0')}-${DAY}.csv`,
);

function fill(it: Rehearsal, round: number): void {
  for (const name of names) {
    it.put(`incoming/${round}/${name}`, `${name} of round ${round}`);
  }
}

/** Returns what a message says about causes. */
const excerpt = (message: string) =>
  message
    .split('\n')
    .filter((line) => /^ +\d+ failed: |^ {6,}/.test(line))
    .join('\n');

/** Returns what lies at the keys of a round: contents, and how many versions each key has. */
function archivedOf(
  it: Rehearsal,
  round: number,
): Record<string, [content: string, versions: number]> {
  const { sandbox } = it;
  const bucket = sandbox.s3!.store.bucket(sandbox.destinationBucket);
  const found: Record<string, [string, number]> = {};
  for (const key of sandbox.s3!.store.keys(
    sandbox.destinationBucket,
    `archive/2026/11/24/${round}/`,
  )) {
    let versions = 0;
    for (let version = bucket.head(key); version; version = version.older) {
      versions += 1;
    }
    found[key] = [bucket.current(key)!.body.bytes().toString(), versions];
  }
  return found;
}

describe.each(Object.entries(FORMS))('%s', (_, buckets) => {
  let it: Rehearsal;
  beforeAll(async () => {
    it = await rehearse((stack) => {
      const { source, archive } = buckets(stack);
      return {
        bucket: new Bucket(stack, 'From', source),
        destinationBucket: new Bucket(stack, 'To', archive),
      };
    });
  });
  afterAll(() => it.close());

  test(
    `of two runs at once over ${OBJECTS} objects, ${REPETITIONS} times, none fails, none sends a ` +
      'message, and each object is archived once',
    async () => {
      const failed: string[] = [];
      let counted = 0;
      for (let round = 1; round <= REPETITIONS; round++) {
        fill(it, round);
        const told = it.sandbox.published.length;
        const runs = await Promise.all(
          ['schedule', 'hand'].map((by) =>
            it.sandbox.run({ input: { date: DAY }, name: `${by}-${round}` }),
          ),
        );
        failed.push(
          ...runs
            .filter(({ status }) => status !== 'SUCCEEDED')
            .map(
              ({ status, error, counts }) =>
                `round ${round}: ${status} ${error} ${JSON.stringify(counts)}`,
            ),
          ...it.sandbox.published
            .slice(told)
            .map(({ subject, message }) => `round ${round}: ${subject}\n${excerpt(message)}`),
        );
        counted += runs.reduce((sum, { counts }) => sum + (counts?.archived ?? 0), 0);
        expect(archivedOf(it, round)).toEqual(
          Object.fromEntries(
            names.map((name) => [
              `archive/2026/11/24/${round}/${name}`,
              [`${name} of round ${round}`, 1],
            ]),
          ),
        );
        expect(it.source()).toEqual([]);
      }
      console.info(
        `${REPETITIONS} rounds: ${counted} lines say archived of ${OBJECTS * REPETITIONS} ` +
          `objects, ${failed.length} failures and messages`,
      );
      expect(failed).toEqual([]);
    },
  );
});
