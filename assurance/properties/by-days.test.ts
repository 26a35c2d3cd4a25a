/**
 * Random histories of some objects: written, archived in packs or one by one, restored, archived
 * again, and an archive that other writers have changed. Each count of a run of days has to be what
 * a model says that knows each content, and where it lies:
 *
 *   npx jest assurance/properties/by-days
 */
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { check } from './check';
import type { PartsItem } from '../../src/contract/payloads/batch-payloads';
import { buildPack, flip, putPack } from '../../test/helpers/packs';
import { DAY, RunsByDays } from '../../test/helpers/runs-by-days';

const KEYS = Array.from({ length: 6 }, (_, i) => `in/${i}-${DAY}.csv`);

/** What happens in the archive behind the archiver's back, to the n-th pack. */
const DAMAGES = [
  'index gone',
  'index cut',
  'index forged',
  'pack gone',
  'pack put again in parts',
  'byte flipped',
  'pack of another archiver',
] as const;

type Step =
  | { readonly do: 'write'; readonly keys: readonly number[]; readonly content: string }
  | { readonly do: 'archive'; readonly packSize: number }
  | { readonly do: 'restore' };

interface Case {
  readonly steps: readonly Step[];
  readonly damage?: { readonly kind: (typeof DAMAGES)[number]; readonly pack: number };
  readonly keys?: readonly number[];
  readonly order: number;
}

const some = fc.uniqueArray(fc.nat(KEYS.length - 1), { minLength: 1 });
const cases: fc.Arbitrary<Case> = fc.record(
  {
    steps: fc.array(
      fc.oneof<fc.Arbitrary<Step>[]>(
        fc.record({
          do: fc.constant('write' as const),
          keys: some,
          content: fc.constantFrom('a', 'b', 'c'),
        }),
        fc.record({ do: fc.constant('archive' as const), packSize: fc.constantFrom(0, 3, 6) }),
        fc.record({ do: fc.constant('restore' as const) }),
      ),
      { minLength: 2, maxLength: 8 },
    ),
    damage: fc.record({ kind: fc.constantFrom(...DAMAGES), pack: fc.nat(5) }),
    keys: some,
    order: fc.nat(),
  },
  { requiredKeys: ['steps', 'order'] },
);

/** An archived content, as the model knows it. */
interface Copy {
  readonly key: string;
  readonly content: string;
  readonly run: number;
  /** Undefined: it lies beside packs. */
  readonly pack?: string;
  isReadable: boolean;
}

class World {
  static async open(): Promise<World> {
    return new World(await RunsByDays.open());
  }

  readonly copies: Copy[] = [];
  private runs = 0;

  private constructor(readonly it: RunsByDays) {}

  get store() {
    return this.it.harness.store;
  }

  source(key: string): string | undefined {
    return this.it.harness.read('source', key);
  }

  async play(step: Step): Promise<void> {
    if (step.do === 'write') {
      this.it.tick();
      step.keys.forEach((i) => this.it.harness.put(KEYS[i], `${step.content} of ${KEYS[i]}`));
    } else if (step.do === 'archive') {
      await this.archive(step.packSize);
    } else if (this.copies.length > 0) {
      await this.it.move({ action: 'restore', date: DAY });
    }
  }

  /** What left its source was archived: this asks no ledger. */
  private async archive(packSize: number): Promise<void> {
    const before = new Map(KEYS.map((key) => [key, this.source(key)]));
    const packs = new Set(this.packs());
    await this.it.archive(packSize);
    this.runs += 1;
    const added = this.packs().filter((pack) => !packs.has(pack));
    for (const [key, content] of before) {
      if (content !== undefined && this.source(key) === undefined) {
        // Members are stored as they are, so that a pack has the content of each member.
        const pack = [...added, ...packs].find((each) => this.has(each, key, content));
        const isLoose = this.it.harness.read('archive', toLoose(key)) === content;
        const isNew = added.some((each) => this.has(each, key, content));
        this.copies.push({
          key,
          content,
          run: this.runs,
          pack: isLoose && !isNew ? undefined : pack,
          isReadable: true,
        });
      }
    }
  }

