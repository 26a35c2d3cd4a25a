/** Recorders replace what differs from run to run: `<version-id:1>`, `datetime`. */
const PLACEHOLDER = /^<[\w-]+(:\d+)?>$|^(datetime|date|start-date|stop-date)$/;

/**
 * Fields that say nothing about a behavior: who owns the recorder's account, and the encoding that its client asks for
 * and undoes.
 */
const IGNORED = new Set(['Owner', 'Initiator', 'EncodingType', 'Location']);

/** Lists the fields in which a response differs from its recording. More fields than were recorded are no difference. */
export function findDifferences(recorded: unknown, seen: unknown, except: readonly string[] = [], at = ''): string[] {
  const differs = () => [`${at || 'the response'}: recorded ${JSON.stringify(recorded)}, seen ${JSON.stringify(seen) ?? 'nothing'}`];
  if (typeof recorded === 'string' && PLACEHOLDER.test(recorded)) { return seen === undefined ? differs() : []; }
  if (Array.isArray(recorded)) {
    if (!Array.isArray(seen) || seen.length !== recorded.length) { return differs(); }
    return recorded.flatMap((each, index) => findDifferences(each, seen[index], except, `${at}[${index}]`));
  }
  if (isObject(recorded)) {
    if (!isObject(seen)) { return differs(); }
    return Object.keys(recorded).filter((field) => !IGNORED.has(field) && !except.includes(field))
      .flatMap((field) => findDifferences(recorded[field], seen[field], except, at ? `${at}.${field}` : field));
  }
  // One SDK reads markers of parts as numbers, the other one as text.
  const same = recorded === seen || (typeof recorded === 'number' && String(recorded) === seen);
  return same ? [] : differs();
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
