/**
 * Yields the lines of a text. Only a line feed ends one: `node:readline` also ends a line at U+2028
 * and U+2029 since Node.js 24, and a key may contain them.
 */
export async function* readTextLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop()!;
    yield* lines;
  }
  if (rest !== '') {
    yield rest;
  }
}
