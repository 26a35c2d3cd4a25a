/**
 * How long a night takes and what it costs, from the measured rates of docs/results/performance.md.
 */
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { DEFAULTS, estimateRun } from './cost-model';
import { batchesAtOnce } from '../../src/contract/batches';

/** A row of the table "Answers that vary". */
export interface MeasuredRate {
  /** Least, median and 99th percentile of the answers of S3, or a constant. */
  readonly latency: string;
  readonly isSelective: boolean;
  readonly isOtherBucket: boolean;
  readonly allowed: number;
  readonly objectsPerSecond: number;
}

export interface Night {
  readonly seconds: number;
  readonly usd: number;
}

/** A rate below this share of the allowed one is bound by something else. */
const BOUND_BY_THE_RATE = 0.95;

const PAGE = path.resolve(__dirname, '../../docs/results/performance.md');
const ROW =
  /^\| (?<latency>[\d/]+ ms) \| (?<lists>the map|a function) \| (?<archive>another|the same) bucket \| (?<allowed>[\d,]+) \| (?<rate>[\d,]+) \|/gm;

/** @throws if the page has no measured rates */
export function readMeasuredRates(page: string = readFileSync(PAGE, 'utf8')): MeasuredRate[] {
  const [, table = ''] =
    /<!-- bench distributions -->(.*)<!-- end of bench distributions -->/s.exec(page) ?? [];
  const rates = [...table.matchAll(ROW)].map(({ groups }) => ({
    latency: groups!.latency,
    isSelective: groups!.lists === 'a function',
    isOtherBucket: groups!.archive === 'another',
    allowed: toNumber(groups!.allowed),
    objectsPerSecond: toNumber(groups!.rate),
  }));
  if (rates.length === 0) {
    throw new Error(`no measured rates in ${PAGE}: npm run bench -- --distributions --write`);
  }
  return rates;
}

/** A night in which all listed objects are archived. */
export function estimateNight(archived: number, measured: MeasuredRate): Night {
  const { usd, hours, listingSeconds, reportSeconds } = estimateRun(
    { listed: archived, archived, selective: measured.isSelective },
    {
      ...DEFAULTS,
      maxObjectsPerSecond: Math.min(measured.allowed, measured.objectsPerSecond),
      maxConcurrency: batchesAtOnce(measured.allowed),
    },
  );
  return { usd, seconds: hours * 3_600 + listingSeconds + reportSeconds };
}

/** What a night waits for, and the prop that changes it. */
export function describeBound(measured: MeasuredRate): readonly [bound: string, remedy: string] {
  if (measured.objectsPerSecond >= BOUND_BY_THE_RATE * measured.allowed) {
    return measured.isOtherBucket
      ? ['the rate', '`maxObjectsPerSecond`, if the archive is split into more prefixes']
      : ['the rate', '`destinationBucket` (3,000 a second)'];
  }
  return measured.isSelective
    ? ['the machine that measured: it has no time for more', '-']
    : ['the slowest copy of each batch', '`listing: Listing.selective()`, `maxConcurrency`'];
}

const toNumber = (text: string) => Number(text.replaceAll(',', ''));
