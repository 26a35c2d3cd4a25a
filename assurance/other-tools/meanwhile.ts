/**
 * Another program that writes during the move, as an application does that is not stopped for it.
 * It writes one source again right after it is copied, and one destination right before a copy goes
 * there.
 */
import { DAY, DESTINATION, SOURCE } from '../../benchmark/dataset';
import type { ObjectStore, S3DoubleOptions } from '../../packages/s3-double/src';

export interface Meanwhile {
  readonly hooks: NonNullable<S3DoubleOptions['hooks']>;
  /** Creates the two objects that are moved while the program writes. */
  fill(): void;
  /** Counts what is wrong with them, by kind of error. */
  judge(): Record<string, number>;
}

/** The source that is written again after its copy. */
const REWRITTEN = `${DAY}-rewritten.log`;
/** The destination that is taken before its copy. */
const RACED = `${DAY}-raced.log`;
const FIRST_CONTENT = 'written before the move';
const NEW_CONTENT = 'written during the move';
const TAKEN_CONTENT = 'archived during the move';

const COPIES = new Set(['CopyObject', 'CompleteMultipartUpload', 'PutObject']);

export function writeMeanwhile(getStore: () => ObjectStore, bucket: string): Meanwhile {
  const read = (key: string) => getStore().get(bucket, key)?.body.bytes().toString();
  const holds = (content: string, folder: string) =>
    getStore()
      .keys(bucket, folder)
      .some((key) => read(key) === content);
  let isRewritten = false;
  let isTaken = false;
  return {
    hooks: {
      before: ({ operation, key }) => {
        if (!isTaken && COPIES.has(operation) && key === DESTINATION + RACED) {
          isTaken = true;
          getStore().put(bucket, key, TAKEN_CONTENT);
        }
        return undefined;
      },
      after: ({ operation, key }) => {
        if (!isRewritten && COPIES.has(operation) && key === DESTINATION + REWRITTEN) {
          isRewritten = true;
          getStore().put(bucket, SOURCE + REWRITTEN, NEW_CONTENT);
        }
      },
    },
    fill: () => {
      for (const name of [REWRITTEN, RACED]) {
        getStore().put(bucket, SOURCE + name, FIRST_CONTENT);
      }
    },
    judge: () => {
      const wrong: Record<string, number> = {};
      if (isTaken && read(DESTINATION + RACED) !== TAKEN_CONTENT) {
        wrong['overwrote what was archived during the move'] = 1;
      }
      if (isRewritten && !holds(NEW_CONTENT, '')) {
        wrong['lost what was written during the move'] = 1;
      }
      return wrong;
    },
  };
}
