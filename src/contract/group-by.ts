/** Groups items by a name, in the order in which the names come first. */
export function groupBy<T>(items: Iterable<T>, getName: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = getName(item);
    const group = groups.get(name);
    if (group) { group.push(item); } else { groups.set(name, [item]); }
  }
  return groups;
}
