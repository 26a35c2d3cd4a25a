import { type FilePlace, manifestError } from './manifest-error';

const NEWLINE = 0x0a;
const QUOTE = 0x22;
const MAX_RECORD_BYTES = 1024 ** 2;

export interface Records {
  readonly text: string;
  readonly line: number;
  readonly next: { readonly offset: number; readonly line: number };
}

/**
 * Cuts into pieces of whole records, and counts bytes, for the next round. A line break between
 * quotes ends no record in CSV (RFC 4180).
 */
export async function* splitRecords(
  file: FilePlace,
  chunks: AsyncIterable<Uint8Array>,
  from: Records['next'],
  hasQuotes: boolean,
): AsyncGenerator<Records> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let { offset, line } = from;
  let rest: Uint8Array = new Uint8Array();
  const toRecords = (bytes: Uint8Array): Records => {
    const first = line;
    offset += bytes.length;
    for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) {
      line += 1;
    }
    try {
      return { text: decoder.decode(bytes), line: first, next: { offset, line } };
    } catch {
      throw manifestError(file, 'it is not UTF-8', first);
    }
  };
  for await (const chunk of chunks) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const end = hasQuotes ? findEndOutsideQuotes(bytes) : bytes.lastIndexOf(NEWLINE) + 1;
    rest = bytes.subarray(end);
    if (end > 0) {
      yield toRecords(bytes.subarray(0, end));
    }
    if (rest.length > MAX_RECORD_BYTES) {
      throw manifestError(
        file,
        `it is longer than 1 MiB${hasQuotes ? ', perhaps because a quote has no end' : ''}`,
        line,
      );
    }
  }
  if (rest.length > 0) {
    yield toRecords(rest);
  }
}

function findEndOutsideQuotes(bytes: Uint8Array): number {
  let end = 0;
  let isQuoted = false;
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] === QUOTE) {
      isQuoted = !isQuoted;
    } else if (bytes[i] === NEWLINE && !isQuoted) {
      end = i + 1;
    }
  }
  return end;
}
