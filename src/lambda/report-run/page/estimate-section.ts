/** The page's sections on what the real run would take, and on a listing that grows. */
import { formatBytes, formatCount, formatKey, formatObjects, formatSeconds, formatUsd } from '../../text/format';
import { html, type Html } from '../../text/html';
import { describeListingGrowth, describeStorageClassCosts } from '../estimate/estimate-wording';
import type { Report } from '../report/report';

const KEY_SHOWN = 160;

export function estimateSection({ estimate }: Report): Html | false {
  if (!estimate) { return false; }
  const { objects, bytes, minutes, requests, usd, prices, largest } = estimate;
  const surprises = describeStorageClassCosts(estimate);
  const tile = (name: string, value: string, note?: string) => html`<div><dt>${name}</dt><dd>${value}${note && html`<small>${note}</small>`}</dd></div>`;
  return html`<section>
<h2>The real run</h2>
<dl class="tiles">
${tile('Objects', formatCount(objects), formatBytes(bytes))}
${tile('Cost', formatUsd(usd.total), `${prices.region}, ${prices.asOf}`)}
${tile('Duration', formatSeconds(minutes * 60))}
${tile('Requests to S3', formatCount(requests.total))}
</dl>
${surprises.length > 0 && html`<ul class="spaced">${surprises.map((sentence) => html`<li>${sentence}</li>`)}</ul>`}
<table>
<tbody>${usd.items.map((item) => html`<tr><th scope="row">${item.what}</th><td class="number">${formatCount(item.count)}</td><td>${formatUsd(item.usd)}</td></tr>`)}</tbody>
</table>
${largest.length > 0 && html`<details class="more"><summary>The largest ${formatObjects(largest.length)}</summary><ul>${largest.map(({ key, size }) => html`
<li class="row"><code>${formatKey(key, KEY_SHOWN)}</code><span>${formatBytes(size)}</span></li>`)}</ul></details>`}
</section>
`;
}

export function growthSection({ growth }: Report): Html | false {
  return growth !== undefined && html`<section>\n<h2>What else is listed</h2>\n<p>${describeListingGrowth(growth)}</p>\n</section>\n`;
}
