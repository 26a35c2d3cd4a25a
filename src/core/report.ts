import { costOf, totalOf, type CostItem } from './cost';
import { Outcome } from './outcome';
import { DEFAULT_REGION, pricesOf } from './prices';
import { REPORT_SCHEMA, reportLinks, type ReportLinks } from './report-links';
import { usageOf } from './run-usage';
import type { SizeClass } from './size-histogram';
import type { SlowKey } from './slowest';
import { Tally } from './tally';
import type { Throughput } from './timeline';
import { Counts, LedgerLine, Run, Stragglers } from '../contract/payloads';
import type { BatchSettings } from '../contract/settings';

const PROBLEMS = 20;

/** Keys in a bucket that begin with a prefix. */
interface Place { readonly bucket: string; readonly prefix: string }

/** What the map did: its batches, and the rounds in which their objects were archived. */
export interface Batches { count: number; rounds: number }

/** What `report.json` holds, as docs/report.schema.json says. A change that a reader could stumble over raises `schemaVersion`. */
export interface Report {
  readonly $schema: string;
  readonly schemaVersion: 1;
  /** The name in metrics and alerts. */
  readonly archiver: string;
  readonly run: { readonly id: string; readonly executionArn: string; readonly dryRun: boolean };
  /** Calendar days, both included. `from: null`: every day up to `to`. */
  readonly dates: { readonly from: string | null; readonly to: string };
  readonly outcome: Outcome;
  readonly counts: Counts;
  /** Sum of the sizes of the archived objects. */
  readonly bytes: number;
  readonly toleratedFailurePercentage: number;
  /** Why objects were not archived, the most frequent first. */
  readonly reasons: ReadonlyArray<{ readonly status: 'conflicting' | 'failed'; readonly code: string; readonly count: number }>;
  /** The first of them; the ledger has them all. */
  readonly problems: LedgerLine[];
  readonly stragglers: Stragglers;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly seconds: number;
  readonly batches: Batches;
  readonly throughput: Throughput;
  /** Of the archived objects. */
  readonly sizes: SizeClass[];
  readonly slowest: SlowKey[];
  /** An estimate, at list prices. */
  readonly cost: { readonly currency: 'USD'; readonly total: number; readonly items: CostItem[] };
  readonly source: Place;
  readonly destination: Place;
  /** The ledger's parts are below this prefix. */
  readonly ledger: Place;
  /** Pages of the AWS console. */
  readonly links: ReportLinks;
}

export interface ReportFacts {
  readonly archiver: string;
  readonly run: Run;
  readonly executionArn: string;
  readonly outcome: Outcome;
  readonly counts: Counts;
  readonly tally: Tally;
  readonly batches: Batches;
  readonly batch: BatchSettings;
  readonly stragglers: Stragglers;
  readonly toleratedFailurePercentage: number;
  readonly endedAt: Date;
  readonly source: Place;
  readonly destination: Place;
  readonly ledger: Place;
}

export function createReport(facts: ReportFacts): Report {
  const { run, tally, endedAt, executionArn, ledger } = facts;
  return {
    $schema: REPORT_SCHEMA,
    schemaVersion: 1,
    archiver: facts.archiver,
    run: { id: run.id, executionArn, dryRun: run.dryRun },
    dates: { from: run.from, to: run.to },
    outcome: facts.outcome,
    counts: facts.counts,
    bytes: tally.bytes,
    toleratedFailurePercentage: facts.toleratedFailurePercentage,
    reasons: tally.reasons().map(({ status, code, count }) => ({ status, code, count })),
    problems: tally.problems(PROBLEMS),
    stragglers: facts.stragglers,
    startedAt: new Date(run.startTime).toISOString(),
    endedAt: endedAt.toISOString(),
    seconds: (endedAt.getTime() - Date.parse(run.startTime)) / 1000,
    batches: facts.batches,
    throughput: tally.timeline.throughput(),
    sizes: tally.sizes.sizes(),
    slowest: tally.slowest.keys(),
    cost: costOfRun(facts),
    source: facts.source,
    destination: facts.destination,
    ledger,
    links: reportLinks({ executionArn, bucket: ledger.bucket, prefix: run.reportPrefix, logGroup: facts.batch.logGroup }),
  };
}

/** A dry run looks at objects instead of copying them. An object that failed is taken for one try. */
function costOfRun({ run, counts, tally, batches, batch }: ReportFacts): Report['cost'] {
  const tried = counts.conflicting + counts.failed;
  const items = costOf(usageOf({
    listed: counts.listed,
    requests: {
      CopyObject: run.dryRun ? 0 : tally.copies + tried,
      // A conflict takes a look at both ends.
      HeadObject: run.dryRun ? counts.archived + tried : 2 * counts.conflicting,
    },
    batches: batches.count,
    rounds: batches.rounds,
    batchSeconds: tally.busyMilliseconds() / 1000,
    memoryMb: batch.memoryMb,
    express: batch.express,
  }), pricesOf(DEFAULT_REGION));
  return { currency: 'USD', total: usd(totalOf(items)), items: items.map((item) => ({ ...item, usd: usd(item.usd) })) };
}

const usd = (amount: number) => Number(amount.toFixed(6));
