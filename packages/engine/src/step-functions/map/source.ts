import { type ChildInput, childInputs } from './batches';
import type { MapConfig } from './config';
import { arrayItems, listObjects, readLines } from './items';
import type { Json, JsonObject } from '../../common/json';
import type { DistributedMapState } from '../../states-language/definition';
import { evaluateTemplate } from '../evaluate';
import type { ContextObject, World } from '../world';

export interface SourceOptions {
  readonly state: DistributedMapState;
  readonly config: MapConfig;
  readonly input: Json;
  readonly context: ContextObject;
  readonly world: World;
  /**
   * Called with the number of items read so far, and the size of the last one, if it is an object.
   */
  readonly onRead: (items: number, bytes: number) => void;
}

/**
 * The inputs of a Map Run's children. After an interruption or an error, reading continues after
 * the last input that was taken.
 */
export class ChildSource {
  /** Items in the inputs that were taken. */
  private given = 0;
  private lastGiven?: Json;
  private exhausted = false;
  private known?: number;

  constructor(private readonly options: SourceOptions) {}

  /** Whether every item is part of an input that was taken. */
  get allGiven(): boolean {
    return this.exhausted;
  }

  /** How many items there are, as far as it is known. */
  get total(): number | undefined {
    return this.known;
  }

  async *rest(): AsyncGenerator<ChildInput> {
    if (this.exhausted) {
      return;
    }
    const ahead: Json[] = [];
    for await (const input of childInputs(this.items(ahead), this.options.config.batching)) {
      this.lastGiven = ahead.splice(0, input.items).at(-1);
      this.given += input.items;
      yield input;
    }
    this.exhausted = true;
  }

  private async *items(ahead: Json[]): AsyncGenerator<Json> {
    const { state, input, context, onRead } = this.options;
    let index = this.given;
    this.known ??= this.lookAhead();
    onRead(index, 0);
    for await (const item of this.rawItems()) {
      ahead.push(item);
      onRead(index + 1, Number((item as JsonObject | null)?.Size ?? 0));
      yield state.ItemSelector === undefined
        ? item
        : await evaluateTemplate(state.ItemSelector, input, {
            Context: context,
            Map: { Item: { Index: index, Value: item } },
          });
      index++;
    }
    this.known = index;
  }

  private lookAhead(): number | undefined {
    const {
      config: { reader },
      world,
    } = this.options;
    if (reader?.kind !== 'objects') {
      return undefined;
    }
    const { Bucket, Prefix = '' } = reader.parameters;
    return world.countObjects?.(String(Bucket), String(Prefix));
  }

  private rawItems(): AsyncGenerator<Json> {
    const {
      config: { reader, items, maxItems = Infinity },
      world,
    } = this.options;
    if (!reader) {
      return arrayItems(items ?? null, this.given);
    }
    if (reader.kind === 'lines') {
      return readLines(world.s3, reader.parameters, {
        from: this.given,
        maxItems: maxItems - this.given,
      });
    }
    const startAfter =
      this.lastGiven === undefined ? undefined : String((this.lastGiven as JsonObject).Key);
    return listObjects(world.s3, reader.parameters, {
      maxItems: maxItems - this.given,
      startAfter,
    });
  }
}
