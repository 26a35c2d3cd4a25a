/** What is explored: a beginning, the movers, and what may go wrong, with its bounds. */
import { Execution } from './automaton';
import { batch, impatientMove, listAndMove, move, threadOf, type Item, type Program } from './programs';
import { ARCHIVE, put, SOURCE, sizeOf, type Content, type Flavour, type Model, type S3State } from './s3-model';
import { renamed } from '../../src/lambda/selection/destination-key';

/** Of equal length, so that nothing can be told apart by size. `twin` differs from `first` in its tags only. */
export const CONTENT = {
  first: 'ab|ops|data',
  second: 'cd|ops|data',
  third: 'ef|ops|data',
  theirs: 'xy|ops|data',
  twin: 'ab|ops|other',
} satisfies Record<string, Content>;

export type At = 'nothing' | 'the same' | 'other content' | 'a twin';

export type FaultKind =
  /** 503 before the operation. */
  | 'refused'
  /** 409: S3's answer to a conditional write that meets another one. */
  | 'conflict'
  /** Connection reset after the operation. */
  | 'lost'
  /** Connection reset; the operation is executed at any later time, or never. */
  | 'late'
  /** SlowDown for some keys inside the 200 of DeleteObjects. */
  | 'slow key'
  /** The mover is killed, before or after the effect of what it had sent, and the next attempt starts. */
  | 'kill'
  /** The same, and what it had sent is executed at any later time, or never. */
  | 'late kill'
  /** The round's time is up (batches only); the next round follows. */
  | 'time';

export interface Scenario {
  readonly name: string;
  readonly movers: readonly ('move' | 'list and move' | 'impatient move' | 'batch')[];
  readonly objects: 1 | 2;
  readonly policy: 'REPORT' | 'RENAME';
  readonly flavour: Flavour;
  /** What stands at the (first object's) destination when it begins. */
  readonly destination: At;
  /** Both objects are wanted in one place, as with a flattened layout. */
  readonly onePlace?: boolean;
  readonly large?: boolean;
  readonly missingIsForbidden?: boolean;
  /** A key that XML cannot carry is deleted by itself. */
  readonly oddKey?: boolean;
  readonly foreignActions: number;
  /** Faults and kills together. */
  readonly faults: number;
  readonly kinds: readonly FaultKind[];
  /** The owner may also write the same bytes with other tags, which no condition of S3 can see. */
  readonly retags?: boolean;
}

const MiB = 1024 ** 2;
const PROGRAMS: Record<Scenario['movers'][number], Program> = {
  'move': move, 'list and move': listAndMove, 'impatient move': impatientMove, 'batch': batch,
};

/** A scenario, made ready. */
export interface Stage {
  readonly scenario: Scenario;
  readonly model: Model;
  readonly begin: S3State;
  readonly items: readonly Item[];
  readonly destinationOf: (key: string) => string;
  readonly newExecution: (program: Scenario['movers'][number]) => Execution;
  /** Which contents of sources an ETag has stood for, in any schedule. */
  readonly contentsOf: Map<string, Set<Content>>;
}

export function stageOf(scenario: Scenario): Stage {
  const { flavour, policy, objects, large, onePlace } = scenario;
  const model: Model = { flavour, bytesPerCharacter: large ? 5 * MiB : 1, missingIsForbidden: scenario.missingIsForbidden ?? false };
  const keys = (scenario.oddKey ? ['in/\u0001.csv'] : ['in/a.csv', 'in/b.csv']).slice(0, objects);
  const destinationOf = (key: string) => (onePlace ? 'archive/x.csv' : key.replace('in/', 'archive/'));

  let begin: S3State = { objects: {}, uploads: {}, writes: {} };
  const beforehand = (key: string, content: Content) => {
    const { objects: written, writes } = put(model, begin, key, content);
    begin = { ...begin, objects: { ...written, [key]: { ...written[key], written: 0 } }, writes };
  };
  for (const key of keys) {
    beforehand(`${SOURCE}/${key}`, key === 'in/b.csv' && onePlace ? CONTENT.second : CONTENT.first);
  }
  const there = { 'nothing': undefined, 'the same': CONTENT.first, 'other content': CONTENT.theirs, 'a twin': CONTENT.twin }[scenario.destination];
  if (there) { beforehand(`${ARCHIVE}/${destinationOf(keys[0])}`, there); }

  const items = keys.map((key) => {
    const { etag, content } = begin.objects[`${SOURCE}/${key}`];
    return { key, etag, size: sizeOf(model, content) };
  });
  const surroundings = { items, destinationOf, conflictPolicy: policy, multipartThreshold: large ? 5 * MiB : Infinity };
  const contentsOf = new Map(keys.map((key) => [begin.objects[`${SOURCE}/${key}`].etag, new Set([begin.objects[`${SOURCE}/${key}`].content])]));
  return {
    scenario,
    model,
    begin,
    items,
    destinationOf,
    contentsOf,
    newExecution: (program) => new Execution(PROGRAMS[program], surroundings, threadOf),
  };
}

/** Where an object may be archived: at its destination, or beside it under a name that its ETag gives. */
export function placesOf({ scenario, destinationOf }: Stage, key: string, etag: string): string[] {
  const destination = destinationOf(key);
  return (scenario.policy === 'RENAME' ? [destination, renamed(destination, etag)] : [destination]).map((place) => `${ARCHIVE}/${place}`);
}
