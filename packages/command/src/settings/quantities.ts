const UNITS: { readonly [unit: string]: number } = {
  '': 1,
  KIB: 1024,
  MIB: 1024 ** 2,
  GIB: 1024 ** 3,
  TIB: 1024 ** 4,
};
const SECONDS: { readonly [unit: string]: number } = { '': 1, s: 1, m: 60, h: 3_600, d: 86_400 };

/** Returns bytes. */
export function parseSize(flag: string, text: string): number {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)\s*([KMGT]iB)?$/i.exec(text) ?? [];
  if (digits === undefined) {
    throw new Error(`--${flag} is '${text}', but must be bytes, or a size such as 64KiB or 1GiB`);
  }
  return Number(digits) * UNITS[unit.toUpperCase()]!;
}

/** Returns seconds. */
export function parseAge(flag: string, text: string): number {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)\s*([smhd])?$/.exec(text) ?? [];
  if (digits === undefined) {
    throw new Error(`--${flag} is '${text}', but must be seconds, or an age such as 12h or 7d`);
  }
  return Number(digits) * SECONDS[unit]!;
}

/** Returns a number, whose range the settings check. */
export function parseNumber(flag: string, text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) {
    throw new Error(`--${flag} is '${text}', but must be a number`);
  }
  return value;
}

/** @param words the value that each word means */
export function parseWord<T>(flag: string, text: string, words: { readonly [word: string]: T }): T {
  const word = Object.keys(words).find((each) => normalize(each) === normalize(text));
  if (word === undefined) {
    throw new Error(`--${flag} is '${text}', but must be ${Object.keys(words).join(' or ')}`);
  }
  return words[word]!;
}

/** Props have other spellings than flags: objectName, object-name, RENAME. */
const normalize = (text: string) => text.replace(/[-_]/g, '').toLowerCase();
