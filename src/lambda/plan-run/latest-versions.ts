/**
 * Several ledgers, or several packs, may have a version of one key. Children do not know of each
 * other, so PlanRun tells every child which of its versions are not the latest.
 */
import type { PartVersion } from '../../contract/payloads/batch-payloads';
import { type Content, contentOf } from '../ledger/identity';
import { toBits } from '../plan/positions';
import { hash } from '../text/hash';

/**
 * The time at which a version was recorded. If two have the same time, the one in the later part is
 * the latest.
 */
interface Version {
  readonly part: number;
  readonly position: number;
  readonly at: number;
  /** The names of its content: an object in a pack has two, any other object has only its ETag. */
  readonly names: readonly number[];
}

export class LatestVersions {
  private readonly parts: (readonly PartVersion[])[] = [];
  private readonly latest = new Map<number, Version>();
  private readonly older = new Map<number, Version[]>();

  /** @param parts the parts of one child; versions added from now on belong to them */
  begin(parts: readonly PartVersion[]): void {
    this.parts.push(parts);
  }

  /** @param position among the versions of the child */
  add(position: number, key: string, version: Content, at: number): void {
    const id = hash(key);
    const names = [hash(contentOf(key, { etag: version.etag }))];
    if (version.member) {
      names.push(hash(contentOf(key, version)));
    }
    const added = { part: this.parts.length - 1, position, at, names };
    const known = this.latest.get(id);
    if (!known) {
      this.latest.set(id, added);
      return;
    }
    const isLater = at > known.at || (at === known.at && added.part > known.part);
    this.latest.set(id, isLater ? added : known);
    this.older.set(id, [...(this.older.get(id) ?? []), isLater ? known : added]);
  }

  finish(): ComparedVersions {
    const replaced: number[][] = this.parts.map(() => []);
    const repeated: number[][] = this.parts.map(() => []);
    for (const [id, versions] of this.older) {
      const { names } = this.latest.get(id)!;
      for (const version of versions) {
        const isSame = version.names.some((name) => names.includes(name));
        (isSame ? repeated : replaced)[version.part].push(version.position);
      }
    }
    const marks = this.parts.map((parts, index): [string, VersionMarks] => [
      toName(parts),
      {
        ...(replaced[index].length > 0 && { replaced: toBits(replaced[index]) }),
        ...(repeated[index].length > 0 && { repeated: toBits(repeated[index]) }),
      },
    ]);
    return new ComparedVersions(new Map(marks));
  }
}

export type VersionMarks = Pick<PartVersion, 'replaced' | 'repeated'>;

export class ComparedVersions {
  constructor(private readonly marks: ReadonlyMap<string, VersionMarks>) {}

  /**
   * Returns the parts of a child with the marks in the first one. Parts that were not compared are
   * returned unchanged.
   */
  mark(parts: readonly PartVersion[]): PartVersion[] {
    const [first, ...others] = parts;
    return [{ ...first, ...this.marks.get(toName(parts)) }, ...others];
  }
}

/** Positions are valid only for the parts as they were read, so the name contains their ETags. */
function toName(parts: readonly PartVersion[]): string {
  return JSON.stringify(parts.map(({ key, etag }) => [key, etag]));
}
