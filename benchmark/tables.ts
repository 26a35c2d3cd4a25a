import type { DistributionLine } from './compare-distributions';
import { refusalsPerGranted, type ThrottledLine } from './compare-throttled';
import { fastest, type Line, ratio, whole } from './figures';

/** Formats the comparison as a Markdown table. */
export function toTable(lines: readonly Line[], absent: readonly string[]): string {
  const ours = lines.find(({ kind }) => kind === 'ours');
  const rows = [...lines]
    .sort((a, b) => b.objectsPerSecond - a.objectsPerSecond)
    .map((line) => [
      line.kind === 'ours' ? `**${line.contender}**` : line.contender,
      `${whole(line.objectsPerSecond)} (${whole(line.least)}-${whole(line.most)})`,
      ours && ours !== line ? (line.objectsPerSecond / ours.objectsPerSecond).toFixed(2) : '1',
      `${line.requestsPerObject.toFixed(3)}: ${describeRequests(line)}`,
      line.cpuSeconds.toFixed(2),
      line.serverCpuSeconds === undefined
        ? '-'
        : `${line.serverCpuSeconds.toFixed(2)} (${Math.round(line.serverBusy! * 100)} %)`,
      line.peakMiB === undefined ? '-' : whole(line.peakMiB),
      line.start === 0 ? '-' : line.start.toFixed(2),
      describeWrong(line),
    ]);
  const head = [
    '',
    'objects/s',
    'to ours',
    'requests per object',
    'CPU s per 1,000',
    'server CPU s per 1,000',
    'peak MiB',
    'start s',
    'wrong in the result',
  ];
  return [
    row(head),
    row(['---', '--:', '--:', '---', '--:', '--:', '--:', '--:', '---']),
    ...rows.map(row),
    ...(absent.length > 0 ? ['', `Not installed: ${absent.join(', ')}.`] : []),
  ].join('\n');
}

/** The ratios that the project's performance goals refer to. */
export function toRatios(lines: readonly Line[]): string[] {
  const floors = lines.filter(({ kind }) => kind === 'floor');
  const others = [fastest(lines, 'peer'), ...floors].filter((line) => line !== undefined);
  return lines
    .filter(({ kind }) => kind === 'ours')
    .flatMap((line) =>
      others.map(
        (other) => `${line.contender}: ${ratio(line, other)!.toFixed(2)} times ${other.contender}`,
      ),
    );
}

export function describeWrong({
  wrong,
  exit,
  said,
}: Pick<Line, 'wrong' | 'exit' | 'said'>): string {
  const found = Object.entries(wrong).map(([what, count]) => `${what}: ${whole(count)}`);
  if (exit !== 0) {
    found.push(
      'exit status ' +
        `${exit}${said ? ` (${said.split('\n')[0].slice(0, 120).replaceAll('|', '/')})` : ''}`,
    );
  }
  return found.length > 0 ? found.join('; ') : 'nothing';
}

/**
 * Lists the operations that each object needs. Operations that many objects share are only part of
 * the sum.
 */
function describeRequests({ requests, objects }: Line): string {
  return Object.entries(requests)
    .filter(([, count]) => count > objects / 20)
    .sort(([, a], [, b]) => b - a)
    .map(([operation, count]) => `${(count / objects).toFixed(2)} ${operation}`)
    .join(', ');
}

/** Formats the results of `--throttled` as a Markdown table. */
export function toThrottledTable(lines: readonly ThrottledLine[]): string {
  return [
    row([
      '',
      'rate',
      'used',
      'refused per granted',
      'of the copies',
      'of the deletes',
      'seconds',
      'wrong in the result',
    ]),
    row(['---', '---', '--:', '--:', '--:', '--:', '--:', '---']),
    ...lines.map((line) =>
      row([
        line.kind === 'ours' ? `**${line.contender}**` : line.contender,
        line.rate,
        `${(line.used * 100).toFixed(1)} %`,
        ...[[line.copies, line.deletes], [line.copies], [line.deletes]].map((writes) =>
          refusalsPerGranted(...writes).toFixed(3),
        ),
        line.seconds.toFixed(1),
        describeWrong(line),
      ]),
    ),
  ].join('\n');
}

/** Formats the results of `--distributions` as a Markdown table. */
export function toDistributionTable(lines: readonly DistributionLine[]): string {
  return [
    row([
      'least/median/99th percentile',
      'lists',
      'archive',
      'allowed',
      'objects/s',
      'used',
      'seconds',
      'CPU s',
      'peak MiB',
      'wrong in the result',
    ]),
    row(['---', '---', '---', '--:', '--:', '--:', '--:', '--:', '--:', '---']),
    ...lines.map((line) =>
      row([
        line.latency,
        line.listing,
        line.isOtherBucket ? 'another bucket' : 'the same bucket',
        line.allowed === undefined ? 'no limit' : whole(line.allowed),
        whole(line.objectsPerSecond),
        line.allowed === undefined
          ? '-'
          : `${((line.objectsPerSecond / line.allowed) * 100).toFixed(1)} %`,
        line.seconds.toFixed(1),
        line.cpuSeconds.toFixed(1),
        line.peakMiB === undefined ? '-' : whole(line.peakMiB),
        describeWrong(line),
      ]),
    ),
  ].join('\n');
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
