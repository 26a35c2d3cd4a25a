/**
 * One schedule of the soak: a random bucket, a run under random faults, another writer and random
 * kills, then a run without any, then one more. After each, what is promised is checked.
 */
import type { Rehearsal } from '../rehearsal';
import { randomOf, type Random } from './random';
import type { InvocationHook, SandboxSummary } from '../../sandbox';
import type { Fault, FaultKind, FaultRule, S3Call, StoredObject } from '../../sandbox/s3';
import { FaultInjector } from '../../sandbox/s3/faults';

/** What the hooks of a sandbox ask; a schedule plugs itself in while it runs. */
export interface Weather {
  before?: (call: S3Call) => Fault | undefined;
  onInvoke?: (invocation: InvocationHook) => void;
}

export interface Report {
  readonly seed: number;
  readonly violations: string[];
  readonly faults: Record<string, number>;
  readonly archived: number;
}

const DAY = '2026-11-24';
const KINDS: FaultKind[] = ['SlowDown', 'InternalError', 'ErrorIn200', 'KeySlowDown', 'KeyInternalError', 'ResetBefore', 'LostAnswer', 'HalfAnswer', 'Conflict'];
const NAMES = ['a', 'ä', 'x y', 'p+q', '100%', 'q?r', 'h#i', '🚀', '.', '..', '&', '"', '<b>', '\u0001', 'deep/er', 'deep//er', '/'];

export async function runSchedule(it: Rehearsal, weather: Weather, seed: number): Promise<Report> {
  const random = randomOf(seed);
  const world = new World(it, random);
  const faults: Record<string, number> = {};
  const violations: string[] = [];
  const counted = (fault: Fault | undefined) => {
    if (fault) faults[fault.kind] = (faults[fault.kind] ?? 0) + 1;
    return fault;
  };

  world.seed();
  const injector = new FaultInjector({ seed, rules: faultRules(random) });
  const killing = random.chance(0.3) ? random.next() * 0.5 : 0;
  weather.before = (call) => {
    world.write(call);
    return counted(injector.faultsFor(call)[0]);
  };
  weather.onInvoke = (invocation) => {
    if (invocation.logicalId.includes('ArchiveBatch') && random.chance(killing)) {
      faults.Kill = (faults.Kill ?? 0) + 1;
      setTimeout(() => invocation.kill(), random.integer(200));
    }
  };
  const atOnce = random.chance(0.2) ? 2 : 1;
  const runs = await Promise.all(Array.from({ length: atOnce }, () => it.sandbox.run({ input: { date: DAY } })));
  weather.before = weather.onInvoke = undefined;
  violations.push(...world.violations('under faults'));

  const clean = await it.sandbox.run({ input: { date: DAY } });
  violations.push(...world.violations('after a run without faults'));
  if (clean.status !== 'SUCCEEDED') violations.push(`the run without faults ended as ${clean.status}: ${clean.error} ${clean.cause}`);
  violations.push(...world.leftOver(clean.counts?.conflicting ?? 0));
  const again = await it.sandbox.run({ input: { date: DAY } });
  if (again.counts?.archived !== 0) violations.push(`the same run again archived ${again.counts?.archived}`);
  for (const run of [...runs, clean, again]) violations.push(...imbalances(run));
  world.clear();
  return { seed, violations, faults, archived: [...runs, clean].reduce((sum, run) => sum + (run.counts?.archived ?? 0), 0) };
}

function imbalances({ counts, error, cause }: SandboxSummary): string[] {
  const found: string[] = [];
  if (counts && counts.listed !== counts.archived + counts.skipped + counts.conflicting + counts.failed) found.push(`unbalanced: ${JSON.stringify(counts)}`);
  if (error === 'LedgerUnbalanced') found.push(`${error}: ${cause}`);
  return found;
}

function faultRules(random: Random): FaultRule[] {
  return KINDS.filter(() => random.chance(0.5)).map((kind) => ({
    kind,
    probability: random.next() * 0.3,
    operations: random.chance(0.5) ? ['CopyObject', 'DeleteObjects', 'HeadObject'] : undefined,
  }));
}

/** The buckets, and what was ever written to them. */
class World {
  /** Contents that a place held when its object was written last by somebody other than the archiver. */
  private readonly sources = new Map<string, Set<string>>();
  private readonly latest = new Map<string, string>();
  private readonly preset = new Map<string, string>();
  private writes = 0;

  constructor(private readonly it: Rehearsal, private readonly random: Random) {}

