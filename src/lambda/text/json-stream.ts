const NEWLINE = 0x0a;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/**
 * Reads objects one after the other. It looks for their braces, not for lines: Step Functions
 * writes arrays of 5 GB without a line end, and `node:readline` ends lines at U+2028, which keys
 * may contain.
 */
export async function* readJsonObjects(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
): AsyncGenerator<unknown> {
  let parts: Uint8Array[] = [];
  let depth = 0;
  let inString = false;
  let escaped = false;
  let line = 1;

  const parse = (last: Uint8Array): unknown => {
    // Most objects lie in one chunk, and are not copied.
    const bytes =
      parts.length === 0
        ? Buffer.from(last.buffer, last.byteOffset, last.length)
        : Buffer.concat([...parts, last]);
    parts = [];
    try {
      return JSON.parse(bytes.toString());
    } catch (error) {
      throw new Error(`${name}, line ${line}: ${(error as Error).message}`);
    }
  };

  for await (const chunk of chunks) {
    let start = 0;
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i];
      if (inString) {
        inString = escaped || byte !== QUOTE;
        escaped = !escaped && byte === BACKSLASH;
      } else if (byte === QUOTE) {
        inString = true;
      } else if (byte === OPEN) {
        if (depth === 0) {
          start = i;
        }
        depth += 1;
      } else if (byte === CLOSE) {
        depth -= 1;
        if (depth < 0) {
          throw new Error(`${name}, line ${line}: a closing brace without an opening one`);
        }
        if (depth === 0) {
          yield parse(chunk.subarray(start, i + 1));
        }
      } else if (byte === NEWLINE) {
        line += 1;
      }
    }
    if (depth > 0) {
      parts.push(chunk.subarray(start));
    }
  }
  if (depth > 0) {
    throw new Error(`${name}, line ${line}: the file ends in the middle of an object`);
  }
}
