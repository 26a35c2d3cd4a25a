/** The shapes of the architecture picture. */

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export type Style = 'lambda' | 'flow' | 'bad' | 'store' | 'outside';

const FILLS: Record<Style, string> = {
  lambda: '#fdebd7',
  flow: '#f3e3f1',
  bad: '#f8d9d6',
  store: '#dff0dc',
  outside: '#e4ebf5',
};
const INK = '#1f2933';
const FAINT = '#52606d';
const LINE = '#7b8794';
const PAPER = '#ffffff';

/** The same colors on a dark page. Style rules precede the attributes of shapes. */
const ON_DARK: Record<string, string> = {
  [PAPER]: '#0d1117',
  [INK]: '#e6edf3',
  [FAINT]: '#a3adb8',
  [LINE]: '#6e7781',
  [FILLS.lambda]: '#4a3418',
  [FILLS.flow]: '#432c40',
  [FILLS.bad]: '#4d2622',
  [FILLS.store]: '#213d1f',
  [FILLS.outside]: '#22304a',
};
const DARK = Object.entries(ON_DARK)
  .map(([light, dark]) => `[fill="${light}"]{fill:${dark}}[stroke="${light}"]{stroke:${dark}}`)
  .join('');

export function node(
  { x, y, width, height }: Box,
  title: string,
  notes: readonly string[],
  style: Style,
): string {
  const top = y + height / 2 - (notes.length * 13) / 2;
  return [
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="8" fill="${FILLS[style]}" ` +
      `stroke="${LINE}"/>`,
    text(x + width / 2, top + 4, title, { bold: true }),
    ...notes.map((note, at) => text(x + width / 2, top + 20 + at * 13, note, { small: true })),
  ].join('\n');
}

export function frame({ x, y, width, height }: Box, title: string, note: string): string {
  return [
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="10" fill="none" ` +
      `stroke="${LINE}" stroke-dasharray="5 4"/>`,
    text(x + 12, y + 20, title, { bold: true, start: true }),
    text(x + 12, y + 35, note, { small: true, start: true }),
  ].join('\n');
}

export type Point = readonly [x: number, y: number];

/** The text of an arrow. */
export interface Label {
  readonly at: Point;
  readonly text: string;
  /** The text starts at the point instead of being centered on it. */
  readonly start?: boolean;
}

/** Draws a line with an arrowhead at its end. */
export function arrow(points: readonly Point[], label?: Label, dashed = false): string {
  const path = points.map(([x, y], at) => `${at === 0 ? 'M' : 'L'}${x} ${y}`).join(' ');
  const stroke = `stroke="${FAINT}" stroke-width="1.4"${dashed ? ' stroke-dasharray="4 3"' : ''}`;
  const line = `<path d="${path}" fill="none" ${stroke} marker-end="url(#head)"/>`;
  return label
    ? `${line}\n${text(label.at[0], label.at[1], label.text, { small: true, start: label.start })}`
    : line;
}

export function picture(
  width: number,
  height: number,
  description: string,
  parts: readonly string[],
): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" ` +
      `height="${height}" role="img"` +
      ' font-family="-apple-system, Segoe UI, DejaVu Sans, Helvetica, Arial, sans-serif">',
    `<title>${escape(description)}</title>`,
    '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" ' +
      'markerHeight="7" orient="auto">' +
      `<path d="M0 0L8 4L0 8z" fill="${FAINT}"/></marker></defs>`,
    // With a background, because a reader may have a dark page and a browser that prefers light
    // ones.
    `<style>@media (prefers-color-scheme: dark) {${DARK}}</style>`,
    `<rect width="${width}" height="${height}" rx="12" fill="${PAPER}"/>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}

interface TextStyle {
  readonly bold?: boolean;
  readonly small?: boolean;
  readonly start?: boolean;
}

function text(
  x: number,
  y: number,
  content: string,
  { bold = false, small = false, start = false }: TextStyle,
): string {
  const anchor = start ? '' : ' text-anchor="middle"';
  const weight = bold ? ' font-weight="600"' : '';
  return (
    `<text x="${x}" y="${y}" font-size="${small ? 11 : 13}" ` +
    `fill="${small ? FAINT : INK}"${weight}${anchor}>${escape(content)}</text>`
  );
}

function escape(content: string): string {
  return content
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;');
}
