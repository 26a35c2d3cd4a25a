/**
 * What an object has: its bytes, and everything that belongs to them. A copy and a member of a pack
 * are judged by the table of docs/safety.md ("What belongs to an object").
 */

/**
 * This is what a writer gives to an object. It is one string so that contents can be compared:
 * `body|metadata|tags|annotations|lock|redirect`. The last three are left out where they are empty.
 * Annotations have the form `name=payload&name=payload`, and a lock `mode@date`.
 */
export type Content = string;

const FIELDS = ['body', 'metadata', 'tags', 'annotations', 'lock', 'redirect'] as const;
export type Attributes = Readonly<Record<(typeof FIELDS)[number], string>>;
/** Every content has these, also if they are empty. */
const ALWAYS = 3;
/** A writer has changed the tags since the last look: which ones the copy has is open. */
const ANY = '*';

export const bodyOf = (content: Content) => content.slice(0, content.indexOf('|'));

export function parse(content: Content): Attributes {
  const values = content.split('|');
  return Object.fromEntries(FIELDS.map((field, i) => [field, values[i] ?? ''])) as Attributes;
}

export function format(attributes: Attributes): Content {
  const values = FIELDS.map((field) => attributes[field]);
  while (values.length > ALWAYS && values.at(-1) === '') {
    values.pop();
  }
  return values.join('|');
}

export function withAttributes(content: Content, changes: Partial<Attributes>): Content {
  return format({ ...parse(content), ...changes });
}

/**
 * Bytes, metadata and tags: what every way but a pack keeps by one request. What is a pack has no
 * more.
 */
export function coreOf(content: Content): Content {
  return content.split('|', ALWAYS).join('|');
}

/** By their names, in their order. */
export function annotationsOf(content: Content): Map<string, string> {
  const { annotations } = parse(content);
  return new Map(
    annotations === ''
      ? []
      : annotations.split('&').map((each) => each.split('=') as [string, string]),
  );
}

export function withAnnotation(content: Content, name: string, payload: string): Content {
  return withAnnotations(content, annotationsOf(content).set(name, payload));
}

function withAnnotations(content: Content, annotations: ReadonlyMap<string, string>): Content {
  const sorted = [...annotations].sort(([a], [b]) => (a < b ? -1 : 1));
  return withAttributes(content, { annotations: sorted.map((each) => each.join('=')).join('&') });
}

/**
 * What must outlive a source: everything that it has and had when its mover last looked at it. S3
 * has no condition on tags, annotations and locks, so one that came later may be lost.
 */
export function demandOf(now: Content, looked: Content = now): Content {
  if (now === looked) {
    return now;
  }
  const [has, had] = [parse(now), parse(looked)];
  const before = annotationsOf(looked);
  const annotations = [...annotationsOf(now)].filter(([name, value]) => before.get(name) === value);
  return withAnnotations(
    withAttributes(now, {
      tags: has.tags === had.tags ? has.tags : ANY,
      lock: isAsStrict(has.lock, had.lock) ? had.lock : has.lock,
    }),
    new Map(annotations),
  );
}

/**
 * Tells whether an object under a key keeps what must outlive a source. The website redirect is
 * dropped by every way, and docs/safety.md says so.
 */
export function keeps(copy: Content, wanted: Content): boolean {
  if (copy === wanted) {
    return true;
  }
  const [has, needs] = [parse(copy), parse(wanted)];
  const annotations = annotationsOf(copy);
  return (
    has.body === needs.body &&
    has.metadata === needs.metadata &&
    (needs.tags === ANY || has.tags === needs.tags) &&
    [...annotationsOf(wanted)].every(([name, value]) => annotations.get(name) === value) &&
    isAsStrict(has.lock, needs.lock)
  );
}

interface IndexLine {
  readonly key: string;
  readonly metadata?: Pairs;
  readonly tags?: Pairs;
}
type Pairs = Readonly<Record<string, string>> | ReadonlyArray<readonly [string, string]>;

/**
 * Tells the same of a member of a pack. Annotations are dropped, and docs/packing.md says so. A
 * pack keeps no locks, so an object with one must not be packed.
 */
export function keepsInPack(
  { key, metadata, tags }: IndexLine,
  source: string,
  wanted: Content,
): boolean {
  const needs = parse(wanted);
  return (
    source.endsWith(`/${key}`) &&
    (toMap(metadata).owner ?? '') === needs.metadata &&
    (needs.tags === ANY || (toMap(tags).team ?? '') === needs.tags) &&
    needs.lock === ''
  );
}

const toMap = (pairs: Pairs = {}): Readonly<Record<string, string | undefined>> =>
  Array.isArray(pairs) ? Object.fromEntries(pairs) : (pairs as Record<string, string>);

/** A later date, and no weaker mode. */
function isAsStrict(lock: string, than: string): boolean {
  if (than === '') {
    return true;
  }
  const [[mode, until = ''], [asked, date]] = [lock.split('@'), than.split('@')];
  return (mode === asked || mode === 'COMPLIANCE') && until >= date;
}
