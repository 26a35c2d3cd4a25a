/** Archived objects whose size is below `below`, and not below the limit before; `null`: of any larger size. */
export interface SizeClass {
  readonly below: number | null;
  count: number;
  bytes: number;
}

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;

/** Among them the sizes at which S3's prices and ways change: 128 KiB, the least that infrequent access bills, and 5 GiB, beyond which a copy takes parts. */
const LIMITS = [KIB, 16 * KIB, 128 * KIB, MIB, 16 * MIB, 128 * MIB, GIB, 5 * GIB, null];

export class SizeHistogram {
  private readonly classes: SizeClass[] = LIMITS.map((below) => ({ below, count: 0, bytes: 0 }));

  add(size: number): void {
    const found = this.classes.find(({ below }) => below === null || size < below)!;
    found.count += 1;
    found.bytes += size;
  }

  merge(other: SizeHistogram): void {
    other.classes.forEach(({ count, bytes }, index) => {
      this.classes[index].count += count;
      this.classes[index].bytes += bytes;
    });
  }

  sizes(): SizeClass[] {
    return this.classes.map((each) => ({ ...each }));
  }
}
