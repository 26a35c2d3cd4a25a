import fc from 'fast-check';
import { escapeUnprintable, isPrintable, toAsciiJson } from '../../../../src/lambda/text/escape';

test.each([
  ['a line break', '\n', '\\u000a'],
  ['a tab', '\t', '\\u0009'],
  ['the escape character of terminals', '\u001b', '\\u001b'],
  ['a C1 control character, which starts a terminal sequence in one byte', '\u009b', '\\u009b'],
  ['DEL', '\u007f', '\\u007f'],
  ['a soft hyphen', '\u00ad', '\\u00ad'],
  ['the Arabic letter mark, which changes the direction', '\u061c', '\\u061c'],
  ['the Mongolian vowel separator', '\u180e', '\\u180e'],
  ['a right-to-left override', '\u202e', '\\u202e'],
  ['an isolate', '\u2066', '\\u2066'],
  ['a line separator', '\u2028', '\\u2028'],
  ['a filler that looks like nothing', '\u3164', '\\u3164'],
  ['a filler of Hangul at the start of a syllable', '\u115f', '\\u115f'],
  ['a filler of Hangul in a syllable', '\u1160', '\\u1160'],
  ['a filler of Hangul of half the width', '\uffa0', '\\uffa0'],
  ['a braille pattern without dots', '\u2800', '\\u2800'],
  ['a variation selector of another plane', '\u{e0100}', '\\udb40\\udd00'],
  ['a variation selector', '\ufe0f', '\\ufe0f'],
  ['a byte order mark', '\ufeff', '\\ufeff'],
  ['an annotation anchor', '\ufff9', '\\ufff9'],
  ['a noncharacter', '\ufdd0', '\\ufdd0'],
  ['U+FFFE, which SQS refuses', '\ufffe', '\\ufffe'],
  ['U+FFFF, which SQS refuses', '\uffff', '\\uffff'],
  ['a noncharacter of another plane', '\u{1fffe}', '\\ud83f\\udffe'],
  ['a character for private use', '\ue000', '\\ue000'],
  ['a tag, which writes invisible text', '\u{e0041}', '\\udb40\\udc41'],
  ['half a surrogate pair', '\ud83d', '\\ud83d'],
])('escapes %s', (_, character, escaped) => {
  expect(escapeUnprintable(`a${character}b`)).toBe(`a${escaped}b`);
  expect([isPrintable(`a${character}b`), isPrintable(`a${escaped}b`)]).toEqual([false, true]);
});

test('does not change what has a shape of its own', () => {
  const text = 'incoming/été 2026-11-24 (1)+%41 "\'`$!\\ 日本 한글 ⠁ العربية 😀.csv';
  expect(escapeUnprintable(text)).toBe(text);
});

test('any text becomes valid UTF-8 that SNS and SQS accept; escaping it again changes nothing', () => {
  fc.assert(
    fc.property(
      fc.string({
        unit: fc.integer({ min: 0, max: 0x10ffff }).map((code) => String.fromCodePoint(code)),
      }),
      (text) => {
        const escaped = escapeUnprintable(text);
        // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
        expect(escaped).toMatch(/^[\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u);
        expect(Buffer.from(escaped).toString()).toBe(escaped);
        expect(isPrintable(escaped)).toBe(true);
        expect(escapeUnprintable(escaped)).toBe(escaped);
      },
    ),
  );
});

describe('toAsciiJson', () => {
  test('writes every value in ASCII, on one line, and reads back exactly', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
        }),
        (text) => {
          const json = toAsciiJson({ [text]: [text] });
          expect(json).toMatch(/^[\x20-\x7e]*$/);
          expect(JSON.parse(json)).toEqual({ [text]: [text] });
        },
      ),
    );
  });

  test('indents if it is asked to', () => {
    expect(toAsciiJson({ a: '\u009b\n' }, 2)).toBe('{\n  "a": "\\u009b\\n"\n}');
  });
});
