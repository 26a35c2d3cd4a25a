/**
 * What a writer changes at the source after the object was archived, or what has taken its old key
 * meanwhile.
 */
import type { Change, Form, Row } from './forms';
import type { PutOptions } from '../../../packages/s3-double/src';

/** Whether the two are not the same any more, by the direction of the run that finds one. */
export interface ChangedForm extends Form {
  /** A copy in parts can be completed with it. */
  readonly completesParts?: true;
  readonly conflicts: 'always' | 'forth' | 'back' | 'never';
}

const BASE: PutOptions = {
  headers: {
    'content-type': 'text/csv',
    'cache-control': 'no-store',
    'content-encoding': 'gzip',
    'content-disposition': 'inline',
    'content-language': 'de',
    expires: '0',
  },
  metadata: { owner: 'ops' },
  tags: { team: 'data' },
};
/** Neither the ETag nor the checksum says what the bytes are. */
const UNPROVEN: PutOptions = {
  serverSideEncryption: 'aws:kms',
  checksum: { algorithm: 'SHA256', type: 'COMPOSITE', composite: `${'A'.repeat(43)}=-3` },
};
const ANNOTATED: PutOptions = { ...BASE, annotations: { note: 'seen' } };
const FAR = Date.parse('2046-01-01T00:00:00Z');
const FURTHER = Date.parse('2047-01-01T00:00:00Z');

function rewritten(
  name: string,
  row: Row,
  options: PutOptions,
  conflicts: ChangedForm['conflicts'] = 'always',
  content?: (content: Buffer) => Buffer,
): ChangedForm {
  const rewrite = { options: { ...BASE, ...options }, ...(content && { content }) };
  return { name: `changed since: ${name}`, row, options: BASE, rewrite, conflicts };
}

function changed(
  name: string,
  row: Row,
  change: Change,
  conflicts: ChangedForm['conflicts'],
  options = BASE,
): ChangedForm {
  return { name: `changed since: ${name}`, row, options, change, conflicts };
}

function annotate(annotations: Readonly<Record<string, string>>): Change {
  return () => ({
    annotations: new Map(
      Object.entries(annotations).map(([name, text]) => [
        name,
        { payload: Buffer.from(text), etag: `etag-of-${text}`, lastModified: 0 },
      ]),
    ),
  });
}

const locked = (
  name: string,
  before: PutOptions['lock'],
  after: PutOptions['lock'],
  conflicts: ChangedForm['conflicts'],
): ChangedForm => ({
  ...changed(name, 'lock', () => ({ lock: after }), conflicts, { ...BASE, lock: before }),
  setup: 'locks',
});

export const CHANGES: readonly ChangedForm[] = [
  changed('nothing', 'bytes', () => ({}), 'never'),
  rewritten('nothing, but written again', 'bytes', {}, 'never'),
  rewritten('the bytes', 'bytes', {}, 'always', () => Buffer.from('other bytes')),
  rewritten('KMS in place of SSE-S3', 'bytes', { serverSideEncryption: 'aws:kms' }, 'never'),
  rewritten('bytes that only reading proves', 'bytes', UNPROVEN, 'never'),
  rewritten('bytes that only reading refutes', 'bytes', UNPROVEN, 'always', (content) =>
    Buffer.from(content).reverse(),
  ),
  rewritten('uploaded in parts', 'bytes', { partSize: 16 }, 'never'),
  rewritten('the storage class', 'storage class', { storageClass: 'STANDARD_IA' }, 'never'),
  {
    ...changed('an annotation more', 'annotations', annotate({ note: 'seen' }), 'forth'),
    completesParts: true,
  },
  changed('an annotation', 'annotations', annotate({ note: 'gone' }), 'always', ANNOTATED),
  changed('an annotation less', 'annotations', annotate({}), 'back', ANNOTATED),
  changed('a tag more', 'tags', ({ tags }) => ({ tags: [...tags!, ['more', 'x']] }), 'always'),
  changed('a tag named constructor', 'tags', () => ({ tags: [['constructor', 'x']] }), 'always'),
  changed('the value of a tag', 'tags', () => ({ tags: [['team', 'ops']] }), 'always'),
  changed('no tags', 'tags', () => ({ tags: undefined }), 'always'),
  rewritten('metadata more', 'metadata', { metadata: { owner: 'ops', more: '' } }),
  rewritten('metadata named constructor', 'metadata', {
    metadata: { owner: 'ops', constructor: 'x' },
  } as PutOptions),
  rewritten('the value of metadata', 'metadata', { metadata: { owner: 'data' } }),
  rewritten('no metadata', 'metadata', { metadata: {} }),
  ...Object.keys(BASE.headers!).map((header) =>
    rewritten(`the ${header}`, 'content headers', {
      headers: { ...BASE.headers, [header]: header === 'expires' ? 'never' : 'text/plain' },
    }),
  ),
  rewritten('no content headers', 'content headers', { headers: {} }),
  rewritten(
    'a website redirect',
    'website redirect',
    { headers: { ...BASE.headers, 'x-amz-website-redirect-location': '/x' } },
    'never',
  ),
  rewritten(
    'a header that no row names',
    'unlisted header',
    { headers: { ...BASE.headers, 'x-amz-novel-attribute': 'yes' } },
    'forth',
  ),
  locked('a retention', undefined, { mode: 'GOVERNANCE', retainUntil: FAR }, 'forth'),
  locked(
    'a longer retention',
    { mode: 'GOVERNANCE', retainUntil: FAR },
    { mode: 'GOVERNANCE', retainUntil: FURTHER },
    'forth',
  ),
  locked(
    'a shorter retention',
    { mode: 'GOVERNANCE', retainUntil: FURTHER },
    { mode: 'GOVERNANCE', retainUntil: FAR },
    'never',
  ),
  locked(
    'a stricter mode',
    { mode: 'GOVERNANCE', retainUntil: FAR },
    { mode: 'COMPLIANCE', retainUntil: FAR },
    'forth',
  ),
  locked('a legal hold', undefined, { legalHold: true }, 'forth'),
  locked('no legal hold', { legalHold: true }, undefined, 'never'),
  locked('an event hold', undefined, { eventHold: { days: 30 } }, 'forth'),
  locked('a longer event hold', { eventHold: { days: 30 } }, { eventHold: { days: 31 } }, 'forth'),
];
