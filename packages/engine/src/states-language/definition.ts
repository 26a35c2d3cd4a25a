import type { Json } from '../common/json';

/**
 * The fields of the Amazon States Language that the sandbox looks at; the rest passes through it.
 */
export interface Definition {
  readonly StartAt: string;
  readonly States: Record<string, State>;
  readonly TimeoutSeconds?: number;
  readonly QueryLanguage?: string;
  readonly ProcessorConfig?: { readonly Mode?: string; readonly ExecutionType?: string };
}

export interface State {
  readonly Type: string;
  readonly Resource?: string;
  readonly Parameters?: Json;
  readonly Branches?: Definition[];
  readonly ItemProcessor?: Definition;
  readonly Iterator?: Definition;
  readonly TimeoutSeconds?: number;
  readonly [field: string]: unknown;
}

export interface DistributedMapState extends State {
  readonly ItemProcessor: Definition;
  readonly ItemReader?: ItemReader;
  readonly ItemsPath?: string;
  readonly ItemSelector?: Json;
  readonly ItemBatcher?: {
    readonly MaxItemsPerBatch?: number;
    readonly MaxItemsPerBatchPath?: string;
    readonly MaxInputBytesPerBatch?: number;
    readonly MaxInputBytesPerBatchPath?: string;
    readonly BatchInput?: Json;
  };
  readonly MaxConcurrency?: number;
  readonly MaxConcurrencyPath?: string;
  readonly ToleratedFailurePercentage?: number;
  readonly ToleratedFailurePercentagePath?: string;
  readonly ToleratedFailureCount?: number;
  readonly ToleratedFailureCountPath?: string;
  readonly Label?: string;
  readonly ResultWriter?: {
    readonly Resource?: string;
    readonly Parameters?: Json;
    readonly WriterConfig?: {
      readonly Transformation?: Transformation;
      readonly OutputType?: OutputType;
    };
  };
}

export interface ItemReader {
  readonly Resource: string;
  readonly Parameters?: Json;
  readonly ReaderConfig?: { readonly MaxItems?: number; readonly InputType?: string };
}

/** The readers that the sandbox has: the objects of a bucket, and the lines of a file. */
export function readerOf({
  Resource,
  ReaderConfig = {},
}: ItemReader): 'objects' | 'lines' | undefined {
  if (Resource.endsWith(':states:::s3:listObjectsV2')) {
    return 'objects';
  }
  return Resource.endsWith(':states:::s3:getObject') && ReaderConfig.InputType === 'JSONL'
    ? 'lines'
    : undefined;
}

export type Transformation = 'NONE' | 'COMPACT' | 'FLATTEN';
export type OutputType = 'JSON' | 'JSONL';

export function isDistributedMap(state: State): state is DistributedMapState {
  return state.Type === 'Map' && state.ItemProcessor?.ProcessorConfig?.Mode === 'DISTRIBUTED';
}

/** The machines inside a state: branches, an iterator, an item processor. */
export function innerMachines(state: State): Definition[] {
  return [
    ...(state.Branches ?? []),
    ...(state.ItemProcessor ? [state.ItemProcessor] : []),
    ...(state.Iterator ? [state.Iterator] : []),
  ];
}

/** Every state of a definition, those of inner machines included. */
export function* allStates(definition: Definition): Generator<{ name: string; state: State }> {
  for (const [name, state] of Object.entries(definition.States)) {
    yield { name, state };
    for (const inner of innerMachines(state)) {
      yield* allStates(inner);
    }
  }
}
