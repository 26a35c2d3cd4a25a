/** Colors, where they can be seen and are wanted. */
export interface Style {
  good(text: string): string;
  bad(text: string): string;
  strong(text: string): string;
  faint(text: string): string;
}

const code = (start: number, end: number) => (text: string) => `\x1b[${start}m${text}\x1b[${end}m`;
const plain = (text: string) => text;

const COLORED: Style = {
  good: code(32, 39),
  bad: code(31, 39),
  strong: code(1, 22),
  faint: code(2, 22),
};
export const PLAIN: Style = { good: plain, bad: plain, strong: plain, faint: plain };

/**
 * https://no-color.org, and FORCE_COLOR as Node.js reads it
 * (https://nodejs.org/api/cli.html#force_color1-2-3).
 */
export function styleFor(
  stream: Pick<NodeJS.WriteStream, 'isTTY'> & { hasColors?: () => boolean },
  env = process.env,
): Style {
  if (env.NO_COLOR) {
    return PLAIN;
  }
  if (env.FORCE_COLOR !== undefined) {
    return ['0', 'false'].includes(env.FORCE_COLOR) ? PLAIN : COLORED;
  }
  return stream.isTTY && (stream.hasColors?.() ?? true) ? COLORED : PLAIN;
}
