import { decide } from './decide';
import type { MoveContext } from './move-request';
import type { Located, Subject } from './subject';
import type { AttributeName } from '../../contract/object-attributes';
import { canBeCompleted, completeAnnotations, findLacking } from '../attributes/annotations';
import type { Known, Values } from '../attributes/attribute';
import { assertKnownLocks } from '../attributes/lock';
import { listAttributes, ROWS } from '../attributes/rows';

/**
 * Only reading both would tell whether they are the same, but they are larger than the limit, or
 * the round ended meanwhile.
 */
export class ComparisonUnfinished extends Error {
  constructor(located: Located | undefined) {
    super(`not compared: ${located ? `s3://${located.bucket.name}/${located.key}` : 'a member'}`);
    this.name = 'ComparisonUnfinished';
  }
}

/** Attributes that HeadObject returns, and those that need a separate request. */
const SHOWN = listAttributes(({ shown, found }) => shown === 'answer' && found !== 'ignored');
const COUNTED = listAttributes(({ shown, found }) => shown === 'count' && found !== 'ignored');

export interface ComparisonOptions extends Pick<MoveContext, 'maxBytesToRead' | 'isRecorded'> {
  /**
   * If set, nothing is written. Called with the number of annotations that would complete a copy in
   * parts, which then counts as the same.
   */
  readonly onIncomplete?: (annotations: number) => void;
}

/**
 * The only comparison after which a source may be deleted. The copy must have the same bytes:
 * `decide` tells, or both are read. It must also have each attribute that
 * src/contract/object-attributes.ts requires. A row of that table can only object. A value that may
 * not be read never counts as equal.
 *
 * A restore does not compare locks: it deletes nothing, and the archive may have locks that the
 * source never had.
 * @throws ComparisonUnfinished, an error named SameObject if both are one object, or the error of a
 * denied read
 */
export async function isSame(
  source: Subject,
  copy: Subject,
  options: ComparisonOptions = {},
): Promise<boolean> {
  const { maxBytesToRead = Infinity, isRecorded = false } = options;
  assertTwoObjects(source.located, copy.located);
  const decision = decide(source.facts, copy.facts);
  if (decision === 'different') {
    return false;
  }
  if (source.located) {
    assertKnownLocks(source.located.head);
  }
  // The source has a header that this version does not know, so it cannot check that the copy has
  // it.
  if (source.located?.head.unlisted) {
    return false;
  }
  const compared = isRecorded ? SHOWN.filter((name) => name !== 'lock') : SHOWN;
  if (!(await haveSame(compared, source, copy))) {
    return false;
  }
  if (decision === 'unknown' && !(await haveSameBytes(source, copy, maxBytesToRead))) {
    return false;
  }
  if (!(await haveSame(COUNTED, source, copy))) {
    return false;
  }
  if (!(await hasAnnotations(source, copy, options))) {
    return false;
  }
  await source.assertUnchanged();
  await copy.assertUnchanged();
  return true;
}

async function haveSame(
  names: readonly AttributeName[],
  source: Subject,
  copy: Subject,
): Promise<boolean> {
  for (const name of names) {
    if (!(await keeps(name, source, copy))) {
      return false;
    }
  }
  return true;
}

async function keeps<N extends AttributeName>(
  name: N,
  source: Subject,
  copy: Subject,
): Promise<boolean> {
  const [left, right] = await Promise.all([source.attribute(name), copy.attribute(name)]);
  const now = source.located?.bucket.budget.clock.now() ?? 0;
  return ROWS[name].keeps(read(left), read(right), now);
}

function read<T>(value: Known<T>): T | undefined {
  if (value.is === 'unreadable') {
    throw value.error;
  }
  return value.value;
}

/**
 * Whether the copy has all annotations of the source. Most sources have none, and then those of the
 * copy are not requested. If an earlier attempt died before its copy in parts had all of them, this
 * function adds the rest.
 */
async function hasAnnotations(
  source: Subject,
  copy: Subject,
  { onIncomplete }: ComparisonOptions,
): Promise<boolean> {
  const wanted: Values['annotations'] = read(await source.attribute('annotations')) ?? new Map();
  if (wanted.size === 0) {
    return true;
  }
  const present: Values['annotations'] = read(await copy.attribute('annotations')) ?? new Map();
  if (ROWS.annotations.keeps(wanted, present, 0)) {
    return true;
  }
  if (!source.located || !copy.located) {
    return false;
  }
  const lacking = await findLacking(source.located, copy.located, wanted, present);
  if (!lacking) {
    return false;
  }
  if (lacking.length === 0) {
    return true;
  }
  if (!canBeCompleted(copy.located.head, wanted, present, lacking)) {
    return false;
  }
  if (onIncomplete) {
    onIncomplete(lacking.length);
    return true;
  }
  const { bucket, key, head } = copy.located;
  await completeAnnotations(source.located, { bucket, key, etag: head.ETag }, wanted, lacking);
  return true;
}

/**
 * A bucket may have a second name, such as the alias of an access point. Then an object whose key
 * is its own destination looks like its own copy, and the move would delete the only one. So two
 * objects under one key must differ in their version, or the copy must be later than its source. If
 * both have the same second, they cannot be told apart, and the source stays.
 */
function assertTwoObjects(a: Located | undefined, b: Located | undefined): void {
  if (!a || !b || a.key !== b.key) {
    return;
  }
  const differ = (field: 'VersionId' | 'LastModified') => {
    const [left, right] = [a, b].map(({ head }) => head[field]?.valueOf());
    return left !== undefined && right !== undefined && left !== right;
  };
  if (differ('VersionId') || differ('LastModified')) {
    return;
  }
  const message =
    `the source and its destination have the same key "${a.key}", the same version and the same ` +
    'time, so they may be one object ' +
    `under two names of one bucket (${a.bucket.name}, ${b.bucket.name})`;
  throw Object.assign(new Error(message), { name: 'SameObject' });
}

async function haveSameBytes(
  source: Subject,
  copy: Subject,
  maxBytesToRead: number,
): Promise<boolean> {
  const located = source.located ?? copy.located;
  if (source.facts.size > maxBytesToRead) {
    throw new ComparisonUnfinished(located);
  }
  try {
    const [left, right] = await Promise.all([source.sha256(), copy.sha256()]);
    return left === right;
  } catch (error) {
    throw located?.bucket.isAborted ? new ComparisonUnfinished(located) : error;
  }
}
