/**
 * What the double does not do by itself: it denies tags in a folder and by a tag, and gives new
 * objects the default lock of their bucket.
 */
import {
  type S3Answer,
  type S3Context,
  S3Error,
  type S3Guard,
} from '../../../packages/s3-double/src';
import type { ObjectLock, StoredObject } from '../../../packages/s3-double/src/store/stored-object';

/**
 * The lock of what is written without one of its own. "The object's Object Lock settings override
 * the bucket's": https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
 */
export interface DefaultLock {
  readonly days?: number;
  readonly eventHoldDays?: number;
}

export interface Rules {
  /** Tags in folders of the source with this name may not be read, as by a policy's resource. */
  readonly deniedFolder?: string;
  /** Tags of objects with this tag may not be read, as by `s3:ExistingObjectTag`. */
  readonly deniedTag?: string;
  /** Of the archive. */
  readonly defaultLock?: DefaultLock;
}

const WRITES = new Set(['PutObject', 'CopyObject', 'CompleteMultipartUpload']);
const DAY = 86_400_000;

export class S3Rules implements S3Guard {
  constructor(private readonly rules: Rules) {}

  authorize({ store }: S3Context, { operation, bucket, key = '' }: Step): void {
    if (operation === 'GetObjectTagging' && this.denies(store.get(bucket, key), bucket, key)) {
      throw denied('s3:GetObjectTagging', bucket, key);
    }
  }

  serve(context: S3Context, perform: () => S3Answer): S3Answer {
    const { request, store } = context;
    const { operation, bucket, key } = request;
    const answer = perform();
    if (WRITES.has(operation) && answer.status === 200 && bucket === 'archive') {
      this.lock(store.get(bucket, key)!, store.now());
    }
    return operation === 'GetObjectLockConfiguration' && bucket === 'archive'
      ? this.describeDefault(answer)
      : answer;
  }

  private denies(object: StoredObject | undefined, bucket: string, key: string): boolean {
    const { deniedFolder, deniedTag } = this.rules;
    return (
      bucket === 'source' &&
      (key.includes(`/${deniedFolder}/`) ||
        (object?.attributes.tags ?? []).some(([name]) => name === deniedTag))
    );
  }

  private lock(object: StoredObject, now: number): void {
    const { days, eventHoldDays } = this.rules.defaultLock ?? {};
    if (object.attributes.lock || (days === undefined && eventHoldDays === undefined)) {
      return;
    }
    const lock: ObjectLock = {
      ...(days !== undefined && { mode: 'GOVERNANCE', retainUntil: now + days * DAY }),
      ...(eventHoldDays !== undefined && { eventHold: { days: eventHoldDays } }),
    };
    object.attributes = { ...object.attributes, lock };
  }

  private describeDefault(answer: S3Answer): S3Answer {
    const { days, eventHoldDays } = this.rules.defaultLock ?? {};
    const retention =
      days === undefined
        ? ''
        : `<DefaultRetention><Mode>GOVERNANCE</Mode><Days>${days}</Days></DefaultRetention>`;
    const hold =
      eventHoldDays === undefined
        ? ''
        : `<DefaultEventHold><Days>${eventHoldDays}</Days></DefaultEventHold>`;
    const rule = `${retention}${hold}` && `<Rule>${retention}${hold}</Rule>`;
    const end = '</ObjectLockConfiguration>';
    return typeof answer.body === 'string'
      ? { ...answer, body: answer.body.replace(end, `${rule}${end}`) }
      : answer;
  }
}

type Step = Parameters<S3Guard['authorize']>[1];

function denied(action: string, bucket: string, key: string): S3Error {
  return new S3Error('AccessDenied', {
    message: `User is not authorized to perform: ${action} on resource: "arn:aws:s3:::${bucket}/${key}"`,
  });
}
