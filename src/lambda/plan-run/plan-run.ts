import type { ClaimFacts, RunFolders } from './claim-folder';
import type { ComparedVersions } from './latest-versions';
import { getListingPrefix } from './listing-prefix';
import type { PlannedLedger } from './plan-parts';
import { type Archiver, selectRuns } from './select-runs';
import type { PlannedLedgers } from '../../actions/verify/lambda/planned-ledgers';
import { sumLacking, type VerifiedRuns } from '../../actions/verify/lambda/verified-runs';
import {
  type Action,
  DEFAULT_ACTION,
  getTarget,
  readsPacks,
  type Task,
} from '../../contract/actions';
import { batchesAtOnce, MAX_DEFAULT_BATCHES } from '../../contract/batches';
import { ErrorName, namedError } from '../../contract/errors';
import { PACKS_FOLDER } from '../../contract/packs';
import type {
  PartVersion,
  Plan,
  Progress,
  VerifyProgress,
} from '../../contract/payloads/batch-payloads';
import type { PlanRunEvent, RunInput } from '../../contract/payloads/run';
import type { Settings } from '../../contract/payloads/settings';
import { type Window, toWindow } from '../../dates/date-window';
import type { FoundPacks } from '../../features/packing/lambda/unpack/find-packs';
import type { PlannedPacks } from '../../features/packing/lambda/unpack/planned-packs';
import type { ClaimedRun } from '../ledger/run-claims';
import { Tally } from '../ledger/tally';
import { toPartsKey } from '../plan/planned-part';
import { parseRunInput } from '../runtime/run-input';
import { nothingSkipped } from '../selection/skipped-objects';
import { escapeUnprintable } from '../text/escape';
import { formatDates, formatKey } from '../text/format';

export interface PlanPorts {
  readonly claimFolders: (facts: ClaimFacts) => Promise<RunFolders>;
  /** Returns the start of the previous run. Undefined: there is none, or it is unknown. */
  readonly findPreviousStart: () => Promise<string | undefined>;
  readonly listRuns: () => AsyncIterable<ClaimedRun>;
  readonly findVerifiedRuns: (runs: readonly ClaimedRun[]) => Promise<VerifiedRuns>;
  readonly writeParts: (key: string, ledgers: readonly PlannedLedger[]) => Promise<void>;
  /** Undefined: the ledgers are too large. */
  readonly compareLedgers: (runs: readonly ClaimedRun[]) => Promise<ComparedVersions | undefined>;
  readonly writeLedgers: (run: RunFolders, ledgers: PlannedLedgers) => Promise<void>;
  readonly findPacks: (days: Window) => Promise<FoundPacks>;
  readonly writeItems: (key: string, items: readonly PartVersion[]) => Promise<void>;
  readonly writePacks: (run: RunFolders, packs: PlannedPacks) => Promise<void>;
}

/**
 * Claims the run's folders as late as possible, so that a run that is refused leaves nothing
 * behind.
 */
export async function planRun(
  event: PlanRunEvent,
  settings: Settings,
  ports: PlanPorts,
): Promise<Plan> {
  const input = parseRunInput(event.input);
  const { action = DEFAULT_ACTION, dryRun = false } = input;
  const task = toTask(input);
  const plan = PLANS[action];
  plan.check?.(input, settings);
  const limits = getRunLimits(input, settings);
  const places = {
    source: { bucket: settings.sourceBucket, prefix: settings.sourcePrefix },
    destination: { bucket: settings.destinationBucket, prefix: settings.destinationPrefix },
  };
  const days = getWindow(input, event, settings);
  if (getTarget(task) === 'destination' && settings.retention && days.to >= '9899') {
    throw wrongInput(
      'a retention of up to a century may end after the year 9999: choose days before the year ' +
        '9899',
    );
  }
  const archiver = { name: settings.archiverName, ...places };
  const ledgers = await readPlanned(ports, plan, archiver, { task, wanted: input.run ?? days });
  const window = ledgers?.window ?? days;
  const isCompared = action === 'archive' && !dryRun && input.manifest === undefined;
  const previousStart = isCompared ? await ports.findPreviousStart() : undefined;
  const folders = await ports.claimFolders({
    action,
    target: task.target,
    dryRun,
    ...window,
    ...places,
  });
  const partsKey = ledgers && toPartsKey(folders);
  if (partsKey) {
    await ledgers.write(folders, partsKey);
  }
  return {
    run: {
      // The name of an execution may have characters that turn the text around them, and the id
      // stands in messages.
      id: escapeUnprintable(event.runId),
      startTime: event.startTime,
      previousStart,
      action,
      ...window,
      dryRun,
      instant: input.scheduledTime,
      manifest: typeof input.manifest === 'string' ? { uri: input.manifest } : input.manifest,
      namesDays: (input.date ?? input.from) === undefined ? undefined : true,
      ledgerOf: input.run && escapeUnprintable(input.run),
      deep: input.deep,
      keys: input.keys,
      target: task.target,
      lines: task.lines,
      ...folders,
      ...limits,
    },
    listing: { prefix: getListingPrefix(settings.sourcePrefix, settings.dateSource, window) },
    partsKey,
    maxConcurrency: limits.maxConcurrency,
    resultPrefix: `${folders.reportPrefix}map-run`,
    finish: {},
    progress: plan.initialProgress(),
  };
}

