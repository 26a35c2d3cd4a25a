/** The settings of an archiver from flags, with the construct's defaults. */
import type { FlagValues } from 'cdk-s3-dated-archiver-s3-double';
import { parseAge, parseNumber, parseSize, parseWord } from './quantities';
import {
  batchesAtOnce,
  getMaxRounds,
  getPlannedBatchSize,
  MAX_BATCH_SIZE,
} from '../../../../src/contract/batches';
import {
  DEFAULT_BATCH_TIMEOUT,
  DEFAULT_DATE_FORMAT,
  DEFAULT_LAYOUT,
  DEFAULT_LISTING_CONCURRENCY,
  DEFAULT_MAX_ATTEMPTS,
  DEFAULT_PACKING,
  DEFAULT_SELECTION,
  DEFAULT_TOLERATED_FAILURE_PERCENTAGE,
  getDefaultRate,
  getGlacierLimits,
  HIVE_LAYOUT,
} from '../../../../src/contract/defaults';
import { getBatchMemory } from '../../../../src/contract/memory';
import type { GivenSettings } from '../../../../src/contract/payloads/settings';
import { toVariableName } from '../../../../src/contract/variables';
import type { Place } from '../look/place';

export interface Places {
  readonly source: Place;
  readonly destination: Place;
  readonly reports: Place;
}

export interface Surroundings {
  readonly archiverName: string;
  /** How many batches this machine runs at once. */
  readonly cores: number;
}

export function toGivenSettings(
  { source, destination, reports }: Places,
  values: FlagValues,
  { archiverName, cores }: Surroundings,
): GivenSettings {
  const read = new Flags(values);
  const packing = toPacking(read);
  const maxObjectsPerSecond = read.number('max-objects-per-second') ?? getDefaultRate(false);
  const maxConcurrency =
    read.number('max-concurrency') ?? Math.min(cores, batchesAtOnce(maxObjectsPerSecond));
  const listingConcurrency = toListingConcurrency(read, packing !== undefined);
  return {
    sourceBucket: source.bucket,
    sourcePrefix: source.prefix,
    destinationBucket: destination.bucket,
    destinationPrefix: destination.prefix,
    reportBucket: reports.bucket,
    reportPrefix: reports.prefix,
    archiverName,
    dateSource: toDateSource(read),
    // Runs of the command name their days.
    selection: DEFAULT_SELECTION,
    layout: toLayout(read),
    filter: toFilter(read),
    packing,
    retention: toRetention(read),
    glacierSources: toGlacierSources(read),
    timeZone: read.text('time-zone') ?? 'UTC',
    keepsSources: read.word('source-disposition', { delete: undefined, keep: true as const }),
    conflictPolicy:
      read.word('conflict-policy', { report: 'REPORT' as const, rename: 'RENAME' as const }) ??
      'REPORT',
    storageClass: read.text('storage-class'),
    destinationKeyArn: read.text('destination-key'),
    maxConcurrency,
    maxObjectsPerSecond,
    toleratedFailurePercentage:
      read.number('tolerated-failure-percentage') ?? DEFAULT_TOLERATED_FAILURE_PERCENTAGE,
    maxRounds: getMaxRounds(DEFAULT_MAX_ATTEMPTS),
    listingConcurrency,
    batchSize:
      read.number('batch-size') ??
      (listingConcurrency === undefined
        ? MAX_BATCH_SIZE
        : getPlannedBatchSize(DEFAULT_BATCH_TIMEOUT, maxObjectsPerSecond, maxConcurrency)),
    alertMode: 'EVERY_RUN',
    batch: {
      logGroup: 's3-dated-archiver',
      memoryMb: getBatchMemory(packing?.maxPackSize ?? 0),
    },
  };
}

/** The settings as the functions read them. */
export function toVariables(given: GivenSettings): Record<string, string> {
  return Object.fromEntries(
    Object.entries(given)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [
        toVariableName(name),
        typeof value === 'string' ? value : JSON.stringify(value),
      ]),
  );
}

class Flags {
  constructor(private readonly values: FlagValues) {}

  has(name: string): boolean {
    return this.values[name] === true;
  }

  text(name: string): string | undefined {
    return this.values[name] as string | undefined;
  }

  list(name: string): string[] | undefined {
    return this.values[name] as string[] | undefined;
  }

