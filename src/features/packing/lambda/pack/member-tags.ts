import { type Entries, type Known, known } from '../../../../lambda/attributes/attribute';
import { tags } from '../../../../lambda/attributes/tags';
import type { BucketClient } from '../../../../lambda/s3/bucket-client';

/**
 * Reads the tags of packed objects with as few requests as possible.
 *
 * S3 returns the number of an object's tags only to callers that may read them. So an object
 * without a number has no tags, or this role may not read them. Asking for the tags of every object
 * would cost $0.40 a million, nearly as much as the pack. Most policies deny by folder, so one
 * object of each folder in a batch is asked. A denial counts for its folder, and proves that such
 * policies exist: from then on, every object of the other folders is asked, too. One case remains:
 * a policy that denies some objects of a folder, by their tags or by a part of their names. Set
 * `askTags` for it. https://docs.aws.amazon.com/AmazonS3/latest/userguide/tagging-and-policies.html
 */
export class MemberTags {
  private isAnyDenied = false;
  /** Whether the tags of a folder may be read, by its name. */
  private readonly folders = new Map<string, Promise<Known<Entries>>>();

  constructor(
    private readonly source: BucketClient,
    private readonly asksEach = false,
  ) {}

  /** @param count what S3 says; undefined: nothing */
  async read(key: string, count: number | undefined): Promise<Known<Entries>> {
    if (count === 0) {
      return known();
    }
    if (count !== undefined || this.asksEach) {
      return this.ask(key);
    }
    const folder = toFolder(key);
    const first = this.folders.get(folder);
    if (!first) {
      const asked = this.ask(key);
      this.folders.set(folder, asked);
      // The next object asks again.
      asked.catch(() => this.folders.delete(folder));
      return asked;
    }
    const answer = await first;
    if (answer.is === 'unreadable') {
      return answer;
    }
    return this.isAnyDenied ? this.ask(key) : known();
  }

  private async ask(key: string): Promise<Known<Entries>> {
    const answer = await tags.ask!({ bucket: this.source, key });
    this.isAnyDenied ||= answer.is === 'unreadable';
    return answer;
  }
}

/** The folder that a source lies in. */
export function toFolder(key: string): string {
  return key.slice(0, key.lastIndexOf('/') + 1);
}
