/** An object that is compared with another one: under a key, or in a pack. */
import { fromHead, fromIndex, type VersionFacts } from './decide';
import type { AttributeName } from '../../contract/object-attributes';
import type { PackIndexLine } from '../../contract/payloads/pack-index';
import { readIndexed } from '../attributes/answer';
import { type Known, known, type Values } from '../attributes/attribute';
import { ROWS } from '../attributes/rows';
import type { BucketClient, ObjectHead } from '../s3/bucket-client';

/** An object under a key, and what HeadObject has said of it. */
export interface Located {
  readonly bucket: BucketClient;
  readonly key: string;
  readonly head: ObjectHead;
}

export interface Subject {
  /** For `decide`. */
  readonly facts: VersionFacts;
  /** Undefined: it lies in a pack. */
  readonly located?: Located;
  /** Sends a request if HeadObject does not say it. */
  attribute<N extends AttributeName>(name: N): Promise<Known<Values[N]>>;
  /** The SHA-256 of its bytes, in hexadecimal digits. Reads them, unless it is known. */
  sha256(): Promise<string>;
  /**
   * S3 cannot read tags under a condition. The tags that were read belong to this object only if it
   * is still there.
   * @throws the error of a failed condition
   */
  assertUnchanged(): Promise<void>;
}

/** @param place the bucket and the key, if the object is compared with what was there before */
export function ofKey(located: Located, place?: string): Subject {
  const { bucket, key, head } = located;
  return {
    facts: fromHead(head, place),
    located,
    attribute: async (name) => {
      const row = ROWS[name];
      const said = row.of(head);
      return said === 'ask' ? row.ask!({ bucket, key }) : said;
    },
    sha256: () => bucket.hash(key, head.ETag),
    assertUnchanged: async () => {
      const now = await bucket.head(key);
      if (now && describeVersion(now) === describeVersion(head)) {
        return;
      }
      throw Object.assign(new Error('the object changed while it was compared'), {
        name: 'PreconditionFailed',
      });
    },
  };
}

/** A pack is named by its content, so what its index says of a member stays true. */
export function ofMember(line: PackIndexLine): Subject {
  const values = readIndexed(line);
  return {
    facts: fromIndex(line),
    attribute: async <N extends AttributeName>(name: N) =>
      known(values[name] as Values[N] | undefined),
    sha256: async () => line.sha256,
    assertUnchanged: async () => undefined,
  };
}

/** A version, and its lock, which may be extended without making another version. */
function describeVersion(head: ObjectHead): string {
  return JSON.stringify([head.ETag, head.LastModified, ROWS.lock.of(head)]);
}
