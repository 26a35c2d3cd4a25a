/**
 * A scenario says what is explored: a beginning, the movers, and what may go wrong, with bounds.
 */
import { Execution } from './automaton';
import { RUN_START } from './client';
import { type Attributes, type Content, coreOf, withAttributes } from './content';
import { createPack, type EarlierPack, packOf } from './packs';
import {
  batch,
  DAY,
  endingBatch,
  impatientMove,
  keepBatch,
  listAndMove,
  move,
  packBatch,
  packBatchInTurn,
  reconcile,
  threadOf,
  threadOfMember,
  threadOfPacked,
  threadOfPart,
  type Item,
  type Program,
} from './programs';
import {
  archiveElsewhere,
  archiveRun,
  nightlyRun,
  restoreOneKey,
  restoreRun,
  toFiles,
  verify,
  verifyDeep,
} from './run-programs';
import {
  ARCHIVE,
  assembledEtagOf,
  EMPTY,
  execute,
  REPORTS,
  put,
  SOURCE,
  sizeOf,
  type Flavour,
  type Glacier,
  type Model,
  type S3State,
  withGlacier,
} from './s3-model';
import type { LedgerLine } from '../../src/contract/payloads/ledger-line';
import { renamed } from '../../src/lambda/selection/destination-key';

/**
 * All contents but `longer` have the same length, so that size does not distinguish them. `twin`
 * differs from `first` only in its tags.
 */
export const CONTENT = {
  first: 'ab|ops|data',
  second: 'cd|ops|data',
  third: 'ef|ops|data',
  longer: 'longer|ops|data',
  theirs: 'xy|ops|data',
  twin: 'ab|ops|other',
  /** The bytes and the tags of `first`, without its metadata. */
  bare: 'ab||data',
} satisfies Record<string, Content>;

/** An object has the first one, and its owner replaces it by the later one. */
export const LOCK = 'GOVERNANCE@2030-01-01T00:00:00.000Z';
export const LATER_LOCK = 'COMPLIANCE@2040-01-01T00:00:00.000Z';

/**
 * What a pack gets. Of those in a folder that have no tags, the first is asked whether it has some.
 * There is only one, because the order of answers must not matter.
 */
export const PACKED: Readonly<Record<string, Content>> = {
  'in/a.csv': CONTENT.first,
  'in/b.csv': 'bb|ops|',
  'in/c.csv': 'cc|ops|data',
  'in/d.csv': 'dd|ops|data',
  // In another folder.
  'in/eu/b.csv': 'bb|ops|data',
};

export type At = 'nothing' | 'the same' | 'other content' | 'a twin';

export type FaultKind =
  /** S3 answers 503 before the operation. */
  | 'refused'
  /** S3 answers 409. This is its answer to a conditional write that meets another write. */
  | 'conflict'
  /** The connection is reset after the operation. */
  | 'lost'
  /** The connection is reset. S3 executes the operation at any later time, or never. */
  | 'late'
  /** S3 answers SlowDown for some keys inside the 200 of DeleteObjects. */
  | 'slow key'
  /**
   * The mover is killed, before or after the effect of the calls that it had sent. Then the next
   * attempt starts.
   */
  | 'kill'
  /**
   * The mover is killed, and S3 executes the calls that it had sent at any later time, or never.
   */
  | 'late kill'
  /** The time of the round is up (batches only). The next round follows. */
  | 'time';

