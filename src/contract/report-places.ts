/** The page below the report prefix that has a calendar of all runs. */
export const CALENDAR_NAME = 'index.html';

/** The object that says which execution has a folder. */
export const CLAIM_NAME = 'claim.json';

/**
 * The object in the folder of a run of the command (packages/command) that is written again and
 * again as long as the run is running. No service knows such a run.
 */
export const HEARTBEAT_NAME = 'heartbeat';
export const HEARTBEAT_SECONDS = 60;

/** The two files of a report: for programs, and for people. */
export const REPORT_NAME = 'report.json';
export const REPORT_PAGE_NAME = 'report.html';

/** The list of the parts of a ledger with which its run was balanced, next to the report. */
export const BALANCED_PARTS_NAME = 'ledger-parts.jsonl';

/**
 * The folder next to the report of a restore that lists the archived copies that can be removed.
 */
export const COPIES_FOLDER = 'remove-copies/';

/** The folder below the report prefix that has the ledgers of all runs, and nothing else. */
export const LEDGER_FOLDER = 'ledger/';

/**
 * The folder below the report prefix that says which run has which folder of the ledgers: it has
 * the same tree, of claims.
 */
export const CLAIMS_FOLDER = 'claims/';

/**
 * The folder, in the folder of a run, for what PlanRun and ListObjects found out for the run's map.
 */
export const PLAN_FOLDER = 'plan/';

/** The file in the folder of a run that counts its restores from Glacier. */
export const RESTORE_BUDGET_NAME = 'restore-budget.json';

/**
 * The folder below the report prefix that has a file for each day with objects that were restored
 * from Glacier in vain.
 */
export const NOT_RESTORED_FOLDER = 'not-restored-again/';

/** The end of the name of a file that has the progress of a planned batch. */
export const PROGRESS_SUFFIX = '.progress.json';

/** The file of a plan that lists the parts for FinishBatches. */
export const REMAINING_PARTS_NAME = 'remaining-parts.jsonl';

/**
 * The folder below the report prefix for what is copied out of packs, in a folder for each run.
 */
export const EXTRACTED_FOLDER = 'extracted/';

/** The prop `reportPrefix`: the folder of a run is `<day>/<name>/` below it. */
export function toReportRoot(runPrefix: string): string {
  return runPrefix.replace(/[^/]+\/[^/]+\/$/, '');
}

export function getExtractedPrefix(runPrefix: string): string {
  return `${toReportRoot(runPrefix)}${EXTRACTED_FOLDER}${runPrefix.split('/').at(-2)}/`;
}
