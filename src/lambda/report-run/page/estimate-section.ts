/** The page's sections about the estimate of the real run, and about a listing that grows. */
import { renderCostTable } from './cost-table';
import { keepDates } from '../../page/dates';
import { renderKeyRow, renderTile } from '../../page/elements';
import { formatBytes, formatCount, formatObjects, formatSeconds, formatUsd } from '../../text/format';
import { html, type Html } from '../../text/html';
import { describeListingGrowth, describeStorageClassCosts, describeUnknown } from '../estimate/estimate-wording';
import type { Report } from '../report/report';

export function renderEstimate({ estimate }: Report): Html | false {
  if (!estimate) { return false; }
  const { objects, bytes, minutes, requests, usd, prices, largest } = estimate;
  const charges = [...describeStorageClassCosts(estimate), ...describeUnknown(estimate)];
  return html`<section>
<h2>The real run</h2>
<dl class="tiles">
${renderTile('Objects', formatCount(objects), formatBytes(bytes))}
${renderTile('Cost', formatUsd(usd.total), keepDates(`${prices.region}, ${prices.asOf}`))}
${renderTile('Duration', formatSeconds(minutes * 60))}
${renderTile('Requests to S3', formatCount(requests.total))}
</dl>
${charges.length > 0 && html`<ul class="spaced">${charges.map((sentence) => html`<li>${sentence}</li>`)}</ul>`}
${renderCostTable(usd.items)}
${largest.length > 0 && html`<details class="more"><summary>The largest ${largest.length === 1 ? 'object' : formatObjects(largest.length)}</summary><ul>${largest.map(({ key, size }) => html`
<li>${renderKeyRow(key, html`${formatBytes(size)}`)}</li>`)}</ul></details>`}
</section>
`;
}

export function renderGrowth({ growth }: Report): Html | false {
  return growth !== undefined && html`<section>\n<h2>Cost of the listing</h2>\n<p>${describeListingGrowth(growth)}</p>\n</section>\n`;
}