interface ActionPlan {
  readonly check?: (input: RunInput, settings: Settings) => void;
  /**
   * Reads the ledgers of runs, and returns a function that writes the file for the map. Unset: the
   * run lists objects.
   */
  readonly readLedgers?: (ports: PlanPorts, runs: readonly ClaimedRun[]) => Promise<WriteLedgers>;
  /**
   * Reads the indexes of the packs of some days instead of ledgers, and returns a function that
   * writes the file for the map. The indexes exist as long as the archive.
   */
  readonly readPacks?: (ports: PlanPorts, days: Window) => Promise<WriteLedgers>;
  readonly initialProgress: () => Plan['progress'];
}

type WriteLedgers = (folders: RunFolders, partsKey: string) => Promise<void>;

const PLANS: { readonly [action in Action]: ActionPlan } = {
  archive: {
    check: ({ manifest }, { listingConcurrency }) => {
      if (manifest === undefined || listingConcurrency !== undefined) {
        return;
      }
      throw wrongInput(
        'only an archiver with listing: Listing.selective() reads a manifest, because the map ' +
          'of this one lists the bucket itself: ' +
          'deploy it with Listing.selective(), and start the run again',
      );
    },
    initialProgress,
  },
  verify: {
    readLedgers: async (ports, runs) => {
      const { ledgers, ...others } = await ports.findVerifiedRuns(runs);
      if (ledgers.length === 0) {
        const { length, 0: first } = others.running;
        const more = length > 1 ? `, like ${length - 1} more for these days,` : '';
        throw namedError(
          ErrorName.INVALID_RUN_INPUT,
          `nothing can be verified yet: run ${formatKey(first.name)}${more} has not ended, ` +
            'so its ledger is not complete: start the verification again when it has ended',
        );
      }
      return (folders, partsKey) => writeLedgers(ports, folders, partsKey, ledgers, others);
    },
    initialProgress: initialVerifyProgress,
  },
  restore: {
    check: (input, { allowRestore, packing }) =>
      getTarget(toTask(input)) === 'reports'
        ? checkDeployed(
            'restore to the report bucket, which takes objects out of packs',
            packing,
            'packing',
            'Packing.zip()',
          )
        : checkDeployed('restore to the source', allowRestore, 'allowRestore', 'true'),
    readLedgers: writeEachBatch,
    readPacks: async (ports, days) => {
      const { items, planned } = await ports.findPacks(days);
      if (items.length === 0) {
        throw namedError(ErrorName.INVALID_RUN_INPUT, explainNoPacks(days, planned));
      }
      return async (folders, partsKey) => {
        await ports.writeItems(partsKey, items);
        await ports.writePacks(folders, planned);
      };
    },
    initialProgress,
  },
};

function explainNoPacks(days: Window, { withoutPack, damaged, others }: PlannedPacks): string {
  const [lonely] = [...damaged.examples, ...withoutPack.examples];
  const found = [
    ...(lonely === undefined ? [] : [`${formatKey(lonely)} is there without its pack`]),
    ...(others > 0 ? ['there are packs of objects that are not below its prefix'] : []),
  ];
  return (
    `the archive has no packs of ${formatDates(days)} of this archiver, as far as its folder ` +
    `${PACKS_FOLDER} and the folders of these days show` +
    `${found.length > 0 ? ` (${found.join(', and ')})` : ''}: ` +
    'choose days with packed objects: the day of each is that of its folder in the archive'
  );
}

function checkDeployed(what: string, setting: unknown, prop: string, value: string): void {
  if (setting) {
    return;
  }
  throw wrongInput(
    `this archiver cannot ${what}, because it was deployed without ${prop}: deploy it with ` +
      `${prop}: ${value}, and start the restore again`,
  );
}

function toTask({ action, target, lines }: RunInput): Task {
  return {
    action,
    ...(target === 'reports' && { target }),
    ...(lines === 'packs' && { lines }),
  };
}

/**
 * Reads what there is, also of a run that has not ended, and finds out what the ledgers may lack.
 */
async function writeEachBatch(
  ports: PlanPorts,
  runs: readonly ClaimedRun[],
): Promise<WriteLedgers> {
  const { ledgers: found, ...others } = await ports.findVerifiedRuns(runs);
  // One ledger has one version of a key that counts.
  const compared = runs.length > 1 ? await ports.compareLedgers(runs) : undefined;
  const ledgers = runs.map(({ ledgerPrefix: prefix }) => ({
    prefix,
    bytes: 0,
    check: found.find((each) => each.prefix === prefix)?.check,
    compared,
  }));
  const isCompared = runs.length === 1 || compared !== undefined;
  return (folders, partsKey) =>
    writeLedgers(ports, folders, partsKey, ledgers, {
      ...others,
      ...(!isCompared && { notCompared: true }),
    });
}

