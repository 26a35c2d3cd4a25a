/**
 * A text as a terminal may show it. Keys are written by strangers: characters that control a
 * terminal, that have no shape, or that turn the direction of writing are shown as their code. A
 * reader sees nothing of the fillers of Hangul and of the braille pattern without dots, which
 * Unicode counts among letters and symbols
 * (https://www.unicode.org/reports/tr44/#Default_Ignorable_Code_Point).
 */
export function printable(text: string): string {
  return text.replace(
    /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/gu,
    (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
}

/** A text of several lines as a terminal may show it. */
export function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}
