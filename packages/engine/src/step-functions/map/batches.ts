import { type Json, utf8Length } from '../../common/json';
import { StateError } from '../../states-language/errors';

/** "ItemBatcher", input-output-itembatcher, with its paths and BatchInput evaluated. */
export interface Batching {
  readonly maxItems?: number;
  /** Maximum size of the child's whole input, including BatchInput. */
  readonly maxBytes?: number;
  readonly batchInput?: Json;
}

/** Input of one child workflow. */
export interface ChildInput {
  readonly json: string;
  readonly items: number;
}

/** One child per item, or one per batch. */
export async function* childInputs(
  items: AsyncIterable<Json>,
  batching?: Batching,
): AsyncGenerator<ChildInput> {
  if (!batching) {
    for await (const item of items) {
      yield { json: JSON.stringify(item), items: 1 };
    }
    return;
  }
  const head =
    batching.batchInput === undefined
      ? '{"Items":['
      : `{"BatchInput":${JSON.stringify(batching.batchInput)},"Items":[`;
  const close = (texts: string[]) => ({ json: `${head}${texts.join(',')}]}`, items: texts.length });
  const empty = utf8Length(head) + 2;
  const { maxItems = Infinity, maxBytes = Infinity } = batching;
  let batch: string[] = [];
  let bytes = empty;
  for await (const item of items) {
    const text = JSON.stringify(item);
    const size = utf8Length(text);
    // A comma stands between two items.
    if (batch.length > 0 && (batch.length >= maxItems || bytes + 1 + size > maxBytes)) {
      yield close(batch);
      batch = [];
      bytes = empty;
    }
    if (empty + size > maxBytes) {
      throw new StateError(
        'States.ItemReaderFailed',
        `An item of ${size} bytes does not fit into a batch of ${maxBytes} bytes.`,
      );
    }
    bytes += size + (batch.length > 0 ? 1 : 0);
    batch.push(text);
  }
  if (batch.length > 0) {
    yield close(batch);
  }
}
