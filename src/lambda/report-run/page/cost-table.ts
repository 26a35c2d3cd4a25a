/** The tables of what a run cost, or would cost. */
import type { CostItem } from '../../pricing/cost';
import { formatBytes, formatCount, formatUsd } from '../../text/format';
import { html, type Html } from '../../text/html';

export function renderCostTable(items: readonly CostItem[], total?: number): Html {
  return html`<table>
<tbody>${items.map(renderItem)}</tbody>${total !== undefined && html`
<tfoot><tr><th scope="row">Estimate</th><td></td><td>${formatUsd(total)}</td></tr></tfoot>`}
</table>`;
}

/** An amount of bytes, such as `CloudWatch: bytes of logs`, is written as all others: 82 KiB. */
function renderItem({ what, count, usd }: CostItem): Html {
  const [name, amount] = what.includes(': bytes of ') ? [what.replace('bytes of ', ''), formatBytes(count)] : [what, formatCount(count)];
  return html`<tr><th scope="row">${name}</th><td class="number">${amount}</td><td>${formatUsd(usd)}</td></tr>`;
}
