import { count } from './text';

const ROWS = 5;

/** Two columns of counts: the folders of a prefix, largest first, before and after. */
export function treeLines(
  prefix: string,
  depth: number,
  before: Iterable<string>,
  after: Iterable<string>,
): string[] {
  const [was, is] = [before, after].map((keys) => folders(prefix, depth, keys));
  const names = [...new Set([...was.keys(), ...is.keys()])];
  const size = (name: string) => Math.max(was.get(name) ?? 0, is.get(name) ?? 0);
  names.sort((a, b) => size(b) - size(a) || (a < b ? -1 : 1));
  const row = (label: string, some: readonly string[]) => {
    const sum = (counts: Map<string, number>) =>
      some.reduce((total, name) => total + (counts.get(name) ?? 0), 0);
    return columns(label, count(sum(was)), count(sum(is)));
  };
  const shown = names.length > ROWS + 1 ? names.slice(0, ROWS) : names;
  const rest = names.slice(shown.length);
  return [
    row(prefix, names),
    ...shown.map((name) => row(`  ${name}`, [name])),
    ...(rest.length > 0 ? [row(`  ${rest.length} more folders`, rest)] : []),
  ];
}

export function treeHead(title: string): string {
  return columns(title, 'before', 'after');
}

function columns(label: string, before: string, after: string): string {
  return `${label.padEnd(48)}${before.padStart(8)}${after.padStart(8)}`;
}

/** Objects by the first folders below the prefix. */
function folders(prefix: string, depth: number, keys: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) {
    if (!key.startsWith(prefix)) {
      continue;
    }
    const parts = key.slice(prefix.length).split('/').slice(0, -1).slice(0, depth);
    const folder = parts.map((part) => `${part}/`).join('');
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  return counts;
}