export interface Scenario {
  readonly name: string;
  readonly movers: readonly (
    | 'move'
    | 'list and move'
    | 'impatient move'
    | 'batch'
    | 'ending batch'
    | 'keep batch'
    | 'pack batch'
    | 'pack batch, in turn'
    | 'reconcile'
    | 'nightly run'
    | 'archive run'
    | 'archive run, elsewhere'
    | 'restore run'
    | 'restore one key'
    | 'verify'
    | 'verify, deep'
  )[];
  /**
   * Whole runs share an archive, where an earlier run has a ledger. `loss`: only what is lost is a
   * violation, not what could lose something.
   */
  readonly runs?: 'all' | 'loss';
  /**
   * What the line of the earlier run says. `earlier`: it names an archived version, and its object
   * conflicts, because it was rewritten after its copy. `both`: it names an earlier version and its
   * own. `no ETag`: it does not know the archived ETag. `size`: only size and time speak for the
   * copy. Unset: it names its own version.
   */
  readonly line?: 'earlier' | 'both' | 'no ETag' | 'size';
  /**
   * What is missing of what the earlier run has left: a part of its ledger, the list of its parts,
   * or its report.
   */
  readonly lacks?: 'part' | 'list' | 'report';
  /**
   * The line of a restore says that the first object is back, but not as the line of the earlier
   * run has it.
   */
  readonly isRestoredElsewhere?: boolean;
  /** The earlier run has packed the objects. */
  readonly isPacked?: boolean;
  /** The two objects have the same content. */
  readonly equal?: boolean;
  /** The object is only in the archive at the beginning, where an earlier run moved it to. */
  readonly isArchived?: boolean;
  /** A pack has at least three, unless `packObjects` says something else. */
  readonly objects: 1 | 2 | 3 | 4;
  /** The plan has put so many into each pack. Unset: all into one. */
  readonly packObjects?: 1 | 2;
  readonly policy: 'REPORT' | 'RENAME';
  readonly flavour: Flavour;
  /** This is what exists at the first object's destination at the beginning. */
  readonly destination: At;
  /** Both objects have the same destination, as with a flattened layout. */
  readonly onePlace?: boolean;
  readonly large?: boolean;
  readonly missingIsForbidden?: boolean;
  /** XML cannot carry this key, so the key is deleted with a call of its own. */
  readonly oddKey?: boolean;
  readonly foreignActions: number;
  /** The only actions of the other writer. Unset: all. */
  readonly actions?: readonly string[];
  /** This bound counts faults and kills together. */
  readonly faults: number;
  readonly kinds: readonly FaultKind[];
  /**
   * The owner may also write the same bytes with other tags. No condition of S3 can detect that.
   */
  readonly retags?: boolean;
  /** The owner may also write content of another size. */
  readonly resizes?: boolean;
  /**
   * No write of an attempt that died may change what the ledger says after the answer of the next
   * one. An attempt that follows a kill begins a second later, because the times in the lines tell
   * the two apart.
   */
  readonly isSealed?: boolean;
  /** The archiver may not do this with the second object. */
  readonly denied?: 'copy' | 'delete';
  /**
   * S3 denies to the archiver the tags of the objects below `in/eu/`, where the second one is, or
   * the annotations of all.
   */
  readonly unreadable?: 'tags' | 'annotations';
  /** What the first object has besides. */
  readonly source?: Partial<Attributes>;
  /** What the object at its destination has besides. A user may have uploaded it in parts. */
  readonly archived?: Partial<Attributes> & { readonly isUploadedInParts?: true };
  /** The first object is in GLACIER, and the listing has shown this. */
  readonly glacier?: Glacier;
  /** The source bucket has Object Lock. */
  readonly sourceLocks?: true;
  /** How many objects of a batch have their lines in one part of the ledger. Unset: all. */
  readonly partLines?: 1;
}

/**
 * Whether what belongs to a source may change while the source stays as it is. Then it matters when
 * a mover looked. In other scenarios, nothing of this is remembered, so that they have no more
 * states.
 */
export function watchesSources({ source, glacier, actions = [] }: Scenario): boolean {
  return source !== undefined || glacier !== undefined || actions.some((each) => isChange(each));
}

/** Whether an action of the other writer changes only what belongs to an object. */
export const isChange = (action: string) => /^(tag|annotate|lock|thaw|freeze) /.test(action);

const MiB = 1024 ** 2;
const PROGRAMS: Record<Scenario['movers'][number], Program> = {
  move: move,
  'list and move': listAndMove,
  'impatient move': impatientMove,
  batch: batch,
  'ending batch': endingBatch,
  'keep batch': keepBatch,
  'pack batch': packBatch,
  'pack batch, in turn': packBatchInTurn,
  reconcile: reconcile,
  'nightly run': nightlyRun,
  'archive run': archiveRun,
  'archive run, elsewhere': archiveElsewhere,
  'restore run': restoreRun,
  'restore one key': restoreOneKey,
  verify: verify,
  'verify, deep': verifyDeep,
};

