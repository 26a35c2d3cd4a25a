/**
 * What a mover has seen of the objects at both ends. S3 shows bytes, metadata and locks with every
 * answer about an object, but tags, annotations and the state of a restore only to those who ask
 * for them.
 */
import type { Call } from './client';
import { type Attributes, parse, withAttributes } from './content';
import { ARCHIVE, isRead, SOURCE, type Answer, type S3State, type Stored } from './s3-model';
import { watchesSources, type Stage } from './scenario';
import { LOOK, type Attempt, type Seen, type Sight } from './state';

const SHOWN: Readonly<Record<string, readonly (keyof Attributes)[]>> = {
  // Of both of its ends: it takes them along.
  CopyObject: ['tags', 'annotations'],
  CompleteMultipartUpload: [],
  HeadObject: ['lock'],
  GetObject: ['lock'],
  GetObjectTagging: ['tags'],
  ListObjectAnnotations: ['annotations'],
  GetObjectAnnotation: ['annotations'],
  PutObjectAnnotation: ['annotations'],
};

/**
 * Records what an answer showed the mover: the object that exists at this moment.
 * @param answer undefined: it was lost
 */
export function seenBy(
  stage: Stage,
  { seen }: Attempt,
  s3: S3State,
  call: Call,
  answer: Answer | undefined,
): Seen {
  const looked = watchesSources(stage.scenario) ? lookedAt(seen, s3, call, answer) : seen;
  const { operation, input, name } = call;
  if (!answer || input.Bucket !== ARCHIVE || !SHOWN[operation]) {
    return looked;
  }
  if (!('output' in answer) && !(isRead(operation) && answer.status === 404)) {
    return looked;
  }
  const place = `${ARCHIVE}/${input.Key}`;
  // If two objects have the same destination, an answer for one object shows nothing to the thread
  // of the other.
  const key = `${name.replace(/\d+$/, '')} ${place}`;
  // A late answer to a call that the code has given up tells the code nothing.
  if (looked[key] && numberOf(looked[key].call) > numberOf(name)) {
    return looked;
  }
  const stored = s3.objects[place];
  const shown = watchesSources(stage.scenario)
    ? merge(looked[key], stored, operation)
    : { content: stored?.content ?? '' };
  return { ...looked, [key]: { ...shown, call: name } };
}

const numberOf = (call: string) => Number(call.replace(/^\D+/, ''));

/** The same of an object at the source. Which thread looked does not matter. */
function lookedAt(
  seen: Seen,
  s3: S3State,
  { operation, input }: Call,
  answer: Answer | undefined,
): Seen {
  const path = input.CopySource
    ? decodeURIComponent(input.CopySource)
    : `${input.Bucket}/${input.Key}`;
  const stored = s3.objects[path];
  if (!path.startsWith(SOURCE) || !stored) {
    return seen;
  }
  const key = `${LOOK}${path}`;
  const known = seen[key];
  // The attempt that sends this request knows that it did, with every answer.
  if (operation === 'RestoreObject') {
    return { ...seen, [key]: { ...merge(known, stored, operation), call: '', glacier: 'asked' } };
  }
  if (!answer || !('output' in answer) || !(isRead(operation) || operation === 'CopyObject')) {
    return seen;
  }
  const glacier = operation === 'HeadObject' ? stored.glacier : known?.glacier;
  return {
    ...seen,
    [key]: { ...merge(known, stored, operation), call: '', ...(glacier && { glacier }) },
  };
}

/**
 * What is known of this write, and what this call shows of it besides. The first call shows all.
 */
function merge(
  known: Sight | undefined,
  stored: Stored | undefined,
  operation: string,
): Pick<Sight, 'content' | 'written'> {
  if (!stored) {
    return { content: '' };
  }
  const { content, written } = stored;
  if (!known || known.written !== written || !content.includes('|')) {
    return { content, written };
  }
  const now = parse(content);
  const shown = (SHOWN[operation] ?? []).map((name) => [name, now[name]] as const);
  return { content: withAttributes(known.content, Object.fromEntries(shown)), written };
}
