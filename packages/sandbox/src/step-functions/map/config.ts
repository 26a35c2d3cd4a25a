import type { Batching } from './batches';
import { isObject, type Json, type JsonObject } from '../../json';
import type { DistributedMapState, OutputType, Transformation } from '../definition';
import { StateError } from '../errors';
import { evaluateTemplate, numberAt } from '../evaluate';
import { MAX_CHILDREN, MAX_PAYLOAD_BYTES } from '../quotas';

/** A Distributed Map's fields with paths and templates evaluated. */
export interface MapConfig {
  /** Bucket and Prefix of the item reader, or the items themselves. */
  readonly reader?: JsonObject;
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

export async function readMapConfig(state: DistributedMapState, input: Json, context: JsonObject): Promise<MapConfig> {
  const template = async (value: Json) => await evaluateTemplate(value, input, context) as JsonObject;
  const number = (literal?: number, path?: string) => numberAt(literal, path, input, context);
  const reader = state.ItemReader ? await template(state.ItemReader.Parameters ?? {}) : undefined;
  const destination = state.ResultWriter?.Resource ? await template(state.ResultWriter.Parameters ?? {}) : undefined;
  return {
    reader,
    items: reader ? undefined : await readItems(state, input, context),
    maxItems: state.ItemReader?.ReaderConfig?.MaxItems,
    label: state.Label,
    maxConcurrency: await number(state.MaxConcurrency, state.MaxConcurrencyPath) || MAX_CHILDREN,
    tolerance: {
      percentage: await number(state.ToleratedFailurePercentage, state.ToleratedFailurePercentagePath),
      count: await number(state.ToleratedFailureCount, state.ToleratedFailureCountPath),
    },
    batching: await readBatching(state, template, number),
    destination: destination && { bucket: String(destination.Bucket), prefix: String(destination.Prefix ?? '') },
    // With a destination the whole entry is the default, without one the output alone.
    transformation: state.ResultWriter?.WriterConfig?.Transformation ?? (destination ? 'NONE' : 'COMPACT'),
    outputType: state.ResultWriter?.WriterConfig?.OutputType ?? 'JSON',
  };
}

async function readItems(state: DistributedMapState, input: Json, context: JsonObject): Promise<Json> {
  if (state.ItemsPath === undefined) { return input; }
  return (await evaluateTemplate({ 'items.$': state.ItemsPath }, input, context) as JsonObject).items ?? null;
}

async function readBatching(
  { ItemBatcher: batcher }: DistributedMapState,
  template: (value: Json) => Promise<JsonObject>,
  number: (literal?: number, path?: string) => Promise<number | undefined>,
): Promise<Batching | undefined> {
  if (!batcher) { return undefined; }
  const maxItems = await number(batcher.MaxItemsPerBatch, batcher.MaxItemsPerBatchPath);
  const maxBytes = await number(batcher.MaxInputBytesPerBatch, batcher.MaxInputBytesPerBatchPath);
  if (maxItems === undefined && maxBytes === undefined) {
    throw new StateError('States.Runtime', 'ItemBatcher needs MaxItemsPerBatch or MaxInputBytesPerBatch.', { fatal: true });
  }
  if (maxBytes !== undefined && maxBytes > MAX_PAYLOAD_BYTES) {
    throw new StateError('States.Runtime', `MaxInputBytesPerBatch is at most ${MAX_PAYLOAD_BYTES}, not ${maxBytes}.`, { fatal: true });
  }
  return { maxItems, maxBytes, ...isObject(batcher.BatchInput) ? { batchInput: await template(batcher.BatchInput as Json) } : {} };
}
