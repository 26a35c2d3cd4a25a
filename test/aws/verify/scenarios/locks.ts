/**
 * What the archive must not lose: locks and annotations go with their objects, and `retention`
 * locks what is archived.
 */
import {
  GetObjectAnnotationCommand,
  HeadObjectCommand,
  PutObjectAnnotationCommand,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3';
import { addDays, toIsoDate } from './days';
import type { Scenario, Seen } from './scenario';
import { MULTIPART_THRESHOLD_BYTES, RETENTION_DAYS } from '../app';
import { prefixesOf } from '../names';
import { bucket, ended, keys, put, type Stage, start } from '../stage';

const [SOURCE, ARCHIVE] = prefixesOf('Locked');
interface ObjectName {
  readonly Bucket: string;
  readonly Key: string;
}

const OF_LOCKS = { flag: 'locks', needs: ['Locked'], objects: 1, runs: 1 } as const;
const RETAINED = {
  status: 'SUCCEEDED',
  archived: 1,
  source: [],
  mode: 'GOVERNANCE',
  until: 'END-OF-RETENTIONT00:00:00.000Z',
};
const ANNOTATION = { AnnotationName: 'review', AnnotationPayload: 'reviewed by ops' };

export const LOCKS: Scenario[] = [
  {
    name: 'locks: an archived object is retained from its day on',
    ...OF_LOCKS,
    wants: RETAINED,
    play: (stage) => archived(stage),
  },
  {
    name: 'locks: a legal hold goes with its object',
    ...OF_LOCKS,
    wants: { ...RETAINED, legalHold: 'ON' },
    play: (stage) => archived(stage, { ObjectLockLegalHoldStatus: 'ON' }),
  },
  {
    name: 'locks: an event hold goes with its object',
    ...OF_LOCKS,
    // Only AWS can tell: event-hold.
    warning:
      'AWS documents that an object stays protected for the duration of its event hold, here a ' +
      'day, after the hold is released. Nobody has recorded whether ' +
      'that can be bypassed. If not, the two buckets with Object Lock stay for a day, and the ' +
      'clean-up says until when and what to type then',
    wants: { ...RETAINED, eventHold: ['ON', 1] },
    play: (stage) =>
      archived(stage, { ObjectLockEventHold: 'ON', ObjectLockEventHoldDurationDays: 1 }),
  },
  {
    name: 'locks: a copy in parts has the annotation of its object',
    ...OF_LOCKS,
    wants: { ...RETAINED, inParts: true, annotation: ANNOTATION.AnnotationPayload },
    play: (stage) =>
      archived(stage, { Body: Buffer.alloc(2 * MULTIPART_THRESHOLD_BYTES, 'dated') }, (source) =>
        annotate(stage, source),
      ),
  },
];

/**
 * A retention begins with the day of the object, so the object is of today: that of an older one
 * may have ended.
 */
async function archived(
  stage: Stage,
  more: Partial<PutObjectCommandInput> = {},
  prepare?: (source: ObjectName) => Promise<unknown>,
): Promise<Seen> {
  const today = toIsoDate(new Date());
  const source = { Bucket: bucket(stage, 'LockedSource'), Key: `${SOURCE}a-${today}` };
  await put(stage, 'LockedSource', source.Key, more);
  await prepare?.(source);
  const { status, counts, codes } = await ended(
    stage,
    await start(stage, 'Locked', { date: today }),
  );
  const seen = {
    status,
    codes,
    archived: counts?.archived,
    source: await keys(stage, 'LockedSource'),
  };
  if (seen.archived !== 1) {
    return seen;
  }
  const copy = {
    Bucket: bucket(stage, 'LockedArchive'),
    Key: `${ARCHIVE}${today.replaceAll('-', '/')}/a-${today}`,
  };
  const head = await stage.s3.send(new HeadObjectCommand(copy));
  return {
    ...seen,
    mode: head.ObjectLockMode,
    until: head.ObjectLockRetainUntilDate?.toISOString().replace(
      addDays(today, RETENTION_DAYS),
      'END-OF-RETENTION',
    ),
    legalHold: head.ObjectLockLegalHoldStatus,
    eventHold: [head.ObjectLockEventHold, head.ObjectLockEventHoldDurationDays],
    inParts: head.ETag?.includes('-'),
    annotation: prepare && (await annotationOf(stage, copy)),
  };
}

const annotate = (stage: Stage, source: ObjectName) =>
  stage.s3.send(new PutObjectAnnotationCommand({ ...source, ...ANNOTATION }));

/** The error, if there is none. */
async function annotationOf({ s3 }: Stage, copy: ObjectName): Promise<string | undefined> {
  const { AnnotationName } = ANNOTATION;
  const request = s3.send(new GetObjectAnnotationCommand({ ...copy, AnnotationName }));
  return request.then(
    ({ AnnotationPayload }) => AnnotationPayload?.transformToString(),
    (error: Error) => error.name,
  );
}
