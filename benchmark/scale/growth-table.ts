import { whole } from '../figures';
import { getFloorUsd } from './cost-model';
import type { GrowthResult } from './measure-growth';

export function toGrowthTable(results: readonly GrowthResult[]): string {
  const sorted = [...results].sort(
    (a, b) => getSeries(a).localeCompare(getSeries(b)) || a.objects - b.objects,
  );
  const rows = sorted.map((result) => {
    const {
      objects,
      every,
      rate,
      isSelective,
      keyBytes,
      selected,
      seconds,
      memory,
      estimate: { usd },
      requests,
    } = result;
    const all = Object.values(requests).reduce((sum, count) => sum + count, 0);
    return [
      whole(objects),
      every === 1 ? 'all' : `1 of ${every}`,
      isSelective ? 'a function' : 'the map',
      rate ? whole(rate) : 'default',
      keyBytes ? String(keyBytes) : '-',
      whole(seconds),
      whole(selected / seconds),
      (all / selected).toFixed(4),
      `${((usd / selected) * 1e6).toFixed(3)} ` +
        `(${(usd / getFloorUsd({ listed: objects, archived: selected })).toFixed(3)})`,
      Object.entries(memory)
        .map(([name, mib]) => `${name} ${whole(mib)}`)
        .join(', '),
    ];
  });
  const head = [
    'objects',
    'of the day',
    'lists',
    'objects/s at most',
    'key bytes',
    'seconds',
    'objects/s',
    'requests per archived object',
    'dollars per million (to the floor)',
    'peak MiB',
  ];
  return (
    [head, ['--:', '---', '---', '--:', '--:', '--:', '--:', '--:', '--:', '---'], ...rows]
      .map((cells) => `| ${cells.join(' | ')} |`)
      .join('\n') +
    fits(sorted)
      .map((fit) => `\n\n${fit}`)
      .join('')
  );
}

/** A least-squares fit for each series of three sizes or more. */
function fits(results: readonly GrowthResult[]): string[] {
  const series = [...new Set(results.map(getSeries))].map((name) =>
    results.filter((result) => getSeries(result) === name),
  );
  return series
    .filter((points) => points.length >= 3)
    .map((points) => {
      const { slope, intercept, r2 } = fitLine(
        points.map(({ objects, seconds }) => [objects, seconds]),
      );
      const { every, rate, isSelective } = points[0];
      return (
        `${every === 1 ? 'All' : `1 of ${every}`} archived` +
        `${isSelective ? ', a function lists' : ''}` +
        `${rate ? `, ${whole(rate)} objects/s at most` : ''}: ` +
        `${intercept.toFixed(1)} s and ` +
        `${(slope * 1e6).toFixed(0)} s for each million listed objects, R² ${r2.toFixed(5)}.`
      );
    });
}

function getSeries({ every, rate, keyBytes, isSelective }: GrowthResult): string {
  return [rate, isSelective, every, keyBytes].join();
}

export function fitLine(points: readonly (readonly [number, number])[]): {
  slope: number;
  intercept: number;
  r2: number;
} {
  const mean = (of: (point: readonly [number, number]) => number) =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [meanX, meanY] = [mean(([x]) => x), mean(([, y]) => y)];
  const variance = mean(([x]) => (x - meanX) ** 2);
  const slope = mean(([x, y]) => (x - meanX) * (y - meanY)) / variance;
  const intercept = meanY - slope * meanX;
  const unexplained = mean(([x, y]) => (y - intercept - slope * x) ** 2);
  return { slope, intercept, r2: 1 - unexplained / mean(([, y]) => (y - meanY) ** 2) };
}
