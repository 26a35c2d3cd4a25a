/**
 * Sees each change of the buckets as S3 executes it, from every caller, and says at once if a
 * program loses, overwrites or misplaces something. A restore that wrote, and an archive that grew,
 * are remembered with their time.
 */
import { BUCKETS } from './archivers';
import type { ObjectStore, StoredObject } from '../../../packages/s3-double/src';
import type { LedgerLine } from '../../../src/contract/payloads/ledger-line';

/** Changes are numbered, and these numbers are the only time here. */
export type Tick = number;

interface Change {
  readonly at: Tick;
  /** Undefined: deleted. Of a content, verifications and restores compare the bytes only. */
  readonly content?: string;
  /** The content and its metadata. A source is deleted only if the archive holds both. */
  readonly whole?: string;
}

export interface LedgerPart {
  readonly lines: readonly LedgerLine[];
  /** When another writer removed it. */
  removedAt?: Tick;
}

type Watched = 'source' | 'archive';

export class History {
  now: Tick = 0;
  readonly violations: string[] = [];
  /** The parts of all ledgers as programs wrote them last. */
  readonly parts = new Map<string, LedgerPart>();
  /** Keys of reports, and when they were written first. */
  readonly reports = new Map<string, Tick>();
  readonly archivedObjects = { count: 0 };
  readonly restoredObjects = { count: 0 };
  private readonly changes: Record<Watched, Map<string, Change[]>> = {
    source: new Map(),
    archive: new Map(),
  };
  /** The content of each version that a source key had, by key and ETag. */
  private readonly versions = new Map<
    string,
    { readonly content: string; readonly whole: string }
  >();
  /** Contents that others than the programs removed for good. */
  private readonly destroyed = new Set<string>();
  private readonly written = new Map<string, string>();
  /** How many keys hold a content now. */
  private readonly holders = new Map<string, number>();
  private isStranger = false;
  /** When another writer removed a content from the archive. */
  private readonly removedAt = new Map<string, Tick>();
  /** When each run began that may still send requests. */
  private readonly running = new Map<string, Tick>();
  /** What happened to each content, for the reader of a violation. */
  private readonly events = new Map<string, string[]>();

  constructor(private readonly store: ObjectStore) {
    this.watch('source');
    this.watch('archive');
    this.watchReports();
  }

  /** @returns the time */
  begin(run: string): Tick {
    this.running.set(run, this.now);
    return this.now;
  }

  /** @param milliseconds for which the last requests of the run may still be on their way */
  end(run: string, milliseconds: number): void {
    setTimeout(() => this.running.delete(run), milliseconds).unref();
  }

  /** Changes something as another writer. What neither end holds after it is no loss. */
  asStranger(act: () => void): void {
    this.isStranger = true;
    act();
    this.isStranger = false;
    this.now += 1;
    for (const content of this.written.keys()) {
      if (!this.isHeld(content)) {
        this.destroyed.add(content);
      }
    }
  }

  write(key: string, content: string, metadata?: Record<string, string>): void {
    this.asStranger(() => {
      const whole = wholeOf(this.store.put(BUCKETS.source, key, content, { metadata }));
      this.written.set(whole, key);
      this.destroyed.delete(whole);
    });
  }

  /** The contents that were written, that no other writer removed, and that no end holds. */
  lost(): string[] {
    return [...this.written]
      .filter(([whole]) => !this.destroyed.has(whole) && !this.isHeld(whole))
      .map(([whole, key]) => `${key} is lost: ${whole}; ${this.describe(whole)}`);
  }

  contentOf({ key, etag }: { readonly key: string; readonly etag: string }): string | undefined {
    return this.versions.get(`${key}\n${unquote(etag)}`)?.content;
  }

  /** Whether a key had the content at any time in between. */
  held(where: Watched, key: string, content: string | undefined, from: Tick, to: Tick): boolean {
    return this.during(where, key, from, to).includes(content);
  }

  /** Whether a key had something else than the content, or nothing, at any time in between. */
  lacked(where: Watched, key: string, content: string | undefined, from: Tick, to: Tick): boolean {
    return this.during(where, key, from, to).some((each) => each !== content);
  }

  /** Whether a key ever had other content, or other metadata, than the version of a line. */
  heldOther(
    where: Watched,
    key: string,
    line: { readonly key: string; readonly etag: string },
  ): boolean {
    const version = this.versions.get(`${line.key}\n${unquote(line.etag)}`);
    return (this.changes[where].get(key) ?? []).some(
      ({ whole }) => whole !== undefined && whole !== version?.whole,
    );
  }

  private during(where: Watched, key: string, from: Tick, to: Tick): (string | undefined)[] {
    const all = this.changes[where].get(key) ?? [];
    const before = all.filter(({ at }) => at <= from).at(-1);
    return [
      before?.content,
      ...all.filter(({ at }) => at > from && at <= to).map(({ content }) => content),
    ];
  }

  private isHeld(whole: string): boolean {
    return (this.holders.get(whole) ?? 0) > 0;
  }

