/**
 * Shapes of names: what their producers always write, without the names themselves. They are made
 * for each of millions of keys, so there are no regular expressions here.
 */
const MAX_LENGTH = 120;
/** With more changes between letters and digits, a word is a random one. */
const MAX_RUNS_OF_A_WORD = 5;

/** What stands for a random word in a mask. No key has it, since it is no character. */
const RANDOM = '\uffff';

/** The key with `9` for each digit, and one character for each random word. */
export function toMask(key: string): string {
  let mask = '';
  let at = 0;
  while (at < key.length) {
    const start = at;
    let runs = 0;
    let wasDigit: boolean | undefined;
    while (at < key.length && isWordCharacter(key.charCodeAt(at))) {
      const digit = isDigit(key.charCodeAt(at));
      runs += digit === wasDigit ? 0 : 1;
      wasDigit = digit;
      at += 1;
    }
    if (at === start) {
      mask += key[at];
      at += 1;
    } else {
      mask += runs > MAX_RUNS_OF_A_WORD ? RANDOM : maskDigits(key, start, at);
    }
  }
  return mask;
}

function maskDigits(key: string, from: number, to: number): string {
  let masked = '';
  let start = from;
  for (let at = from; at < to; at++) {
    if (isDigit(key.charCodeAt(at))) {
      masked += `${key.slice(start, at)}9`;
      start = at + 1;
    }
  }
  return masked + key.slice(start, to);
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** Letters of every script: all that is not ASCII counts as one. */
function isWordCharacter(code: number): boolean {
  return isDigit(code) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code >= 128;
}

/** The same with `a` for each run of letters, and `x` for each random word. */
export function toShape(mask: string): string {
  let shape = '';
  let wasLetter = false;
  for (let at = 0; at < mask.length; at++) {
    const code = mask.charCodeAt(at);
    const isLetter = isWordCharacter(code) && !isDigit(code) && mask[at] !== RANDOM;
    if (mask[at] === RANDOM) {
      shape += 'x';
    } else if (!isLetter) {
      shape += mask[at];
    } else if (!wasLetter) {
      shape += 'a';
    }
    wasLetter = isLetter;
  }
  return shape.length <= MAX_LENGTH ? shape : `${shape.slice(0, MAX_LENGTH - 3)}...`;
}