/** A stage is a scenario that is ready to be explored. */
export interface Stage {
  readonly scenario: Scenario;
  readonly model: Model;
  readonly begin: S3State;
  readonly items: readonly Item[];
  readonly destinationOf: (key: string) => string;
  /** @param delay milliseconds from the start of the run to that of the execution */
  readonly newExecution: (program: Scenario['movers'][number], delay: number) => Execution;
  /**
   * Tells which contents of sources each ETag has stood for, in any schedule: bytes, metadata and
   * tags.
   */
  readonly contentsOf: Map<string, Set<Content>>;
  /** By key: what another writer may put in place of a pack and of its index. */
  readonly forged: Readonly<Record<string, Content>>;
}

export function stageOf(scenario: Scenario): Stage {
  const { flavour, policy, objects, large, onePlace, source = {} } = scenario;
  const { missingIsForbidden = false, denied, unreadable } = scenario;
  const model: Model = {
    flavour,
    bytesPerCharacter: large ? 5 * MiB : 1,
    missingIsForbidden,
    denied,
    unreadable: unreadable && {
      what: unreadable,
      prefix: unreadable === 'tags' ? 'in/eu/' : 'in/',
    },
  };
  const second = unreadable === 'tags' ? 'in/eu/b.csv' : 'in/b.csv';
  const keys = (
    scenario.oddKey ? ['in/\u0001.csv'] : ['in/a.csv', second, 'in/c.csv', 'in/d.csv']
  ).slice(0, objects);
  const destinationOf = (key: string) =>
    onePlace ? 'archive/x.csv' : key.replace('in/', 'archive/');

  let begin: S3State = EMPTY;
  const beforehand = (key: string, content: Content) => {
    const { objects: written, writes } = put(model, begin, key, content);
    begin = { ...begin, objects: { ...written, [key]: { ...written[key], written: 0 } }, writes };
  };
  for (const key of keys) {
    const content =
      objects > 2
        ? PACKED[key]
        : key === 'in/b.csv' && onePlace && !scenario.equal
          ? CONTENT.second
          : CONTENT.first;
    beforehand(`${SOURCE}/${key}`, key === keys[0] ? withAttributes(content, source) : content);
  }
  if (scenario.glacier) {
    begin = withGlacier(begin, `${SOURCE}/${keys[0]}`, scenario.glacier);
  }
  const there = {
    nothing: undefined,
    'the same': CONTENT.first,
    'other content': CONTENT.theirs,
    'a twin': CONTENT.twin,
  }[scenario.destination];
  // The earlier run has archived all objects.
  for (const key of there ? (scenario.runs ? keys : keys.slice(0, 1)) : []) {
    const { isUploadedInParts, ...attributes } = scenario.archived ?? {};
    const place = `${ARCHIVE}/${destinationOf(key)}`;
    const content = withAttributes(there!, attributes);
    beforehand(place, content);
    if (isUploadedInParts) {
      const etag = assembledEtagOf(model, begin, place, content);
      const stored = { ...begin.objects[place], etag };
      begin = { ...begin, objects: { ...begin.objects, [place]: stored } };
    }
  }

  const sources = keys.map((key) => ({ key, ...begin.objects[`${SOURCE}/${key}`] }));
  const items = sources.map(({ key, etag, content }): Item => ({
    key,
    etag,
    size: sizeOf(model, content),
    glacier: key === keys[0] ? scenario.glacier : undefined,
  }));
  const pack = scenario.isPacked ? createPack(DAY, sources) : undefined;
  if (pack) {
    beforehand(`${ARCHIVE}/${pack.key}`, pack.content);
    beforehand(`${ARCHIVE}/${pack.indexKey}`, pack.index);
  }
  const listed = begin;
  if (scenario.isArchived) {
    const archived = Object.entries(begin.objects).filter(([key]) => key.startsWith(ARCHIVE));
    begin = { ...begin, objects: Object.fromEntries(archived) };
  }
  if (scenario.runs) {
    begin = withLedger(scenario, model, begin, items, destinationOf, pack);
  }
  const isAlone = scenario.movers.length === 1;
  const packs = scenario.movers.some((each) => each.startsWith('pack batch'));
  const nameThread = scenario.partLines ? threadOfPart : packs ? threadOfPacked : threadOf;
  const surroundings = {
    items,
    destinationOf,
    layout: { flatten: onePlace === true },
    conflictPolicy: policy,
    multipartThreshold: large ? 5 * MiB : Infinity,
    isAlone,
    packObjects: scenario.packObjects,
    sourceLocks: scenario.sourceLocks === true,
    partLines: scenario.partLines,
    restoresGlacier: scenario.glacier !== undefined,
  };
  const contentsOf = new Map(
    keys.map((key) => [
      listed.objects[`${SOURCE}/${key}`].etag,
      new Set([coreOf(listed.objects[`${SOURCE}/${key}`].content)]),
    ]),
  );
  return {
    scenario,
    model,
    begin,
    items,
    destinationOf,
    contentsOf,
    forged: pack ? forge(sources, pack) : {},
    newExecution: (program, delay) =>
      new Execution(
        PROGRAMS[program],
        surroundings,
        pack ? threadOfMember : nameThread,
        RUN_START + delay,
      ),
  };
}

