import type { Batching } from './batches';
import { isObject, type Json, type JsonObject } from '../../common/json';
import {
  type DistributedMapState,
  type OutputType,
  readerOf,
  type Transformation,
} from '../../states-language/definition';
import { StateError } from '../../states-language/errors';
import { evaluateTemplate, numberAt, valueAt } from '../evaluate';
import { MAX_CHILDREN, MAX_PAYLOAD_BYTES } from '../quotas';

/** A Distributed Map's fields with paths and templates evaluated. */
export interface MapConfig {
  /** What the item reader reads, and its Bucket and Prefix or Key; or the items themselves. */
  readonly reader?: { readonly kind?: 'objects' | 'lines'; readonly parameters: JsonObject };
  readonly items?: Json;
  readonly maxItems?: number;
  readonly label?: string;
  readonly maxConcurrency: number;
  readonly tolerance: { readonly percentage?: number; readonly count?: number };
  readonly batching?: Batching;
  readonly destination?: { readonly bucket: string; readonly prefix: string };
  readonly transformation: Transformation;
  readonly outputType: OutputType;
}

/** The state that a message is about. */
export interface EnteredState {
  readonly name: string;
  readonly eventId: number;
}

export async function readMapConfig(
  state: DistributedMapState,
  input: Json,
  context: JsonObject,
  entered: EnteredState,
): Promise<MapConfig> {
  const template = async (value: Json) =>
    (await evaluateTemplate(value, input, context)) as JsonObject;
  const number = (literal?: number, path?: string) => numberAt(literal, path, input, context);
  const reader = state.ItemReader && {
    kind: readerOf(state.ItemReader),
    parameters: await template(state.ItemReader.Parameters ?? {}),
  };
  const destination = state.ResultWriter?.Resource
    ? await template(state.ResultWriter.Parameters ?? {})
    : undefined;
  return {
    reader,
    items: reader ? undefined : await readItems(state, input, context),
    maxItems: state.ItemReader?.ReaderConfig?.MaxItems,
    label: state.Label,
    maxConcurrency: (await number(state.MaxConcurrency, state.MaxConcurrencyPath)) || MAX_CHILDREN,
    tolerance: await readTolerance(state, input, context, entered),
    batching: await readBatching(state, template, number),
    destination: destination && {
      bucket: String(destination.Bucket),
      prefix: String(destination.Prefix ?? ''),
    },
    // With a destination the whole entry is the default, without one the output alone.
    transformation:
      state.ResultWriter?.WriterConfig?.Transformation ?? (destination ? 'NONE' : 'COMPACT'),
    outputType: state.ResultWriter?.WriterConfig?.OutputType ?? 'JSON',
  };
}

export async function readItems(
  state: DistributedMapState,
  input: Json,
  context: JsonObject,
): Promise<Json> {
  if (state.ItemsPath === undefined) {
    return input;
  }
  return (
    ((await evaluateTemplate({ 'items.$': state.ItemsPath }, input, context)) as JsonObject)
      .items ?? null
  );
}

async function readBatching(
  { ItemBatcher: batcher }: DistributedMapState,
  template: (value: Json) => Promise<JsonObject>,
  number: (literal?: number, path?: string) => Promise<number | undefined>,
): Promise<Batching | undefined> {
  if (!batcher) {
    return undefined;
  }
  const maxItems = await number(batcher.MaxItemsPerBatch, batcher.MaxItemsPerBatchPath);
  const maxBytes = await number(batcher.MaxInputBytesPerBatch, batcher.MaxInputBytesPerBatchPath);
  if (maxItems === undefined && maxBytes === undefined) {
    throw new StateError(
      'States.Runtime',
      'ItemBatcher needs MaxItemsPerBatch or MaxInputBytesPerBatch.',
      { fatal: true },
    );
  }
  if (maxBytes !== undefined && maxBytes > MAX_PAYLOAD_BYTES) {
    throw new StateError(
      'States.Runtime',
      `MaxInputBytesPerBatch is at most ${MAX_PAYLOAD_BYTES}, not ${maxBytes}.`,
      { fatal: true },
    );
  }
  return {
    maxItems,
    maxBytes,
    ...(isObject(batcher.BatchInput)
      ? { batchInput: await template(batcher.BatchInput as Json) }
      : {}),
  };
}

async function readTolerance(
  state: DistributedMapState,
  input: Json,
  context: JsonObject,
  entered: EnteredState,
): Promise<MapConfig['tolerance']> {
  const fail = (problem: string) =>
    new StateError(
      'States.Runtime',
      `An error occurred while executing the state '${entered.name}' (entered at the event id ` +
        `#${entered.eventId}). ${problem}`,
      { fatal: true },
    );
  const read = async (
    field: string,
    type: 'integer' | 'float',
    literal?: number,
    path?: string,
  ) => {
    if (path === undefined) {
      return literal;
    }
    const value = await valueAt(path, input, context);
    if (typeof value === 'number' && (type === 'float' || Number.isInteger(value))) {
      return value;
    }
    throw fail(
      `The ${field}Path field refers to value ` +
        `"${typeof value === 'string' ? value : JSON.stringify(value)}" which is not a valid ` +
        `${type}: ${path}`,
    );
  };
  const count = await read(
    'ToleratedFailureCount',
    'integer',
    state.ToleratedFailureCount,
    state.ToleratedFailureCountPath,
  );
  if (count !== undefined && count < 0) {
    throw fail('ToleratedFailureCount cannot be negative.');
  }
  const percentage = await read(
    'ToleratedFailurePercentage',
    'float',
    state.ToleratedFailurePercentage,
    state.ToleratedFailurePercentagePath,
  );
  if (percentage !== undefined && !(percentage >= 0 && percentage <= 100)) {
    throw fail('ToleratedFailurePercentage must be between 0 and 100.');
  }
  return { percentage, count };
}