async function writeLedgers(
  ports: PlanPorts,
  folders: RunFolders,
  partsKey: string,
  ledgers: readonly PlannedLedger[],
  { running, withoutReport, notCompared }: Omit<PlannedLedgers, 'verified' | 'lacking'>,
): Promise<void> {
  await ports.writeParts(partsKey, ledgers);
  // The gaps in the ledgers are known after all of them are listed.
  await ports.writeLedgers(folders, {
    verified: ledgers.length,
    running,
    withoutReport,
    lacking: await sumLacking(ledgers),
    ...(notCompared && { notCompared }),
  });
}

/** The indexes of packs, or the ledgers, that a run reads instead of listing. */
interface PlannedReads {
  readonly window: Window;
  readonly write: WriteLedgers;
}

/** @param wanted the name of a run, or days. Undefined is returned if the run lists */
async function readPlanned(
  ports: PlanPorts,
  { readPacks, readLedgers }: ActionPlan,
  archiver: Archiver,
  { task, wanted }: { readonly task: Task; readonly wanted: string | Window },
): Promise<PlannedReads | undefined> {
  if (readPacks && readsPacks(task) && typeof wanted !== 'string') {
    return { window: wanted, write: await readPacks(ports, wanted) };
  }
  return readLedgers && selectLedgers(ports, readLedgers, archiver, wanted);
}

async function selectLedgers(
  ports: PlanPorts,
  readLedgers: NonNullable<ActionPlan['readLedgers']>,
  archiver: Archiver,
  wanted: string | Window,
): Promise<PlannedReads> {
  const all: ClaimedRun[] = [];
  for await (const run of ports.listRuns()) {
    all.push(run);
  }
  const runs = selectRuns(all, archiver, wanted);
  const days = runs.map(({ day }) => day).sort();
  const window = typeof wanted === 'string' ? { from: days[0], to: days[days.length - 1] } : wanted;
  return { window, write: await readLedgers(ports, runs) };
}

const BEGUN = { cursor: 0, finished: false, rounds: 0, bytes: 0 };

export function initialProgress(): Progress {
  return {
    ...BEGUN,
    counts: { listed: 0, archived: 0, skipped: 0, conflicting: 0, failed: 0 },
    skipped: nothingSkipped(),
    problems: [],
    upload: null,
    digest: new Tally().toDigest([]),
    requests: {},
  };
}

function initialVerifyProgress(): VerifyProgress {
  const counts = { listed: 0, present: 0, changed: 0, missing: 0, unproven: 0, skipped: 0 };
  return { ...BEGUN, counts, requests: {}, retrieved: {}, milliseconds: 0, seen: '' };
}

/**
 * The days of the input, or those of its selection or of the archiver's, counted from the scheduled
 * instant or the start.
 */
function getWindow(input: RunInput, { startTime }: PlanRunEvent, settings: Settings): Window {
  const { date, from, to, selection, scheduledTime } = input;
  if (date !== undefined) {
    return { from: date, to: date };
  }
  if (from !== undefined && to !== undefined) {
    return { from, to };
  }
  // The scheduled instant is the same however late the run starts.
  return toWindow(
    selection ?? settings.selection,
    new Date(scheduledTime ?? startTime),
    settings.timeZone,
  );
}

function wrongInput(problem: string): Error {
  return namedError(ErrorName.INVALID_RUN_INPUT, `the run's input is wrong: ${problem}`);
}

/**
 * At least one object a second for a batch: with less, one of a thousand objects could use up its
 * rounds before it has tried all of them.
 */
function getRunLimits(
  input: RunInput,
  settings: Settings,
): { readonly objectsPerSecond: number; readonly maxConcurrency: number } {
  const { maxObjectsPerSecond: rate, maxConcurrency: deployed = MAX_DEFAULT_BATCHES } = settings;
  const { maxConcurrency: given = 1 } = input;
  if (given <= deployed) {
    const wanted = input.maxConcurrency ?? settings.maxConcurrency ?? batchesAtOnce(rate);
    const maxConcurrency = Math.max(1, Math.min(wanted, Math.floor(rate)));
    return { objectsPerSecond: rate / maxConcurrency, maxConcurrency };
  }
  // Only a deployment can raise it: batches take Lambda concurrency of the whole account.
  const byDefault = settings.maxConcurrency === undefined ? ' by default' : '';
  throw wrongInput(
    `maxConcurrency ${given} must be at most ${deployed}, which the archiver was deployed ` +
      `with${byDefault}: leave maxConcurrency out, or deploy with a higher maxConcurrency`,
  );
}