  private watch(where: Watched): void {
    const bucket = this.store.bucket(BUCKETS[where]);
    const put = bucket.put.bind(bucket);
    const remove = bucket.delete.bind(bucket);
    let isRemoving = false;
    bucket.put = (init) => {
      if (isRemoving) {
        return put(init);
      }
      const there = bucket.current(init.key);
      const object = put(init);
      this.onPut(where, object, there);
      return object;
    };
    bucket.delete = (key, now) => {
      const there = bucket.current(key);
      isRemoving = true;
      const marker = remove(key, now);
      isRemoving = false;
      if (there) {
        this.onDelete(where, key, wholeOf(there));
      }
      return marker;
    };
    bucket.deleteVersion = (key) => {
      this.violations.push(`a version of ${key} was deleted for good`);
      return undefined;
    };
  }

  private onPut(where: Watched, object: StoredObject, there: StoredObject | undefined): void {
    const { key, etag } = object;
    const content = contentOf(object);
    const before = this.changes[where].get(key) ?? [];
    if (!this.isStranger) {
      (where === 'archive' ? this.archivedObjects : this.restoredObjects).count += 1;
      if (there) {
        this.violations.push(`the ${where}'s ${key} was overwritten`);
      }
      const isKnown = where === 'archive' || before.some((change) => change.content === content);
      if (!isKnown) {
        this.violations.push(`${key} was restored with what it never was: ${content}`);
      }
    }
    this.change(where, key, content, wholeOf(object));
    if (where === 'source') {
      this.versions.set(`${key}\n${unquote(etag)}`, { content, whole: wholeOf(object) });
    }
  }

  private onDelete(where: Watched, key: string, whole: string): void {
    this.change(where, key);
    if (this.isStranger) {
      return;
    }
    if (where === 'archive') {
      this.violations.push(`the archive's ${key} was deleted`);
    }
    if (this.isHeld(whole)) {
      return;
    }
    // Another writer removed the copy after it was confirmed, and before its source was deleted: no
    // condition of S3 spans two keys (docs/safety.md).
    if ((this.removedAt.get(whole) ?? -1) >= Math.min(...this.running.values())) {
      this.destroyed.add(whole);
    }
    if (!this.destroyed.has(whole)) {
      this.violations.push(
        `the ${where}'s ${key} was deleted, and nothing else holds it: ${whole}; ` +
          `${this.describe(whole)}`,
      );
    }
  }

  private change(where: Watched, key: string, content?: string, whole?: string): void {
    this.now += 1;
    const all = this.changes[where].get(key) ?? [];
    const who = this.isStranger ? 'somebody else' : 'a program';
    const gone = all.at(-1)?.whole;
    if (this.isStranger && where === 'archive' && gone !== undefined) {
      this.removedAt.set(gone, this.now);
    }
    if (gone !== undefined) {
      this.note(
        gone,
        `${who} ${whole === undefined ? 'deleted' : 'replaced'} the ${where}'s ${key}`,
      );
    }
    if (whole !== undefined) {
      this.note(whole, `${who} wrote the ${where}'s ${key}`);
    }
    for (const [held, more] of [
      [all.at(-1)?.whole, -1],
      [whole, 1],
    ] as const) {
      if (held !== undefined) {
        this.holders.set(held, (this.holders.get(held) ?? 0) + more);
      }
    }
    this.changes[where].set(key, [...all, { at: this.now, content, whole }]);
  }

  private note(whole: string, event: string): void {
    this.events.set(whole, [
      ...(this.events.get(whole) ?? []),
      `${this.now} (${new Date().toISOString().slice(17, 23)} s) ${event}`,
    ]);
  }

  private describe(whole: string): string {
    return (this.events.get(whole) ?? []).join(', ');
  }

  private watchReports(): void {
    const bucket = this.store.bucket(BUCKETS.reports);
    const put = bucket.put.bind(bucket);
    const remove = bucket.delete.bind(bucket);
    bucket.put = (init) => {
      const object = put(init);
      this.now += 1;
      if (/\/report\.json$/.test(object.key) && !this.reports.has(object.key)) {
        this.reports.set(object.key, this.now);
      }
      if (isPart(object.key)) {
        this.parts.set(object.key, { lines: parse(contentOf(object)) });
      }
      return object;
    };
    bucket.delete = (key, now) => {
      const part = this.parts.get(key);
      this.now += 1;
      if (part && this.isStranger) {
        part.removedAt = this.now;
      } else {
        this.parts.delete(key);
      }
      return remove(key, now);
    };
  }
}

const isPart = (key: string) => /\/ledger\/.*\.jsonl$/.test(`/${key}`);
const parse = (text: string) =>
  text
    .split('\n')
    .filter((each) => each.trim() !== '')
    .map((each) => JSON.parse(each) as LedgerLine);
const contentOf = ({ body }: StoredObject) => body.bytes().toString();
const wholeOf = (object: StoredObject) =>
  [contentOf(object), ...Object.entries(object.attributes.metadata ?? {}).flat()].join(' ');
const unquote = (etag: string) => etag.replaceAll('"', '');