/**
 * Returns where an object may be archived: at its destination, or next to it under a name that its
 * ETag determines.
 */
export function placesOf({ scenario, destinationOf }: Stage, key: string, etag: string): string[] {
  const destination = destinationOf(key);
  return (
    scenario.policy === 'RENAME' ? [destination, renamed(destination, etag)] : [destination]
  ).map((place) => `${ARCHIVE}/${place}`);
}

/** The same objects, but with the content of another one each, and an index that says so. */
function forge(
  sources: readonly { readonly key: string; readonly etag: string; readonly content: Content }[],
  { key, indexKey }: EarlierPack,
): Stage['forged'] {
  const swapped = sources.map((each, index) => ({
    ...each,
    content: sources.at(index - 1)!.content,
  }));
  const { content, index } = createPack(DAY, swapped, key);
  return { [`${ARCHIVE}/${key}`]: content, [`${ARCHIVE}/${indexKey}`]: index };
}

const OLDER = 'archive/older.csv';

/** Writes what the earlier run says of its objects, unless it is a mover itself. */
function withLedger(
  { line, lacks, movers, isRestoredElsewhere }: Scenario,
  model: Model,
  s3: S3State,
  items: readonly Item[],
  destinationOf: Stage['destinationOf'],
  pack?: EarlierPack,
): S3State {
  if (line === 'both') {
    s3 = put(model, s3, `${ARCHIVE}/${OLDER}`, CONTENT.third);
  }
  const lines = items.map(({ key, etag, size }): LedgerLine => {
    const toVersion = (destination: string) => ({
      destination,
      etag,
      archivedEtag: s3.objects[`${ARCHIVE}/${destination}`].etag,
      size,
      day: DAY,
    });
    if (pack) {
      const checksum = {
        checksumAlgorithm: 'SHA256',
        checksum: packOf(pack.content)!.sha256,
        checksumType: 'FULL_OBJECT',
      } as const;
      return {
        v: 3,
        key,
        status: 'archived',
        at: 0,
        ...toVersion(pack.key),
        ...checksum,
        member: pack.members.get(key),
      };
    }
    const own = { v: 2, key, status: 'archived', at: 0, ...toVersion(destinationOf(key)) } as const;
    switch (line) {
      case 'earlier':
        return {
          ...own,
          archivedEtag: undefined,
          status: 'conflicting',
          code: 'SOURCE_CHANGED',
          earlier: [toVersion(own.destination)],
        };
      case 'both':
        return {
          ...own,
          earlier: [{ ...toVersion(OLDER), etag: s3.objects[`${ARCHIVE}/${OLDER}`].etag }],
        };
      case 'no ETag':
        return { ...own, archivedEtag: undefined };
      case 'size':
        return { ...own, proof: 'size' };
      default:
        return own;
    }
  });
  const files = toFiles(movers.includes('nightly run') ? [] : lines, lacks, isRestoredElsewhere);
  return files.reduce(
    (state, [Key, Body]) =>
      execute(model, state, { operation: 'PutObject', input: { Bucket: REPORTS, Key, Body } })[0],
    s3,
  );
}
