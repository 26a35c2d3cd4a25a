import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { JsonObject } from '../../common/json';
import type { OutputType } from '../../states-language/definition';
import { StateError } from '../../states-language/errors';

export type ResultStatus = 'SUCCEEDED' | 'FAILED' | 'PENDING';

interface ResultFile {
  readonly file: string;
  readonly descriptor: number;
  /** Without the bracket that ends an array. */
  bytes: number;
}

const PART_BYTES = 64 * 1024 ** 2;

/**
 * Result files of a Map Run, collected on disk and written to S3 when it ends:
 * "ResultWriter", input-output-resultwriter.
 */
export class ResultFiles {
  private readonly directory = fs.mkdtempSync(path.join(os.tmpdir(), 'sandbox-map-run-'));
  private readonly files: Record<ResultStatus, ResultFile[]> = {
    SUCCEEDED: [],
    FAILED: [],
    PENDING: [],
  };

  constructor(
    private readonly outputType: OutputType,
    private readonly maxBytes: number,
  ) {}

  add(status: ResultStatus, record: string): void {
    let current = this.files[status].at(-1);
    if (!current || current.bytes + Buffer.byteLength(record) + 2 > this.maxBytes) {
      const file = path.join(
        this.directory,
        `${status}_${this.files[status].length}.${this.outputType.toLowerCase()}`,
      );
      current = { file, descriptor: fs.openSync(file, 'w+'), bytes: 0 };
      this.files[status].push(current);
    }
    const separator = this.outputType === 'JSONL' ? '' : current.bytes === 0 ? '[' : ',';
    current.bytes += fs.writeSync(
      current.descriptor,
      `${separator}${record}${this.outputType === 'JSONL' ? '\n' : ''}`,
      current.bytes,
    );
  }

  /**
   * A redrive writes the successes of all attempts, but only its own failures:
   * input-output-resultwriter.
   */
  forgetUnsuccessful(): void {
    for (const status of ['FAILED', 'PENDING'] as const) {
      this.remove(status);
    }
  }

  /** Writes the files and the manifest below `prefix`, and returns the manifest's location. */
  async write(
    s3: S3Client,
    destination: { bucket: string; prefix: string; mapRunArn: string },
  ): Promise<{ Bucket: string; Key: string }> {
    const folder = `${destination.prefix === '' ? '' : `${destination.prefix.replace(/\/$/, '')}/`}${destination.mapRunArn.split(':').at(-1)}`;
    const listed: Record<ResultStatus, JsonObject[]> = { FAILED: [], PENDING: [], SUCCEEDED: [] };
    try {
      for (const status of ['FAILED', 'PENDING', 'SUCCEEDED'] as const) {
        for (const { file, descriptor, bytes } of this.files[status]) {
          // The bracket is overwritten by the next record of a redrive.
          if (this.outputType === 'JSON') {
            fs.writeSync(descriptor, ']', bytes);
          }
          const Key = `${folder}/${path.basename(file)}`;
          const { size } = fs.fstatSync(descriptor);
          await upload(s3, { Bucket: destination.bucket, Key }, descriptor, size);
          listed[status].push({ Key, Size: size });
        }
      }
      const Key = `${folder}/manifest.json`;
      const manifest = {
        DestinationBucket: destination.bucket,
        MapRunArn: destination.mapRunArn,
        ResultFiles: listed,
      };
      await s3.send(
        new PutObjectCommand({
          Bucket: destination.bucket,
          Key,
          Body: JSON.stringify(manifest),
          ContentType: 'application/json',
        }),
      );
      return { Bucket: destination.bucket, Key };
    } catch (error) {
      const { name, message } = error as Error;
      throw new StateError(
        'States.ResultWriterFailed',
        `Writing the results to the Amazon S3 bucket ${destination.bucket} failed: ${name}: ` +
          `${message}`,
      );
    }
  }

  close(): void {
    for (const status of ['SUCCEEDED', 'FAILED', 'PENDING'] as const) {
      this.remove(status);
    }
    fs.rmSync(this.directory, { recursive: true, force: true });
  }

  private remove(status: ResultStatus): void {
    for (const { file, descriptor } of this.files[status].splice(0)) {
      fs.closeSync(descriptor);
      fs.rmSync(file);
    }
  }
}

async function upload(
  s3: S3Client,
  target: { Bucket: string; Key: string },
  descriptor: number,
  size: number,
): Promise<void> {
  const read = (position: number) => {
    const buffer = Buffer.alloc(Math.min(PART_BYTES, size - position));
    fs.readSync(descriptor, buffer, 0, buffer.length, position);
    return buffer;
  };
  if (size <= PART_BYTES) {
    await s3.send(
      new PutObjectCommand({ ...target, Body: read(0), ContentType: 'application/json' }),
    );
    return;
  }
  const { UploadId } = await s3.send(
    new CreateMultipartUploadCommand({ ...target, ContentType: 'application/json' }),
  );
  try {
    const Parts = [];
    for (let position = 0, PartNumber = 1; position < size; position += PART_BYTES, PartNumber++) {
      const { ETag } = await s3.send(
        new UploadPartCommand({ ...target, UploadId, PartNumber, Body: read(position) }),
      );
      Parts.push({ ETag, PartNumber });
    }
    await s3.send(
      new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts } }),
    );
  } catch (error) {
    await s3.send(new AbortMultipartUploadCommand({ ...target, UploadId })).catch(() => undefined);
    throw error;
  }
}