  private has(pack: string, key: string, content: string): boolean {
    const bytes = this.store.get('archive', pack)!.body.bytes();
    return bytes.includes(`"key":"${key}"`) && bytes.includes(content);
  }

  packs(): string[] {
    return this.store.keys('archive').filter((key) => key.endsWith('.zip'));
  }
}

function toLoose(key: string): string {
  return `archive/2026/11/24/${key.slice('in/'.length)}`;
}

const indexOf = (pack: string) =>
  `archive/pack-index/day=${DAY}/${pack.slice(pack.lastIndexOf('/') + 1, -'.zip'.length)}.jsonl.gz`;

/** Does it, and tells the model. Returns whether a pack can be opened without a ledger. */
function damage({ store, copies }: World, pack: string, kind: (typeof DAMAGES)[number]): void {
  const index = indexOf(pack);
  const stored = store.get('archive', pack)!;
  const bytes = Buffer.from(stored.body.bytes());
  const of = copies.filter((copy) => copy.pack === pack);
  const lose = () => of.forEach((copy) => (copy.isReadable = false));
  switch (kind) {
    case 'index gone':
      store.delete('archive', index);
      return;
    case 'index cut': {
      const file = Buffer.from(store.get('archive', index)!.body.bytes());
      store.put('archive', index, file.subarray(0, file.length / 2));
      return;
    }
    case 'index forged':
      store.put('archive', index, gzipSync(''));
      return;
    case 'pack gone':
      store.delete('archive', pack);
      lose();
      return;
    case 'pack put again in parts':
      store.put('archive', pack, bytes, { partSize: 128 });
      lose();
      return;
    case 'byte flipped': {
      const [first] = of;
      // As if a disk had done it: S3 does not know.
      const disk = stored.body.chunks().find((chunk) => chunk.includes(first.content))!;
      flip(disk, disk.indexOf(first.content));
      first.isReadable = false;
      of.filter(({ key }) => key === first.key).forEach((copy) => (copy.isReadable = false));
      return;
    }
    case 'pack of another archiver':
      putPack(
        store,
        'archive',
        buildPack(
          KEYS.map((key) => ({
            key,
            bytes: 'theirs',
            bucket: 'theirs',
            lastModified: '2031-01-01T00:00:00Z',
          })),
        ),
      );
  }
}

interface Expected {
  done: number;
  skipped: number;
  conflicting: number;
  failed: number;
}

/** What a run of days has to count, and what each key has to hold afterwards. */
function predict(
  copies: readonly Copy[],
  isWanted: (key: string) => boolean,
  held: (key: string) => string | undefined,
): { readonly counts: Expected; readonly after: Map<string, string | undefined> } {
  const counts: Expected = { done: 0, skipped: 0, conflicting: 0, failed: 0 };
  const after = new Map<string, string | undefined>();
  for (const key of new Set(copies.map((copy) => copy.key))) {
    const ofKey = copies.filter((copy) => copy.key === key);
    const contents = new Set(ofKey.map(({ content }) => content));
    if (!isWanted(key)) {
      counts.skipped += contents.size;
      after.set(key, held(key));
      continue;
    }
    const { content } = ofKey.reduce((a, b) => (b.run > a.run ? b : a));
    counts.conflicting += contents.size - 1;
    const isReadable = ofKey.some((copy) => copy.content === content && copy.isReadable);
    const there = held(key);
    if (there === content || (there === undefined && isReadable)) {
      counts.done += 1;
      after.set(key, content);
    } else {
      counts.failed += 1;
      after.set(key, there);
    }
  }
  return { counts, after };
}

const shuffle =
  (seed: number) =>
  (items: readonly PartsItem[]): readonly PartsItem[] =>
    items.length === 0
      ? items
      : [...items.slice(seed % items.length), ...items.slice(0, seed % items.length)].reverse();

