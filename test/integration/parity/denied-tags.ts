import {
  type S3Answer,
  type S3Context,
  S3Error,
  type S3Guard,
} from '../../../packages/s3-double/src';

interface Denials {
  /** Tags in folders of the source with this name may not be read, as by a policy's resource. */
  readonly folder: string;
  /** Nor tags of objects that have this one, as by a policy's `s3:ExistingObjectTag`. */
  readonly tag: string;
}

/** Allows everything but to read some tags. */
export class DeniedTags implements S3Guard {
  constructor(private readonly denials: Denials) {}

  authorize({ store }: S3Context, step: Parameters<S3Guard['authorize']>[1]): void {
    const { operation, bucket, key = '' } = step;
    if (operation !== 'GetObjectTagging' || bucket !== 'source') {
      return;
    }
    const tags = store.get(bucket, key)?.attributes.tags ?? [];
    const { folder, tag } = this.denials;
    if (key.includes(`/${folder}/`) || tags.some(([name]) => name === tag)) {
      throw new S3Error('AccessDenied', {
        message:
          'User is not authorized to perform: s3:GetObjectTagging on resource: ' +
          `"arn:aws:s3:::${bucket}/${key}"`,
      });
    }
  }

  serve(_: S3Context, perform: () => S3Answer): S3Answer {
    return perform();
  }
}
