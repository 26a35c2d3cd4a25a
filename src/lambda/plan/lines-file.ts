import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { toAsciiJson } from '../text/escape';

/** S3 allows 10,000 parts of at least 5 MiB: 78 GiB of lines, which are more than a map reads. */
const PART_BYTES = 8 * 1024 ** 2;

/**
 * A JSON Lines file in S3 that may be larger than the memory. A small one is one request. Several
 * writers may add lines at the same time.
 */
export class LinesFile {
  /** Writes a whole file, or nothing. */
  static async write(
    s3: S3Client,
    Bucket: string,
    Key: string,
    addLines: (file: LinesFile) => Promise<void>,
  ): Promise<void> {
    const file = new LinesFile(s3, { Bucket, Key });
    try {
      await addLines(file);
      await file.close();
    } catch (error) {
      await file.abort().catch(() => undefined);
      throw error;
    }
  }

  private lines: string[] = [];
  private bytes = 0;
  private uploadId?: Promise<string>;
  private readonly parts: Promise<CompletedPart>[] = [];

  constructor(
    private readonly s3: S3Client,
    private readonly place: { readonly Bucket: string; readonly Key: string },
  ) {}

  /** Await it, so that no more lines are in memory than are being sent. */
  async add(value: object): Promise<void> {
    const line = `${toAsciiJson(value)}\n`;
    this.lines.push(line);
    this.bytes += line.length;
    if (this.bytes >= PART_BYTES) {
      await this.send();
    }
  }

  async close(): Promise<void> {
    if (!this.uploadId) {
      await this.s3.send(
        new PutObjectCommand({
          ...this.place,
          Body: this.lines.join(''),
          ContentType: 'application/jsonl',
        }),
      );
      return;
    }
    if (this.lines.length > 0) {
      await this.send();
    }
    const [UploadId, Parts] = await Promise.all([this.uploadId, Promise.all(this.parts)]);
    await this.s3.send(
      new CompleteMultipartUploadCommand({ ...this.place, UploadId, MultipartUpload: { Parts } }),
    );
  }

  private async abort(): Promise<void> {
    const UploadId = await this.uploadId?.catch(() => undefined);
    await Promise.allSettled(this.parts);
    if (UploadId) {
      await this.s3.send(new AbortMultipartUploadCommand({ ...this.place, UploadId }));
    }
  }

  private async send(): Promise<void> {
    const Body = this.lines.join('');
    const PartNumber = this.parts.length + 1;
    this.lines = [];
    this.bytes = 0;
    this.uploadId ??= this.s3
      .send(new CreateMultipartUploadCommand({ ...this.place, ContentType: 'application/jsonl' }))
      .then(({ UploadId }) => UploadId!);
    const part = this.uploadId.then(async (UploadId) => {
      const { ETag } = await this.s3.send(
        new UploadPartCommand({ ...this.place, UploadId, PartNumber, Body }),
      );
      return { ETag, PartNumber };
    });
    this.parts.push(part);
    await part;
  }
}
