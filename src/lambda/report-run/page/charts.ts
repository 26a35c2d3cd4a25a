/** The page's pictures, as SVG in the page. Their labels are outside, where they keep their size on a phone. */
import type { Counts } from '../../../contract/payloads';
import type { SizeClass } from '../../ledger/size-histogram';
import { formatBytes, formatCount, formatObjects, formatSeconds } from '../../text/format';
import { html, type Html } from '../../text/html';
import type { Report } from '../report/report';

const STATUSES = ['archived', 'skipped', 'conflicting', 'failed'] as const;
/** Percent of the width: one failed object among a million must be seen. */
const MIN_SHARE = 0.75;
/** A run that goes on long after its last object would squeeze them all together. */
const MAX_SLOTS = 240;

/** Listed objects by what became of them. */
export function sharesBar(counts: Counts): Html {
  const present = STATUSES.filter((status) => counts[status] > 0);
  const shares = present.map((status) => Math.max(MIN_SHARE, (100 * counts[status]) / counts.listed));
  const whole = shares.reduce((sum, share) => sum + share, 0);
  let x = 0;
  const parts = present.map((status, index) => {
    const width = (100 * shares[index]) / whole;
    const part = html`<rect class="${status}" x="${percent(x)}" width="${percent(width)}" height="100%"><title>${formatCount(counts[status])} ${status}</title></rect>`;
    x += width;
    return part;
  });
  const label = present.map((status) => `${formatCount(counts[status])} ${status}`).join(', ') || 'no objects';
  return html`<svg class="share" role="img" aria-label="${label}">${parts}</svg>`;
}

/** Objects per second, as they came to their end. */
export function throughputPlot({ throughput, seconds }: Report): Html {
  const { secondsPerBucket, archived, notArchived } = throughput;
  const slots = Math.max(archived.length, Math.min(MAX_SLOTS, Math.ceil(seconds / secondsPerBucket)));
  const peak = Math.max(...archived.map((count, index) => count + notArchived[index]));
  const bars = archived.map((count, index) => {
    const rest = notArchived[index];
    if (count + rest === 0) { return undefined; }
    const title = `${formatSeconds(index * secondsPerBucket)} to ${formatSeconds((index + 1) * secondsPerBucket)}: ${formatCount(count)} archived`
      + (rest > 0 ? `, ${formatCount(rest)} not` : '');
    const heights = [(100 * count) / peak, (100 * rest) / peak];
    return html`<g><title>${title}</title>
<rect class="archived" x="${index}" y="${fixed(100 - heights[0])}" width=".9" height="${fixed(heights[0])}"/>
${rest > 0 && html`<rect class="failed" x="${index}" y="${fixed(100 - heights[0] - heights[1])}" width=".9" height="${fixed(heights[1])}"/>`}</g>`;
  });
  const total = archived.reduce((sum, count) => sum + count, 0);
  const perSecond = (count: number, over: number) => `${formatCount(Math.round(count / Math.max(over, 0.001)))} a second`;
  return html`<p class="soft">Objects by the second in which they were copied. At most ${perSecond(peak, secondsPerBucket)}; \
over the whole run ${perSecond(total, seconds)} archived.</p>
<div class="plot"><svg viewBox="0 0 ${slots} 100" preserveAspectRatio="none" role="img" aria-label="Throughput over ${formatSeconds(seconds)}">${bars}</svg>
<div class="axis"><span>0 s</span><span>${formatSeconds((slots * secondsPerBucket) / 2)}</span><span>${formatSeconds(slots * secondsPerBucket)}</span></div></div>`;
}

/** A bar for each class of sizes, from the first to the last that has objects. */
export function sizeBars(sizes: readonly SizeClass[]): Html {
  const first = sizes.findIndex(({ count }) => count > 0);
  const last = sizes.reduce((found, { count }, index) => (count > 0 ? index : found), first);
  const most = Math.max(...sizes.map(({ count }) => count));
  const rows = sizes.slice(first, last + 1).map(({ below, count, bytes }, index) => {
    const from = sizes[first + index - 1]?.below ?? 0;
    const label = below === null ? `${formatBytes(from)} and more` : from === 0 ? `below ${formatBytes(below)}` : `to ${formatBytes(below)}`;
    return html`<tr><th scope="row">${label}</th><td class="bar"><svg aria-hidden="true"><rect class="archived" \
width="${percent(count === 0 ? 0 : Math.max(1, (100 * count) / most))}" height="100%" rx="2"/></svg></td>\
<td title="${formatObjects(count)}, ${formatBytes(bytes)}">${formatCount(count)}</td></tr>`;
  });
  return html`<table><tbody>${rows}</tbody></table>`;
}

const fixed = (value: number) => String(Number(value.toFixed(3)));
const percent = (value: number) => `${fixed(value)}%`;
