import type { Answer, Values } from './attribute';
import { listAttributes, NAMES, ROWS } from './rows';
import type { AttributeName } from '../../contract/object-attributes';
import type { PackIndexLine } from '../../contract/payloads/pack-index';

/** The known attributes of an object. An absent attribute is left out. */
export interface KnownValues extends Partial<Values> {
  /** Why something cannot be read that the answer says is there. */
  readonly unreadable?: Error;
}

const INDEXED = listAttributes(({ inPack }) => inPack === 'kept');

/** Reads what an answer of HeadObject or GetObject says. Other attributes have to be asked for. */
export function readAnswer(answer: Answer): KnownValues {
  const values: Record<string, unknown> = {};
  for (const name of NAMES) {
    const said = ROWS[name].of(answer);
    if (said === 'ask') {
      continue;
    }
    if (said.is === 'unreadable') {
      values.unreadable = said.error;
    } else if (said.value !== undefined) {
      values[name] = said.value;
    }
  }
  return values;
}

/**
 * Reads the attributes of a member from the index of its pack. They lack those that a pack drops.
 */
export function readIndexed(line: PackIndexLine): KnownValues {
  const values: Record<string, unknown> = {};
  for (const name of INDEXED) {
    const json = (line as Readonly<Record<string, unknown>>)[name];
    const { fromJson } = ROWS[name];
    if (json !== undefined) {
      values[name] = fromJson ? fromJson(json) : json;
    }
  }
  return values;
}

/** The attributes of a member for the index of its pack, as `readIndexed` reads them. */
export function toIndexed(values: KnownValues): Partial<PackIndexLine> {
  const said: Record<string, unknown> = {};
  for (const name of INDEXED) {
    const json = toJson(name, values[name]);
    if (json !== undefined) {
      said[name] = json;
    }
  }
  return said;
}

function toJson<N extends AttributeName>(name: N, value: Values[N] | undefined): unknown {
  const { toJson: convert } = ROWS[name];
  return value === undefined || !convert ? value : convert(value);
}
