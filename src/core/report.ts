import { Outcome } from './outcome';
import { Tally } from './tally';
import { Counts, LedgerLine, Run, Stragglers } from '../contract/payloads';

const PROBLEMS = 20;

/** What `report.json` holds. A change that a reader could stumble over raises `schemaVersion`. */
export interface Report {
  readonly schemaVersion: 1;
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
  readonly source: { readonly bucket: string; readonly prefix: string };
  readonly destination: { readonly bucket: string; readonly prefix: string };
  /** The ledger's parts are below this prefix. */
  readonly ledger: { readonly bucket: string; readonly prefix: string };
}

export interface ReportFacts {
  readonly run: Run;
  readonly executionArn: string;
  readonly outcome: Outcome;
  readonly counts: Counts;
  readonly tally: Tally;
  readonly stragglers: Stragglers;
  readonly toleratedFailurePercentage: number;
  readonly endedAt: Date;
  readonly source: { readonly bucket: string; readonly prefix: string };
  readonly destination: { readonly bucket: string; readonly prefix: string };
  readonly ledger: { readonly bucket: string; readonly prefix: string };
}

export function createReport(facts: ReportFacts): Report {
  const { run, tally, endedAt } = facts;
  return {
    schemaVersion: 1,
    run: { id: run.id, executionArn: facts.executionArn, dryRun: run.dryRun },
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
    source: facts.source,
    destination: facts.destination,
    ledger: facts.ledger,
  };
}
