import { S3Error } from '../common/errors';

/** From `start` up to and without `end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * A `Range` header. One that cannot be read is ignored, as HTTP wants it; one beyond the object is
 * an error.
 */
export function parseRange(text: string | undefined, size: number): Range | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(text ?? '');
  if (!match || (match[1] === '' && match[2] === '')) {
    return undefined;
  }
  const [, first, last] = match;
  const start = first === '' ? Math.max(size - Number(last), 0) : Number(first);
  const end = first === '' || last === '' ? size : Math.min(Number(last) + 1, size);
  if (first !== '' && last !== '' && Number(last) < Number(first)) {
    return undefined;
  }
  if (start >= size || start >= end) {
    throw new S3Error('InvalidRange', {
      fields: { RangeRequested: text ?? '', ActualObjectSize: String(size) },
    });
  }
  return { start, end };
}
