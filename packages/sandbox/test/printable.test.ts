import { printable } from '../src/common/printable';

test.each([
  ['the escape character of terminals', '\u001b', '\\u{1b}'],
  ['a line break', '\n', '\\u{a}'],
  ['a line separator', '\u2028', '\\u{2028}'],
  ['a right-to-left override', '\u202e', '\\u{202e}'],
  ['a filler of Hangul', '\u3164', '\\u{3164}'],
  ['a filler of Hangul at the start of a syllable', '\u115f', '\\u{115f}'],
  ['a filler of Hangul in a syllable', '\u1160', '\\u{1160}'],
  ['a filler of Hangul of half the width', '\uffa0', '\\u{ffa0}'],
  ['a braille pattern without dots', '\u2800', '\\u{2800}'],
  ['a combining grapheme joiner', '\u034f', '\\u{34f}'],
  ['a variation selector', '\ufe0f', '\\u{fe0f}'],
  ['a variation selector of another plane', '\u{e0100}', '\\u{e0100}'],
  ['a tag', '\u{e0041}', '\\u{e0041}'],
])('%s is shown as its code', (_, character, shown) => {
  expect(printable(`a${character}b`)).toBe(`a${shown}b`);
});

test('what has a shape is shown as it is', () => {
  const text = 'incoming/été 2026-11-24 (1)+%41 "\'`$!\\ 日本 한글 ⠁ العربية 😀.csv';
  expect(printable(text)).toBe(text);
});
