import type { Collector } from './collect';
import {
  type Alternative,
  type Ambiguity,
  type Formats,
  type FoundFormat,
  toSpan,
} from './formats';
import type { DayCount } from './frames';
import type { Place } from './place';
import { type RenderedProps, renderProps } from './props';
import { UNDATED_REASONS, type UndatedReason } from './undated';
import { listWarnings } from './warnings';
import type { IsoDate } from '../../../../src/dates/calendar';
import { createDayFinder } from '../../../../src/dates/date-window';
import { getReportedCost, type ReportedCost, roundUsd } from '../../../../src/lambda/pricing/cost';
import { toDefaultUsage } from '../../../../src/lambda/pricing/default-run';
import { getPrices } from '../../../../src/lambda/pricing/prices';
import { getRequestsUsd } from '../../../../src/lambda/pricing/requests';

/** What was seen. `look --json` writes it. Nothing in it is extrapolated. */
export interface LookReport {
  readonly schema: 'look/1';
  readonly source: Place;
  readonly destination: Place;
  readonly timeZone: string;
  readonly seconds: number;
  readonly pages: Pages;
  readonly objects: number;
  readonly bytes: number;
  /** Keys that end with a slash. They are never archived. */
  readonly folderMarkers: number;
  readonly storageClasses: ReadonlyArray<{
    readonly storageClass: string;
    readonly objects: number;
    readonly bytes: number;
  }>;
  readonly shapes: ReadonlyArray<{ readonly shape: string; readonly objects: number }>;
  /** Objects with other shapes than these. */
  readonly otherShapes: number;
  /** With `--keys`. */
  readonly keys?: readonly string[];
  readonly formats: readonly FoundFormat[];
  readonly ambiguous: readonly Ambiguity[];
  /** Of the formats. Null: no date was read in only one way. */
  readonly days: Days | null;
  readonly undated: ReadonlyArray<{
    readonly reason: UndatedReason;
    readonly meaning: string;
    readonly objects: number;
    /** Shapes, or keys with `--keys`. */
    readonly examples: readonly string[];
  }>;
  readonly costs: Costs | null;
  readonly conflicts: Conflicts;
  readonly warnings: readonly string[];
  /** One, or several that the user has to choose from. */
  readonly props: ReadonlyArray<RenderedProps & { readonly title?: string }>;
}

export interface Pages {
  readonly budget: number;
  /** Requests to the source. */
  readonly used: number;
  /** Requests to the destination. */
  readonly ofDestination: number;
  /** What the source has, as far as it is known. */
  readonly atLeast: number;
  readonly isComplete: boolean;
  readonly usd: number;
}

export interface Days {
  readonly first: IsoDate;
  readonly last: IsoDate;
  readonly days: number;
  readonly biggest: DayCount & { readonly day: IsoDate };
  /** Days after tomorrow: such objects are archived when their day is over. */
  readonly inFuture: number;
}

export interface Costs {
  /** A night that archives as much as the biggest day that was seen. */
  readonly night: RunCost;
  /** One run for all days up to yesterday that were seen. */
  readonly backlog: RunCost;
}

export interface RunCost extends ReportedCost {
  readonly listed: number;
  readonly archived: number;
}

export interface DestinationSeen {
  readonly objects: number;
  readonly taken: number;
  readonly isComplete: boolean;
  readonly problem?: string;
}

export interface Conflicts {
  /** What lies at the destination already, and where a seen object would go. */
  readonly destination: DestinationSeen;
  readonly withDateFolders: number;
  /** Seen objects whose destination another one has, too, if the folders of dates are left out. */
  readonly sharedWithoutDateFolders: number;
  /** Whether all were compared: three million are remembered. */
  readonly isCompared: boolean;
  /** Destinations that would be longer than a key may be. */
  readonly tooLong: number;
}

export interface ReportFacts {
  readonly source: Place;
  readonly destination: Place;
  readonly timeZone: string;
  readonly region?: string;
  readonly now: number;
  readonly seconds: number;
  readonly pages: Pick<Pages, 'budget' | 'used' | 'ofDestination'> & { readonly left: number };
  readonly collector: Collector;
  readonly formats: Formats;
  readonly alternatives: readonly Alternative[];
  readonly dropDateFolders: boolean;
  readonly seen: DestinationSeen;
  readonly keys: boolean;
}

const SHOWN_SHAPES = 20;

export function priceOfPages(pages: number, region?: string): number {
  return roundUsd(getRequestsUsd(getPrices(region), { ListObjectsV2: pages }));
}

