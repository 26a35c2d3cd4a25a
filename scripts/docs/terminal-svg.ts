/** A recording of a terminal as an SVG: lines appear when they were printed, and stay. */

export interface RecordedLine {
  /** Since the start. */
  readonly milliseconds: number;
  /** With the escape sequences of colors. */
  readonly text: string;
}

const COLUMNS = 80;
const CHARACTER = 8.4;
const LINE = 19;
const MARGIN = 18;
const BAR = 30;
/** Milliseconds. A viewer does not want to see longer waits. */
const LONGEST_PAUSE = 1_200;

/**
 * Classes of the escape sequences that the commands of this repository use
 * (packages/sandbox/src/cli/style.ts).
 */
const CLASSES: Readonly<Record<string, string>> = {
  1: 'strong',
  2: 'faint',
  31: 'bad',
  32: 'good',
};

/** Colors of GitHub's two themes, with a contrast of at least 4.5 to their backgrounds. */
const STYLE = `
  .back { fill: #f6f8fa; stroke: #d1d9e0 } .bar { fill: #d1d9e0 } text { fill: #1f2328; font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; white-space: pre }
  .strong { font-weight: 700 } .faint { fill: #59636e } .good { fill: #1a7f37 } .bad { fill: #d1242f }
  .line { animation: appear 1ms linear both } @keyframes appear { from { opacity: 0 } to { opacity: 1 } }
  @media (prefers-color-scheme: dark) {
    .back { fill: #0d1117; stroke: #3d444d } .bar { fill: #3d444d } text { fill: #f0f6fc } .faint { fill: #9198a1 } .good { fill: #3fb950 } .bad { fill: #f85149 }
  }
  @media (prefers-reduced-motion: reduce) { .line { animation: none } }
`.trim();

export function renderTerminal(
  command: string,
  lines: readonly RecordedLine[],
  description: string,
): string {
  const all = [{ milliseconds: 0, text: `\x1b[2m$\x1b[22m \x1b[1m${command}\x1b[22m` }, ...lines];
  const delays = shortenPauses(all.map(({ milliseconds }) => milliseconds));
  const width = Math.ceil(COLUMNS * CHARACTER) + 2 * MARGIN;
  const height = BAR + all.length * LINE + MARGIN;
  const rows = all
    .map(({ text }, at) =>
      text === ''
        ? ''
        : `<text class="line" style="animation-delay:${(delays[at] / 1_000).toFixed(2)}s" ` +
          `x="${MARGIN}" y="${BAR + (at + 1) * LINE}">` +
          `${toSpans(text)}</text>`,
    )
    .filter(Boolean);
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" ` +
      `height="${height}" role="img">`,
    `<title>${escapeXml(description)}</title>`,
    `<style>${STYLE}</style>`,
    `<rect class="back" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"/>`,
    ...[0, 1, 2].map(
      (n) => `<circle class="bar" cx="${MARGIN + 4 + n * 18}" cy="${BAR / 2 + 2}" r="5"/>`,
    ),
    ...rows,
    '</svg>',
  ].join('\n')}\n`;
}

function shortenPauses(times: readonly number[]): number[] {
  let [now, before] = [0, 0];
  return times.map((time) => {
    now += Math.min(LONGEST_PAUSE, time - before);
    before = time;
    return now;
  });
}

/**
 * Each run of characters with one look is a span. Spaces at the start of a span would be lost
 * without their place.
 */
function toSpans(text: string): string {
  const looks = new Set<string>();
  let column = 0;
  const spans: string[] = [];
  // eslint-disable-next-line no-control-regex
  for (const part of text.split(/(\x1b\[\d+m)/)) {
    // eslint-disable-next-line no-control-regex
    const [, code] = /^\x1b\[(\d+)m$/.exec(part) ?? [];
    if (code !== undefined) {
      applyCode(looks, code);
      continue;
    }
    const shown = part.trimStart();
    const start = column + part.length - shown.length;
    column += part.length;
    if (shown === '') {
      continue;
    }
    const look = looks.size > 0 ? ` class="${[...looks].join(' ')}"` : '';
    spans.push(
      `<tspan${look} x="${(MARGIN + start * CHARACTER).toFixed(1)}" ` +
        `textLength="${(shown.trimEnd().length * CHARACTER).toFixed(1)}">${escapeXml(shown.trimEnd())}</tspan>`,
    );
  }
  return spans.join('');
}

function applyCode(looks: Set<string>, code: string): void {
  if (CLASSES[code]) {
    looks.add(CLASSES[code]);
  } else if (code === '39') {
    looks.delete('good');
    looks.delete('bad');
  } else if (code === '22') {
    looks.delete('strong');
    looks.delete('faint');
  } else {
    throw new Error(`the recording has the escape sequence ${code}, for which there is no class`);
  }
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
