/**
 * The charts of the page, as inline SVG. Their labels are outside of the SVG so that they keep
 * their size on a phone.
 */
import type { Report } from './report';
import { describeStatus, type ReportView } from './report-view';
import { getText } from '../../alerts/action-text';
import type { SizeClass } from '../../ledger/size-histogram';
import { formatBytes, formatCount, formatObjects, formatSeconds } from '../../text/format';
import { html, type Html } from '../../text/html';

/** In percent of the width: one failed object among a million must be visible. */
const MIN_SHARE = 0.75;
/**
 * Limits the width of the plot: a run that continues long after its last object would squeeze all
 * bars together.
 */
const MAX_SLOTS = 240;
/** More ticks of the y-axis would touch each other on a phone. */
const MAX_STEPS = 4;

export function renderShares({ counts, listed }: ReportView): Html {
  const present = counts.filter(({ count }) => count > 0);
  const shares = present.map(({ count }) => Math.max(MIN_SHARE, (100 * count) / listed.count));
  const whole = shares.reduce((sum, share) => sum + share, 0);
  let x = 0;
  const parts = present.map(({ style, count, counted }, index) => {
    const width = (100 * shares[index]) / whole;
    const part = html`<rect class="${style}" x="${formatPercent(x)}" width="${formatPercent(width)}" height="100%"><title>${formatCount(count)} ${counted}</title></rect>`;
    x += width;
    return part;
  });
  const label =
    present.map(({ count, counted }) => `${formatCount(count)} ${counted}`).join(', ') ||
    'no objects';
  return html`<svg class="share" role="img" aria-label="${label}">${parts}</svg>`;
}

export function renderThroughput(
  { throughput, seconds, run: { dryRun }, counts: { failed } }: Report,
  view: ReportView,
): Html {
  // The plot does not tell the two apart. Conflicts alone are no failure, as in the counts.
  const status = failed > 0 ? 'failed' : 'conflicting';
  const { secondsPerBucket, archived, notArchived } = throughput;
  // The run plans and lists before its first copy.
  const first = Math.max(
    0,
    archived.findIndex((count, index) => count + notArchived[index] > 0),
  );
  const { done } = getText(view);
  const slots =
    Math.max(archived.length, Math.min(MAX_SLOTS, Math.ceil(seconds / secondsPerBucket))) - first;
  const peak =
    Math.max(...archived.map((count, index) => count + notArchived[index])) / secondsPerBucket;
  const ticks = getTicks(peak);
  const toHeight = (rate: number) => (100 * rate) / ticks[ticks.length - 1];
  const lines = ticks
    .slice(1)
    .map(
      (tick) =>
        html`<line class="grid" x1="0" x2="${slots}" y1="${formatNumber(100 - toHeight(tick))}" y2="${formatNumber(100 - toHeight(tick))}"/>`,
    );
  const bars = archived.map((count, index) => {
    const rest = notArchived[index];
    if (count + rest === 0) {
      return undefined;
    }
    const title =
      `${formatSeconds(index * secondsPerBucket)} to ` +
      `${formatSeconds((index + 1) * secondsPerBucket)}: ${formatCount(count)} ` +
      `${describeStatus(view, 'archived')}` +
      (rest > 0 ? `, ${formatCount(rest)} ${dryRun ? `would not be ${done}` : `not ${done}`}` : '');
    const heights = [toHeight(count / secondsPerBucket), toHeight(rest / secondsPerBucket)];
    return html`<g><title>${title}</title>
<rect class="archived" x="${index - first}" y="${formatNumber(100 - heights[0])}" width=".9" height="${formatNumber(heights[0])}"/>
${rest > 0 && html`<rect class="${status}" x="${index - first}" y="${formatNumber(100 - heights[0] - heights[1])}" width=".9" height="${formatNumber(heights[1])}"/>`}</g>`;
  });
  // A dry run checks all objects and archives none.
  const total = archived.reduce(
    (sum, count, index) => sum + count + (dryRun ? notArchived[index] : 0),
    0,
  );
  return html`<p class="soft">Objects per second, by the time of their ${dryRun ? 'check' : 'copy'}. The peak was ${formatRate(peak)} per second. \
The whole run ${dryRun ? 'checked' : done} ${formatRate(total / Math.max(seconds, 0.001))} per second.</p>
<div class="plot"><div class="ticks" aria-hidden="true">${[...ticks].reverse().map((tick) => html`<span>${Number.isInteger(tick) ? formatCount(tick) : tick}</span>`)}</div>
<svg viewBox="0 0 ${slots} 100" preserveAspectRatio="none" role="img" aria-label="Throughput over ${formatSeconds(seconds)}, from 0 to ${formatRate(peak)} objects per second">${lines}${bars}</svg>
<div class="axis">${[0, 0.5, 1].map((part) => html`<span>${formatSeconds((first + slots * part) * secondsPerBucket)}</span>`)}</div></div>`;
}

/**
 * Returns ticks from 0 to at least `max`, at equal distances of 1, 2 or 5 times a power of ten.
 * `max` is above 0.
 */
export function getTicks(max: number): number[] {
  const power = Math.floor(Math.log10(max / MAX_STEPS));
  // A divisor, because 10 ** -1 is not a tenth exactly: 3 * 0.1 is 0.30000000000000004, and 3 / 10
  // is 0.3.
  const scale = (value: number) => (power < 0 ? value / 10 ** -power : value * 10 ** power);
  const step = [1, 2, 5, 10].find((each) => scale(each) * MAX_STEPS >= max)!;
  const steps = Math.ceil(max / scale(step));
  return Array.from({ length: steps + 1 }, (_, index) => scale(step * index));
}

function formatRate(rate: number): string {
  return rate < 10 ? String(Number(rate.toPrecision(2))) : formatCount(Math.round(rate));
}

export function renderSizes(sizes: readonly SizeClass[]): Html {
  const first = sizes.findIndex(({ count }) => count > 0);
  const last = sizes.reduce((found, { count }, index) => (count > 0 ? index : found), first);
  const max = Math.max(...sizes.map(({ count }) => count));
  const rows = sizes.slice(first, last + 1).map(({ below, count, bytes }, index) => {
    const from = sizes[first + index - 1]?.below ?? 0;
    const label =
      below === null
        ? `${formatBytes(from)} and more`
        : from === 0
          ? `below ${formatBytes(below)}`
          : `to ${formatBytes(below)}`;
    return html`<tr><th scope="row">${label}</th><td class="bar"><svg aria-hidden="true"><rect class="archived" \
width="${formatPercent(count === 0 ? 0 : Math.max(1, (100 * count) / max))}" height="100%" rx="2"/></svg></td>\
<td title="${formatObjects(count)}, ${formatBytes(bytes)}">${formatCount(count)}</td></tr>`;
  });
  return html`<table><tbody>${rows}</tbody></table>`;
}

function formatNumber(value: number): string {
  return String(Number(value.toFixed(3)));
}

function formatPercent(value: number): string {
  return `${formatNumber(value)}%`;
}