export function createReport(facts: ReportFacts): LookReport {
  const { collector, formats, region, pages, keys } = facts;
  const shapes = [...collector.shapes].sort((a, b) => b[1] - a[1]);
  const shown = shapes.slice(0, SHOWN_SHAPES);
  const days = summarizeDays(facts);
  const conflicts: Conflicts = {
    destination: facts.seen,
    withDateFolders: collector.withDateFolders,
    sharedWithoutDateFolders: collector.sharedWhenDropped,
    isCompared: !collector.dropped.isFull && !collector.keys.isFull,
    tooLong: collector.tooLong,
  };
  return {
    schema: 'look/1',
    source: facts.source,
    destination: facts.destination,
    timeZone: facts.timeZone,
    seconds: Number(facts.seconds.toFixed(1)),
    pages: {
      budget: pages.budget,
      used: pages.used,
      ofDestination: pages.ofDestination,
      atLeast: pages.used + pages.left,
      isComplete: pages.left === 0,
      usd: priceOfPages(pages.used + pages.ofDestination, region),
    },
    objects: collector.objects,
    bytes: collector.bytes,
    folderMarkers: collector.folderMarkers,
    storageClasses: collector.classes
      .entries()
      .map(([storageClass, { objects, bytes }]) => ({ storageClass, objects, bytes })),
    shapes: shown.map(([shape, objects]) => ({ shape, objects })),
    otherShapes:
      collector.otherShapes +
      shapes.slice(SHOWN_SHAPES).reduce((total, [, objects]) => total + objects, 0),
    ...(keys && { keys: collector.examples }),
    formats: formats.found,
    ambiguous: formats.ambiguous,
    days,
    undated: listUndated(facts),
    costs: getCosts(facts, days),
    conflicts,
    warnings: listWarnings(collector, formats, conflicts, days),
    props: facts.alternatives.map(({ title, dateSource }) => ({
      ...(title !== undefined && { title }),
      ...renderProps({
        bucket: facts.source.bucket,
        prefix: facts.source.prefix,
        destinationBucket: facts.destination.bucket,
        destinationPrefix: facts.destination.prefix,
        dateSource,
        dropDateFolders: facts.dropDateFolders,
        timeZone: facts.timeZone === 'UTC' ? undefined : facts.timeZone,
      }),
    })),
  };
}

function summarizeDays({ formats: { days }, now, timeZone }: ReportFacts): Days | null {
  if (days.size === 0) {
    return null;
  }
  const tomorrow = createDayFinder(timeZone)(new Date(now + 24 * 3_600_000));
  let biggest: Days['biggest'] | undefined;
  let inFuture = 0;
  for (const [day, count] of days) {
    if (biggest === undefined || count.objects > biggest.objects) {
      biggest = { day, ...count };
    }
    inFuture += day > tomorrow ? count.objects : 0;
  }
  return { ...toSpan(days), days: days.size, biggest: biggest!, inFuture };
}

function listUndated({ collector, formats }: ReportFacts): LookReport['undated'] {
  const { undated } = collector;
  const objectsOf = (reason: UndatedReason) => {
    const counted = undated.get(reason)?.objects ?? 0;
    switch (reason) {
      case 'no-such-day':
        return counted + formats.noSuchDay;
      case 'by-chance':
        return formats.byChance;
      case 'epoch':
        return counted + formats.unconfirmedInstants;
      default:
        return counted;
    }
  };
  return (Object.keys(UNDATED_REASONS) as UndatedReason[])
    .map((reason) => ({
      reason,
      meaning: UNDATED_REASONS[reason],
      objects: objectsOf(reason),
      examples: undated.get(reason)?.keys ?? [],
    }))
    .filter(({ objects }) => objects > 0)
    .sort((a, b) => b.objects - a.objects);
}

function getCosts(facts: ReportFacts, days: Days | null): Costs | null {
  const { collector, formats, region, now, timeZone } = facts;
  if (days === null) {
    return null;
  }
  const today = createDayFinder(timeZone)(new Date(now));
  let archived = 0;
  for (const [day, { objects }] of formats.days) {
    archived += day < today ? objects : 0;
  }
  const { objects: biggest } = days.biggest;
  const listed = narrowsToDay(formats.prefixFormat) ? biggest : collector.objects;
  const dated = collector.datedClasses.entries().reduce((sum, [, each]) => sum + each.objects, 0);
  return {
    night: { listed, archived: biggest, ...costOf(region, { listed, archived: biggest }) },
    backlog: {
      listed: collector.objects,
      archived,
      ...costOf(region, {
        listed: collector.objects,
        archived,
        copies: archived + collector.datedCopies - dated,
        retrieved: collector.datedClasses.retrieved(),
        earlyByteDays: collector.datedClasses.earlyByteDays(),
      }),
    },
  };
}

/**
 * A run that knows where its keys begin lists nothing else. The case of a month's name is unknown,
 * and an instant begins alike for two weeks, so these narrow a listing less.
 */
function narrowsToDay(prefixFormat: string | undefined): boolean {
  return prefixFormat !== undefined && !/MMM|epoch/.test(prefixFormat);
}

function costOf(
  region: string | undefined,
  run: Parameters<typeof toDefaultUsage>[0],
): ReportedCost {
  return getReportedCost(toDefaultUsage(run), region);
}
