/** Recorders replace what differs from run to run: `<version-id:1>`, `datetime`. */
const PLACEHOLDER = /^(datetime|date|start-date|stop-date|timestamp|map_run_arn)$/;
/** A part of a text that differs from run to run, and the recorder's account. */
const PLACEHOLDERS = /<[\w .-]+(?::\d+)?>|1{12}/g;

/**
 * Fields that say nothing about a behavior.
 *
 * Of S3: who owns the recorder's account, and the encoding that its client asks for and undoes.
 */
const IGNORED = new Set([
  'Owner',
  'Initiator',
  'EncodingType',
  'Location',
  // Of events: roles, clocks, and the number of the event before, which the sandbox counts as if
  // all were in a row.
  'roleArn',
  'region',
  'timestamp',
  'previousEventId',
  // Of errors: which request, and where in a handler that was written in Python.
  'requestId',
  'stackTrace',
]);

/**
 * Lists the fields in which a response differs from its recording. More fields than were recorded
 * are no difference.
 */
export function findDifferences(
  recorded: unknown,
  seen: unknown,
  except: readonly string[] = [],
  at = '',
): string[] {
  const differs = () => [
    `${at || 'the response'}: recorded ${JSON.stringify(recorded)}, seen ` +
      `${JSON.stringify(seen) ?? 'nothing'}`,
  ];
  if (typeof recorded === 'string') {
    return matches(recorded, seen) ? [] : differs();
  }
  if (Array.isArray(recorded)) {
    if (!Array.isArray(seen) || seen.length !== recorded.length) {
      return differs();
    }
    return recorded.flatMap((each, index) =>
      findDifferences(each, seen[index], except, `${at}[${index}]`),
    );
  }
  if (isObject(recorded)) {
    if (!isObject(seen)) {
      return differs();
    }
    return Object.keys(recorded)
      .filter((field) => !IGNORED.has(field) && !except.includes(field))
      .flatMap((field) =>
        findDifferences(recorded[field], seen[field], except, at ? `${at}.${field}` : field),
      );
  }
  // One SDK reads markers of parts as numbers, the other one as text.
  const same = recorded === seen || (typeof recorded === 'number' && String(recorded) === seen);
  return same ? [] : differs();
}

function matches(recorded: string, seen: unknown): boolean {
  if (PLACEHOLDER.test(recorded) || /^<[^<>]+>$/.test(recorded)) {
    return seen !== undefined;
  }
  const literals = recorded.split(PLACEHOLDERS);
  if (literals.length === 1) {
    return recorded === seen;
  }
  const pattern = new RegExp(
    `^${literals.map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`,
    's',
  );
  return typeof seen === 'string' && pattern.test(seen);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
