import { toAsciiJson } from './escape';

export function toJsonLines(values: readonly object[]): string {
  return values.map((value) => `${toAsciiJson(value)}\n`).join('');
}

export function parseJsonLines(text: string): unknown[] {
  return text.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line));
}
