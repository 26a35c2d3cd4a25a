/**
 * A text as a terminal may show it. Keys are written by strangers: characters that control a terminal, that have no shape,
 * or that turn the direction of writing are shown as their code.
 */
export function printable(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
}
