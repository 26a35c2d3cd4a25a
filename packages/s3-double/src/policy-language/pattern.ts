export type Matcher = (text: string) => boolean;

/**
 * What `${*}`, `${?}` and `${$}` stand for: the character itself (reference_policies_variables,
 * "Special characters").
 */
const LITERAL = /\$\{([*?$])\}/g;

const compiled = new Map<string, Matcher>();

/**
 * A pattern of a policy: `*` stands for any characters, slashes and colons too, and `?` for one.
 * Policy variables other than the three for literal characters match nothing: their values are
 * unknown here.
 */
export function toPattern(text: string): Matcher {
  const known = compiled.get(text) ?? compile(text);
  compiled.set(text, known);
  return known;
}

/**
 * The same without regard to case, as actions are compared (reference_policies_elements_action).
 */
export function toActionPattern(text: string): Matcher {
  const matches = toPattern(text.toLowerCase());
  return (action) => matches(action.toLowerCase());
}

function compile(text: string): Matcher {
  const body = text.endsWith('*') ? text.slice(0, -1) : text;
  // Nearly every pattern is a text, or a text and a star: faster without an expression.
  if (!/[*?$]/.test(body)) {
    return body === text ? (value) => value === text : (value) => value.startsWith(body);
  }
  if (/\$\{[^*?$]/.test(text)) {
    return () => false;
  }
  const pieces = text
    .split(LITERAL)
    .map((piece, index) =>
      index % 2 === 1 ? escape(piece) : escape(piece).replace(/\\\*/g, '.*').replace(/\\\?/g, '.'),
    );
  const expression = new RegExp(`^${pieces.join('')}$`, 's');
  return (value) => expression.test(value);
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