  number(name: string): number | undefined {
    return this.parse(name, parseNumber);
  }

  size(name: string): number | undefined {
    return this.parse(name, parseSize);
  }

  age(name: string): number | undefined {
    return this.parse(name, parseAge);
  }

  word<T>(name: string, words: { readonly [word: string]: T }): T | undefined {
    return this.parse(name, (flag, text) => parseWord(flag, text, words));
  }

  private parse<T>(name: string, parse: (flag: string, text: string) => T): T | undefined {
    const text = this.text(name);
    return text === undefined ? undefined : parse(name, text);
  }
}

function toDateSource(read: Flags): GivenSettings['dateSource'] {
  const kind =
    read.word('date-source', {
      'object-name': 'objectName' as const,
      'object-key': 'objectKey' as const,
      'key-prefix': 'keyPrefix' as const,
      'last-modified': 'lastModified' as const,
    }) ?? 'objectName';
  const formats = read.list('date-format');
  return { kind, formats: formats ?? (kind === 'lastModified' ? [] : [DEFAULT_DATE_FORMAT]) };
}

function toLayout(read: Flags): GivenSettings['layout'] {
  const given = read.text('layout') ?? 'daily';
  const named: { readonly [name: string]: string } = { daily: DEFAULT_LAYOUT, hive: HIVE_LAYOUT };
  return {
    format: named[given] ?? given,
    flatten: read.has('flatten'),
    ...(read.has('drop-date-folders') && { dropDateFolders: true }),
  };
}

function toFilter(read: Flags): GivenSettings['filter'] {
  const filter = {
    include: read.list('include'),
    exclude: read.list('exclude'),
    minSize: read.size('min-size'),
    maxSize: read.size('max-size'),
    minAge: read.age('min-age'),
  };
  return Object.values(filter).every((each) => each === undefined) ? undefined : filter;
}

function toPacking(read: Flags): GivenSettings['packing'] {
  const maxObjectSize = read.size('max-object-size');
  const maxPackSize = read.size('max-pack-size');
  return read.has('packing') || maxObjectSize !== undefined || maxPackSize !== undefined
    ? {
        maxObjectSize: maxObjectSize ?? DEFAULT_PACKING.maxObjectSize,
        maxPackSize: maxPackSize ?? DEFAULT_PACKING.maxPackSize,
      }
    : undefined;
}

function toRetention(read: Flags): GivenSettings['retention'] {
  const years = read.number('retention-years');
  const days = read.number('retention-days');
  const retentionMode = read.word('retention', {
    governance: 'GOVERNANCE' as const,
    compliance: 'COMPLIANCE' as const,
  });
  if (retentionMode === undefined) {
    demandWith('retention', 'governance', { 'retention-years': years, 'retention-days': days });
    return undefined;
  }
  return {
    retentionMode,
    ...(years !== undefined && { years }),
    ...(days !== undefined && { days }),
  };
}

function toGlacierSources(read: Flags): GivenSettings['glacierSources'] {
  const tier = read.word('glacier-sources', {
    expedited: 'Expedited' as const,
    standard: 'Standard' as const,
    bulk: 'Bulk' as const,
  });
  const days = read.number('glacier-days');
  if (tier === undefined) {
    demandWith('glacier-sources', 'standard', { 'glacier-days': days });
    return undefined;
  }
  if (days === undefined) {
    throw new Error('--glacier-sources needs --glacier-days: how long S3 keeps what it restores');
  }
  return { tier, days, ...getGlacierLimits(tier === 'Expedited') };
}

function demandWith(flag: string, example: string, given: { readonly [flag: string]: unknown }) {
  const alone = Object.keys(given).find((name) => given[name] !== undefined);
  if (alone !== undefined) {
    throw new Error(`--${alone} goes with --${flag}: add, for example, --${flag} ${example}`);
  }
}

function toListingConcurrency(read: Flags, packs: boolean): number | undefined {
  const given = read.number('listing-concurrency');
  const listing = read.word('listing', {
    'distributed-map': 'map' as const,
    selective: 'selective' as const,
  });
  if (listing === 'map' && packs) {
    throw new Error('--packing needs --listing selective: packs are planned before they are put');
  }
  return listing === 'selective' || packs || given !== undefined
    ? (given ?? DEFAULT_LISTING_CONCURRENCY)
    : undefined;
}
