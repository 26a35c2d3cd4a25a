/** Draws bars of objects per second, one panel for each latency. */
import { type Line, whole } from './figures';
import type { Measurement } from './write-docs';

const WIDTH = 840;
const NAMES = 225;
const BARS = 480;
const ROW = 26;
const TITLE = 44;

/**
 * The colors follow the reader's scheme. For an SVG in an `<img>`, this is the scheme of the
 * system.
 */
const STYLE = `text{font:13px -apple-system,"Segoe UI","DejaVu Sans",Helvetica,Arial,sans-serif;fill:#1f2933}
.back{fill:#ffffff}.title{font-weight:600}.note{font-size:11px;fill:#52606d}
.ours{fill:#b4560f}.peer{fill:#7b8794}.floor{fill:none;stroke:#7b8794;stroke-dasharray:4 3}.spread{stroke:#1f2933;stroke-width:1.2}
@media (prefers-color-scheme:dark){text{fill:#e4e7eb}.back{fill:#161b22}.note{fill:#9aa5b1}
.ours{fill:#f0a060}.peer{fill:#7b8794}.floor{stroke:#9aa5b1}.spread{stroke:#e4e7eb}}`;

export function drawChart(measurements: readonly Measurement[]): string {
  let y = 10;
  const panels = measurements.map((measurement) => {
    const drawn = panel(measurement, y);
    y += TITLE + measurement.lines.length * ROW;
    return drawn;
  });
  const height = y + 30;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" ` +
      `height="${height}" role="img">`,
    `<title>Objects moved per second, by tool</title>\n<style>${STYLE}</style>`,
    `<rect class="back" width="${WIDTH}" height="${height}" rx="12"/>`,
    ...panels,
    text(
      20,
      height - 14,
      'Median; the lines show the slowest and the fastest round. Dashed: floors, which check ' +
        'nothing. *: something is wrong in the result.',
      'note',
    ),
    '</svg>',
    '',
  ].join('\n');
}

function panel({ latencyMs, lines }: Measurement, top: number): string {
  const scale = BARS / Math.max(...lines.map(({ most }) => most));
  const title =
    latencyMs === 0
      ? 'Objects per second, on a server without latency'
      : `With ${latencyMs} ms of latency for each request`;
  const sorted = [...lines].sort((a, b) => b.objectsPerSecond - a.objectsPerSecond);
  return [
    text(20, top + 24, title, 'title'),
    ...sorted.map((line, at) => bar(line, top + TITLE + at * ROW, scale)),
  ].join('\n');
}

function bar(
  { contender, kind, objectsPerSecond, least, most, wrong }: Line,
  y: number,
  scale: number,
): string {
  const end = NAMES + objectsPerSecond * scale;
  const [from, to] = [NAMES + least * scale, NAMES + most * scale];
  return [
    text(20, y + 14, `${contender}${Object.keys(wrong).length > 0 ? ' *' : ''}`),
    `<rect class="${kind}" x="${NAMES}" y="${y + 1}" width="${(end - NAMES).toFixed(1)}" ` +
      `height="${ROW - 8}" rx="2"/>`,
    `<line class="spread" x1="${from.toFixed(1)}" x2="${to.toFixed(1)}" y1="${y + 10}" ` +
      `y2="${y + 10}"/>`,
    text(Math.max(end, to) + 8, y + 14, whole(objectsPerSecond)),
  ].join('\n');
}

function text(x: number, y: number, content: string, style?: string): string {
  const escaped = content.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
  return `<text${style ? ` class="${style}"` : ''} x="${x.toFixed(1)}" y="${y}">${escaped}</text>`;
}
