export function getCommonPrefix(texts: readonly string[]): string {
  let [prefix = ''] = texts;
  for (const text of texts) {
    while (!text.startsWith(prefix)) { prefix = prefix.slice(0, -1); }
  }
  // The first half of a surrogate pair cannot be written as UTF-8, so S3 would look for another key.
  return prefix.replace(/[\ud800-\udbff]$/, '');
}
