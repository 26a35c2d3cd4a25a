/**
 * S3 for `plan-parts.ts`: a listing that is made up page by page, and the files of a plan in a
 * folder, so that neither uses memory. Parts of a plan are not kept, because no objects are behind
 * them.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { S3Client } from '@aws-sdk/client-s3';

const PAGE = 1_000;
export const PREFIX = 'incoming/';

function toKey(index: number): string {
  return `${PREFIX}${String(index).padStart(12, '0')}/2026-11-24.log`;
}

interface Input {
  readonly Key: string;
  readonly StartAfter?: string;
  readonly Body?: string | Buffer;
}

export class FolderS3 {
  readonly requests: Record<string, number> = {};
  /** The bytes of the map's results. */
  resultBytes = 0;

  /** @param objects so many are listed */
  constructor(
    private readonly folder: string,
    private readonly objects = 0,
  ) {}

  get client(): S3Client {
    return this as unknown as S3Client;
  }

  async send({
    constructor: { name },
    input,
  }: {
    constructor: { name: string };
    input: Input;
  }): Promise<object> {
    const operation = name.replace(/Command$/, '');
    this.requests[operation] = (this.requests[operation] ?? 0) + 1;
    switch (operation) {
      case 'ListObjectsV2':
        return this.list(input.StartAfter);
      case 'GetObject':
        return {
          Body: Object.assign(fs.createReadStream(this.toFile(input)), {
            transformToString: () => fs.promises.readFile(this.toFile(input), 'utf8'),
          }),
        };
      case 'PutObject':
        await this.keep(input, fs.promises.writeFile);
        return { ETag: '"e"' };
      case 'CreateMultipartUpload':
        return { UploadId: 'u' };
      case 'UploadPart':
        await this.keep(input, fs.promises.appendFile);
        return { ETag: '"e"' };
      case 'CompleteMultipartUpload':
        return {};
      default:
        throw new Error(`this S3 does not know ${operation}`);
    }
  }

  toFile({ Key }: Pick<Input, 'Key'>): string {
    return path.join(this.folder, path.basename(Key));
  }

  /**
   * Parts have objects in their lines. Results are on disk already, because the sandbox collects
   * them there.
   */
  private async keep(
    input: Input,
    write: (file: string, body: string | Buffer) => Promise<void>,
  ): Promise<void> {
    const Body = input.Body!;
    if (input.Key.includes('/map-run/')) {
      this.resultBytes += Body.length;
    } else if (!String(Body.slice(0, 10)).startsWith('{"Key"')) {
      await write(this.toFile(input), Body);
    }
  }

  private list(after = ''): object {
    const first = this.findFirst(after);
    const end = Math.min(first + PAGE, this.objects);
    const LastModified = new Date('2026-11-24T10:00:00Z');
    const Contents = [];
    for (let index = first; index < end; index++) {
      Contents.push({
        Key: toKey(index),
        ETag: '"d41d8cd98f00b204e9800998ecf8427e"',
        LastModified,
        Size: 1_024,
        StorageClass: 'STANDARD',
      });
    }
    return { Contents, IsTruncated: end < this.objects };
  }

  /** Returns the index of the first key after another one. All keys are ASCII. */
  private findFirst(after: string): number {
    let [low, high] = [0, this.objects];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (toKey(middle) > after) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }
}
