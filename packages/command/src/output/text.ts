/** The report for a terminal. Keys are written by strangers: each line is escaped as a whole. */
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
import { escapeUnprintable } from '../../../../src/lambda/text/escape';
import {
  alignLeft,
  formatBytes,
  formatCount,
  formatObjects,
} from '../../../../src/lambda/text/format';
import type { LookReport } from '../look/report';

export function renderText(report: LookReport): string {
  const sections = [
    describeSource(report),
    listDates(report),
    listUndated(report),
    listShapes(report),
    listCosts(report),
    listConflicts(report),
    section('Warnings', report.warnings.map(indent)),
    listProps(report),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map(escapeUnprintable).join('\n'))
    .join('\n\n');
}

const indent = (line: string) => `  ${line}`;

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [title, ...lines];
}

function describeSource(report: LookReport): string[] {
  const { folderMarkers, storageClasses } = report;
  const markers =
    folderMarkers === 0 ? '' : `, and ${formatCount(folderMarkers)} folder markers, which stay`;
  return [
    formatPlace(report.source),
    ...alignLeft(
      [
        ['seen', describeSeen(report)],
        ['objects', `${formatCount(report.objects)} (${formatBytes(report.bytes)})${markers}`],
        [
          'classes',
          storageClasses
            .map(
              ({ storageClass, objects, bytes }) =>
                `${storageClass} ${formatCount(objects)} (${formatBytes(bytes)})`,
            )
            .join(', '),
        ],
        ['days', describeDays(report)],
      ],
      3,
    ),
  ];
}

function listDates({ formats, ambiguous, objects }: LookReport): string[] {
  return section('Dates', [
    ...formats.map((found) => indent(describeFound(found, objects))),
    ...ambiguous.flatMap((each) => [
      indent(describeAmbiguity(each, objects)),
      ...each.readings.map((reading) => `    ${describeReading(reading)}`),
    ]),
  ]);
}

function listUndated({ undated }: LookReport): string[] {
  return section(
    'No date',
    undated.flatMap(({ meaning, objects, examples }) => [
      indent(`${formatObjects(objects)}: ${meaning}`),
      ...examples.map((example) => `    ${example}`),
    ]),
  );
}

function listShapes({ shapes, otherShapes, keys = [] }: LookReport): string[] {
  const rows = shapes.map(({ shape, objects }) => [formatCount(objects), shape] as const);
  const others = otherShapes > 0 ? [[formatCount(otherShapes), 'others'] as const] : [];
  return [
    ...section('Shapes of names (9 a digit, a letters, x a random word)', [
      ...alignLeft([...rows, ...others], 2).map(indent),
    ]),
    ...section('Keys, for example', keys.map(indent)),
  ];
}

function listCosts({ costs }: LookReport): string[] {
  return costs === null
    ? []
    : section('Costs of what was seen', [
        indent(`a night as large as the biggest day  ${describeCost(costs.night)}`),
        indent(`the backlog, once                    ${describeCost(costs.backlog)}`),
      ]);
}

function listConflicts(report: LookReport): string[] {
  return section('Destination', [
    indent(describeDestination(report)),
    ...(report.conflicts.isCompared ? [] : [indent(NOT_COMPARED)]),
  ]);
}

function listProps({ props }: LookReport): string[] {
  if (props.length === 0) {
    return section('Props', [
      indent('No date was found, so there are none. DateSource.lastModified() needs no date.'),
    ]);
  }
  return section(props.length > 1 ? `Props. ${CHOOSE}` : 'Props', [
    ...props.flatMap(({ title, typescript, python }) => [
      ...(title === undefined ? [] : ['', indent(title)]),
      '',
      ...typescript.split('\n').map(indent),
      '',
      ...python.split('\n').map(indent),
    ]),
  ]);
}