  seed(): void {
    const { random } = this;
    const count = 5 + random.integer(60);
    for (let i = 0; i < count; i++) {
      const day = random.pick([DAY, DAY, DAY, '2026-11-23', '2026-11-25', '2026-13-24', '2026-11-241']);
      const key = `incoming/${random.pick(NAMES)}${i}-${day}${random.pick(['', '.csv', '.tar.gz'])}`;
      this.putSource(key, `${i}:${'x'.repeat(random.integer(40))}`, i);
      if (day === DAY && random.chance(0.1)) {
        const destination = `archive/2026/11/24/${key.slice('incoming/'.length)}`;
        const content = random.chance(0.5) ? 'theirs' : this.fingerprint(this.it.sandbox.sourceBucket, key)!;
        if (content === 'theirs') {
          this.it.putArchived(destination, 'theirs');
          this.preset.set(destination, this.fingerprint(this.it.sandbox.destinationBucket, destination)!);
        } else {
          const source = this.store.get(this.it.sandbox.sourceBucket, key)!;
          this.store.put(this.it.sandbox.destinationBucket, destination, source.body.bytes(), {
            metadata: source.attributes.metadata,
            headers: source.attributes.headers,
            tags: source.attributes.tags && Object.fromEntries(source.attributes.tags),
          });
        }
      }
    }
    this.it.put('incoming/folder/', '');
  }

  /** Another writer: sometimes rewrites a source just before a call that concerns it. */
  write(call: S3Call): void {
    if (!['CopyObject', 'DeleteObjects'].includes(call.operation) || !this.random.chance(0.02)) return;
    const key = call.copySource?.key ?? call.keys?.[this.random.integer(call.keys.length)];
    if (key === undefined || !this.sources.has(key)) return;
    this.putSource(key, `rewritten ${++this.writes}`, this.writes);
  }

  violations(when: string): string[] {
    const found: string[] = [];
    const archived = this.archived();
    for (const [key, contents] of this.sources) {
      const here = this.fingerprint(this.it.sandbox.sourceBucket, key);
      const latest = this.latest.get(key)!;
      if (here !== undefined && here !== latest) found.push(`${when}: the source ${key} holds what nobody wrote last`);
      if (here === undefined && !archived.has(latest)) found.push(`${when}: ${key} is neither at its source nor archived (${contents.size} versions)`);
    }
    for (const [key, content] of this.preset) {
      if (this.fingerprint(this.it.sandbox.destinationBucket, key) !== content) found.push(`${when}: the archive's ${key} was overwritten`);
    }
    return found;
  }

  /** After a run without faults only conflicts are left of the day. */
  leftOver(conflicting: number): string[] {
    const left = this.it.source().filter((key) => /(^|\D)2026-11-24(\D|$)/.test(key.slice(key.lastIndexOf('/') + 1)));
    return left.length === conflicting ? [] : [`${left.length} of the day's objects are left, and ${conflicting} conflict: ${left.slice(0, 3).join(' | ')}`];
  }

  clear(): void {
    const { sourceBucket, destinationBucket, reportBucket } = this.it.sandbox;
    for (const bucket of new Set([sourceBucket, destinationBucket, reportBucket])) {
      for (const key of this.store.keys(bucket)) this.store.delete(bucket, key);
    }
  }

  private get store() {
    return this.it.sandbox.s3!.store;
  }

  private archived(): Set<string> {
    const { destinationBucket } = this.it.sandbox;
    return new Set(this.store.keys(destinationBucket, 'archive/').map((key) => this.fingerprint(destinationBucket, key)!));
  }

  private putSource(key: string, content: string, n: number): void {
    const { random } = this;
    this.store.put(this.it.sandbox.sourceBucket, key, `${key} ${content}`, {
      metadata: random.chance(0.3) ? { n: String(n) } : undefined,
      tags: random.chance(0.3) ? { n: String(n) } : undefined,
      headers: random.chance(0.3) ? { 'content-type': 'text/csv' } : undefined,
    });
    const written = this.fingerprint(this.it.sandbox.sourceBucket, key)!;
    this.latest.set(key, written);
    this.sources.set(key, (this.sources.get(key) ?? new Set()).add(written));
  }

  /** Bytes, metadata, headers and tags. The bytes begin with the source's key, so that equal ones are one object's. */
  private fingerprint(bucket: string, key: string): string | undefined {
    const object: StoredObject | undefined = this.store.get(bucket, key);
    if (!object) return undefined;
    const { metadata = {}, headers, tags = [] } = object.attributes;
    return JSON.stringify([object.body.bytes().toString(), metadata, headers, tags]);
  }
}
