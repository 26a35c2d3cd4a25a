/**
 * A bucket of any size that is in no memory: each page is made when it is asked for. Its keys are
 * those of producers, each in a folder of its own, or all of them in one.
 */
import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { addDays, daysBetween, toFields } from '../../../../src/dates/calendar';
import { compareKeys } from '../../../../src/lambda/s3/listing/compare-keys';

const PAGE = 1_000;
const HOUR = 3_600_000;

/** Objects of one kind, whose keys begin alike. */
export interface SyntheticProducer {
  readonly name: string;
  /** What its keys begin with, and no other's. */
  readonly prefix: string;
  readonly days: readonly string[];
  readonly perDay: number;
  readonly size?: number;
  readonly storageClass?: string;
  /** What follows for a day, as its n-th object. For one day, it grows with n. */
  key(day: string, n: number): string;
  /** Default: an hour after the day has ended. */
  modified?(day: string): Date;
}

interface Sorted extends SyntheticProducer {
  /** In the order of their keys. */
  readonly sorted: readonly string[];
  readonly from: number;
}

export const pad = (n: number, digits: number): string => String(n).padStart(digits, '0');

export function daysFrom(first: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => addDays(first, index));
}

/** Replaces the day 2026-11-24 in a key, however it is written. */
export function atDay(key: string, day: string): string {
  const { year, month, day: dd } = toFields(day);
  const [y, m, d] = [String(year), pad(month, 2), pad(dd, 2)];
  const ordinal = pad(daysBetween(`${y}-01-01`, day) + 1, 3);
  return key
    .replaceAll('year=2026/month=11/day=24', `year=${y}/month=${m}/day=${d}`)
    .replaceAll('2026/11/24', `${y}/${m}/${d}`)
    .replaceAll('2026-11-24', `${y}-${m}-${d}`)
    .replaceAll('2026/2026-11/', `${y}/${y}-${m}/`)
    .replaceAll('20261124', `${y}${m}${d}`)
    .replaceAll('2026328', `${y}${ordinal}`)
    .replaceAll('261124', `${y.slice(2)}${m}${d}`);
}

export class SyntheticBucket {
  requests = 0;
  readonly objects: number;
  private readonly producers: readonly Sorted[];

  constructor(producers: readonly SyntheticProducer[]) {
    let from = 0;
    this.producers = [...producers]
      .sort((a, b) => compareKeys(a.prefix, b.prefix))
      .map((producer) => {
        const sorted = [...producer.days].sort((a, b) =>
          compareKeys(producer.key(a, 0), producer.key(b, 0)),
        );
        const entry = { ...producer, key: producer.key, sorted, from };
        from += sorted.length * producer.perDay;
        return entry;
      });
    this.objects = from;
  }

  /** A client that answers ListObjectsV2, and nothing else. */
  get client(): S3Client {
    const send = async (command: unknown) => {
      if (!(command instanceof ListObjectsV2Command)) {
        throw new Error(`${(command as object).constructor.name} is not ListObjectsV2`);
      }
      this.requests += 1;
      const { StartAfter: after, Prefix: prefix = '' } = command.input;
      await new Promise((resolve) => setImmediate(resolve));
      return this.list(prefix, after);
    };
    return {
      send,
      config: { region: async () => 'us-east-1' },
      destroy: () => undefined,
    } as unknown as S3Client;
  }

  private list(prefix: string, after: string | undefined): object {
    if (prefix === 'archive/') {
      return { Contents: [], IsTruncated: false };
    }
    const first = after === undefined ? 0 : this.countUpTo(prefix, after);
    const end = Math.min(this.objects, first + PAGE);
    return {
      Contents: Array.from({ length: end - first }, (_, index) => this.at(prefix, first + index)),
      IsTruncated: end < this.objects,
    };
  }

  private countUpTo(prefix: string, after: string): number {
    let [low, high] = [0, this.objects];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (compareKeys(this.at(prefix, middle).Key, after) > 0) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  private at(prefix: string, index: number) {
    const producer = this.find(index);
    const offset = index - producer.from;
    const day = producer.sorted[Math.floor(offset / producer.perDay)];
    const n = offset % producer.perDay;
    return {
      Key: `${prefix}${producer.prefix}${producer.key(day, n)}`,
      ETag: '"0123456789abcdef0123456789abcdef"',
      LastModified:
        producer.modified?.(day) ?? new Date(Date.parse(`${day}T00:00:00Z`) + 25 * HOUR),
      Size: producer.size ?? 1_000,
      StorageClass: producer.storageClass ?? 'STANDARD',
    };
  }

  private find(index: number): Sorted {
    let [low, high] = [0, this.producers.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.producers[middle].from <= index) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return this.producers[low];
  }
}
