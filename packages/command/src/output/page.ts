/** The report as one HTML file that needs no network and runs no scripts, as those of runs. */
import {
  CHOOSE,
  describeAmbiguity,
  describeCost,
  describeDays,
  describeDestination,
  describeFound,
  describeReading,
  describeSeen,
  formatPlace,
  NOT_COMPARED,
} from './lines';
import {
  keepDates,
  renderDocument,
  renderKeyRow,
  renderSection,
  renderTile,
} from '../../../../src/lambda/page/elements';
import {
  formatBytes,
  formatCount,
  formatObjects,
  formatUsd,
} from '../../../../src/lambda/text/format';
import { html, type Html, type HtmlValue } from '../../../../src/lambda/text/html';
import type { LookReport } from '../look/report';

export function renderPage(report: LookReport): string {
  const place = formatPlace(report.source);
  return renderDocument({
    title: `A look at ${place}`,
    archiver: place,
    badges: [
      report.pages.isComplete
        ? { text: 'All seen', style: '' }
        : { text: 'Seen in part', style: 'PROBLEMS' },
    ],
    heading: `${formatObjects(report.objects)} seen`,
    lead: renderLead(report),
    sections: [
      renderDates(report),
      renderUndated(report),
      renderShapes(report),
      renderCosts(report),
      renderSection('Destination', renderConflicts(report)),
      report.warnings.length > 0 && renderSection('Warnings', toList(report.warnings)),
      renderProps(report),
    ],
    footer: html`<footer>Made by listing, without reading or changing an object.</footer>`,
  });
}

function toList(lines: readonly HtmlValue[]): Html {
  return html`<ul>${lines.map((line) => html`<li>${line}</li>`)}</ul>`;
}

const text = (line: string) => keepDates(line);

function renderLead(report: LookReport): Html {
  return html`<p>${text(describeSeen(report))}</p>
<dl class="tiles">${[
    renderTile('Objects', formatCount(report.objects), formatBytes(report.bytes)),
    ...report.storageClasses.map(({ storageClass, objects, bytes }) =>
      renderTile(storageClass, formatCount(objects), formatBytes(bytes)),
    ),
    report.days && renderTile('Days', formatCount(report.days.days), text(describeDays(report))),
    report.costs && renderTile('The backlog, once', formatUsd(report.costs.backlog.total)),
  ].map((tile) => tile ?? undefined)}</dl>`;
}

function renderDates({ formats, ambiguous, objects }: LookReport): HtmlValue {
  const lines = [
    ...formats.map((found) => text(describeFound(found, objects))),
    ...ambiguous.map(
      (each) =>
        html`${text(describeAmbiguity(each, objects))}${toList(
          each.readings.map((reading) => text(describeReading(reading))),
        )}`,
    ),
  ];
  return lines.length > 0 && renderSection('Dates', toList(lines));
}

function renderUndated({ undated }: LookReport): HtmlValue {
  return (
    undated.length > 0 &&
    renderSection(
      'No date',
      toList(
        undated.map(
          ({ meaning, objects, examples }) =>
            html`${formatObjects(objects)}: ${text(meaning)}${examples.map((example) =>
              renderKeyRow(example, html``),
            )}`,
        ),
      ),
    )
  );
}

function renderShapes({ shapes, otherShapes, keys = [] }: LookReport): HtmlValue {
  return [
    renderSection(
      'Shapes of names',
      html`<p class="soft">9 is a digit, a letters, x a random word.</p>${toList([
        ...shapes.map(({ shape, objects }) => renderKeyRow(shape, html`${formatCount(objects)}`)),
        ...(otherShapes > 0 ? [html`${formatCount(otherShapes)} others`] : []),
      ])}`,
    ),
    keys.length > 0 &&
      renderSection('Keys, for example', toList(keys.map((key) => renderKeyRow(key, html``)))),
  ];
}

function renderCosts({ costs }: LookReport): HtmlValue {
  return (
    costs !== null &&
    renderSection(
      'Costs of what was seen',
      toList([
        html`A night as large as the biggest day: ${text(describeCost(costs.night))}`,
        html`The backlog, once: ${text(describeCost(costs.backlog))}`,
      ]),
    )
  );
}

function renderConflicts(report: LookReport): Html {
  return toList([
    text(describeDestination(report)),
    ...(report.conflicts.isCompared ? [] : [NOT_COMPARED]),
  ]);
}

function renderProps({ props }: LookReport): HtmlValue {
  return (
    props.length > 0 &&
    renderSection(
      'Props',
      html`${props.length > 1 && html`<p>${CHOOSE}</p>`}${props.map(
        ({ title, typescript, python }) =>
          html`${title !== undefined && html`<p>${text(title)}</p>`}<pre><code>${typescript}</code></pre><pre><code>${python}</code></pre>`,
      )}`,
    )
  );
}
