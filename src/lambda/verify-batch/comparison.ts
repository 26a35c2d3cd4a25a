import { compareArchived, type Finding } from './compare-archived';
import type { VerifyCounts } from '../../contract/payloads/outcomes';
import type { Run } from '../../contract/payloads/run';
import type { RecordedVersion } from '../ledger/read-parts';
import type { BucketClient } from '../s3/bucket-client';
import { type FoundObject, HEADS_AT_ONCE, ObjectLookup } from '../s3/object-lookup';
import { orderedMap } from '../s3/ordered-map';
import { getIdentity } from '../verification/seen-versions';

/** Compares the archive with versions that are in the order of their keys in the archive. A dry run takes all for present. */
export class Comparison {
  readonly present: { readonly identity: string; readonly size: number }[] = [];
  readonly findings: (readonly [RecordedVersion, Finding])[] = [];
  bytes = 0;
  private readonly lookup: ObjectLookup;
  private readonly deep: boolean;

  constructor(private readonly archive: BucketClient, private readonly versions: readonly RecordedVersion[], private readonly run: Run) {
    this.deep = run.deep ?? false;
    const keys = versions.map(({ version }) => version.destination);
    this.lookup = new ObjectLookup(archive, keys, { ask: (key) => this.ask(key), asksAll: this.deep });
  }

  /** Compares some versions, and returns the index of the next one. */
  async go(from: number): Promise<number> {
    const { archive, deep, versions } = this;
    if (this.run.dryRun) {
      for (const recorded of versions.slice(from)) { this.add(recorded, undefined); }
      return versions.length;
    }
    const found = await this.lookup.next(from);
    const some = versions.slice(from, from + found.length);
    const findings = orderedMap(some.entries(), HEADS_AT_ONCE, ([at, { version }]) => compareArchived(archive, version, found[at], deep));
    let index = 0;
    for await (const finding of findings) { this.add(some[index++], finding); }
    return from + found.length;
  }

  count(before: VerifyCounts): VerifyCounts {
    const counts = { ...before, present: before.present + this.present.length };
    for (const [, { status }] of this.findings) { counts[status] += 1; }
    return counts;
  }

  private async ask(key: string): Promise<FoundObject | undefined> {
    const head = await this.archive.head(key, this.deep);
    return head && { etag: head.ETag, size: head.ContentLength!, head };
  }

  private add(recorded: RecordedVersion, finding: Finding | undefined): void {
    const { line: { key }, version } = recorded;
    if (finding) {
      this.findings.push([recorded, finding]);
    } else {
      this.present.push({ identity: getIdentity(key, version), size: version.size });
      this.bytes += version.size;
    }
  }
}
