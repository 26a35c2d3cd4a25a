/** Halves of characters above U+FFFF. */
const SURROGATE = /[\ud800-\udfff]/;

/**
 * Compares keys in the order of S3's listings: by UTF-8 bytes. JavaScript compares strings in that
 * order, too, unless one has surrogates, which sort before U+E000.
 */
export function compareKeys(a: string, b: string): number {
  if (a === b) {
    return 0;
  }
  if (SURROGATE.test(a) || SURROGATE.test(b)) {
    return Buffer.compare(Buffer.from(a), Buffer.from(b));
  }
  return a < b ? -1 : 1;
}

/**
 * Returns a key that sorts before this one, with few other keys between them: its last character is
 * decreased by one.
 */
export function getKeyBefore(key: string): string {
  const characters = [...key];
  const last = characters.pop()!.codePointAt(0)!;
  if (last > 0) {
    characters.push(String.fromCodePoint(last === 0xe000 ? 0xd7ff : last - 1));
  }
  return characters.join('');
}

export function getCommonPrefix(texts: readonly string[]): string {
  let [prefix = ''] = texts;
  for (const text of texts) {
    while (!text.startsWith(prefix)) {
      prefix = prefix.slice(0, -1);
    }
  }
  // The first half of a surrogate pair cannot be written as UTF-8, so S3 would look for another
  // key.
  return prefix.replace(/[\ud800-\udbff]$/, '');
}