async function play(each: Case): Promise<void> {
  const world = await World.open();
  try {
    for (const step of each.steps) {
      await world.play(step);
    }
    const packs = world.packs();
    const kind = each.damage?.kind;
    const pack = packs.length > 0 ? packs[(each.damage?.pack ?? 0) % packs.length] : undefined;
    if (kind && pack && (kind !== 'byte flipped' || world.copies.some((c) => c.pack === pack))) {
      damage(world, pack, kind);
    }
    const isWanted = (key: string) => !each.keys || each.keys.includes(KEYS.indexOf(key));
    if (world.copies.length > 0) {
      await judgeRestore(world, each, isWanted);
    }
    const isThere = world.copies.some(({ pack: of }) => of && world.store.get('archive', of));
    if (isThere) {
      await judgePacks(world, each, isWanted, kind, pack);
    }
  } finally {
    await world.it.harness.close();
  }
}

const BACK = { action: 'restore' } as const;
const OUT_OF_PACKS = { action: 'restore', target: 'reports', lines: 'packs' } as const;

async function runOfDay(
  world: World,
  task: typeof BACK | typeof OUT_OF_PACKS,
  { keys, order }: Case,
) {
  const input = keys && { keys: keys.map((i) => KEYS[i]) };
  const { report } = await world.it.move({ ...task, date: DAY, ...input }, shuffle(order));
  const counts = report.counts as never as Record<string, number>;
  const { restored, skipped, conflicting, failed } = counts;
  return { report, told: { done: restored, skipped, others: conflicting + failed } };
}

/** A copy that is damaged, or whose old key is taken, is told as one of the others. */
const toTold = ({ done, skipped, conflicting, failed }: Expected) => ({
  done,
  skipped,
  others: conflicting + failed,
});

async function judgeRestore(
  world: World,
  each: Case,
  isWanted: (key: string) => boolean,
): Promise<void> {
  const { counts, after } = predict(world.copies, isWanted, (key) => world.source(key));
  const { told } = await runOfDay(world, BACK, each);
  expect(told).toEqual(toTold(counts));
  expect(new Map([...after.keys()].map((key) => [key, world.source(key)]))).toEqual(after);
}

async function judgePacks(
  world: World,
  each: Case,
  isWanted: (key: string) => boolean,
  kind: (typeof DAMAGES)[number] | undefined,
  damaged: string | undefined,
): Promise<void> {
  const packed = world.copies.filter(({ pack }) => pack && world.store.get('archive', pack));
  const { counts, after } = predict(packed, isWanted, () => undefined);
  const { report, told } = await runOfDay(world, OUT_OF_PACKS, each);
  const packs = report.packs!;
  if (kind?.startsWith('index')) {
    // PlanRun does not know the members of this pack, so the child that ends first decides which
    // ones are skipped.
    expect(told).toEqual({ ...toTold(counts), skipped: told.skipped });
    expect(packs.damaged.count + packs.withoutIndex.count).toBe(1);
    expect(['FAILED', 'PROBLEMS']).toContain(report.outcome);
  } else {
    expect(told).toEqual(toTold(counts));
    const { prefix } = report.destination;
    for (const [key, content] of after) {
      expect(world.it.harness.read('reports', `${prefix}${key}`)).toBe(content);
    }
  }
  if (kind === 'pack gone') {
    expect(packs.withoutPack).toEqual({ count: 1, examples: [indexOf(damaged!)] });
  }
  expect(packs.others).toBe(kind === 'pack of another archiver' ? 1 : 0);
}

test('runs of days count each content once, and give back the latest', async () => {
  await check('assurance/properties/by-days.test.ts', fc.asyncProperty(cases, play), {
    numRuns: Number(process.env.HISTORIES ?? 60),
    endOnFailure: process.env.SHRINK === undefined,
  });
}, 900_000);
