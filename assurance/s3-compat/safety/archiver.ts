import * as assert from 'node:assert';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  paginateListObjectsV2,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { App, Stack } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Fault, S3Call } from '../../../packages/s3-double/src';
import {
  type InvocationHook,
  openSandbox,
  type Sandbox,
  type SandboxSummary,
} from '../../../packages/sandbox/src/internal';
import { S3DatedArchiver, type S3DatedArchiverProps } from '../../../src';
import type { LedgerLine } from '../../../src/contract/payloads/ledger-line';

export const DAY = '2026-11-24';
/** These functions return the key of an object of that day, at its source and in the archive. */
export const sourceKey = (name: string) => `incoming/${name}-${DAY}`;
export const archiveKey = (name: string) => `archive/2026/11/24/${name}-${DAY}`;

/** This describes how an archiver is set up. There is only one archiver for each name. */
export interface Setup {
  readonly name: string;
  readonly props?: (stack: Stack) => Partial<S3DatedArchiverProps>;
  /** Larger objects are copied in parts. */
  readonly multipartThreshold?: number;
  readonly versioning?: 'Enabled' | 'Suspended';
}

/**
 * These hooks disturb the archiver. They are called before and after each of its requests, and at
 * each invocation.
 */
export interface Weather {
  before?: (call: S3Call) => Fault | undefined | void | Promise<Fault | undefined | void>;
  after?: (call: S3Call) => void | Promise<void>;
  onInvoke?: (invocation: InvocationHook) => void;
}

/** This is everything that a client can see of an object. */
export interface Seen {
  /** This is the value that `contentOf` returns. */
  readonly content: string;
  /** This is the checksum of the whole object. */
  readonly checksum?: string;
  readonly metadata: Record<string, string>;
  readonly headers: Record<string, string | undefined>;
  readonly tags: string[];
  readonly storageClass?: string;
  readonly encryption?: string;
  readonly kmsKeyId?: string;
  readonly etag?: string;
  readonly versionId?: string;
}

/** Returns what stands for a content in checks. For a long content it is a digest. */
export function contentOf(body: string | Uint8Array): string {
  const buffer = Buffer.from(body as string);
  return buffer.length > 1_000
    ? createHash('sha256').update(buffer).digest('hex')
    : buffer.toString();
}

let count = 0;

/**
 * This archiver runs in the sandbox against a server. The tests observe and disturb it through
 * their own client of the server.
 */
export class Archiver {
  static async open(endpoint: string, s3: S3Client, setup: Setup): Promise<Archiver> {
    const name = `safety-${Date.now().toString(36)}-${++count}`;
    const buckets = {
      source: `${name}-source`,
      destination: `${name}-archive`,
      report: `${name}-report`,
    };
    const app = synthesize(setup, buckets);
    const weather: Weather = {};
    const sandbox = await openSandbox({
      app,
      endpoint,
      retryScale: 0,
      maxInstances: 4,
      s3: {
        hooks: {
          before: async (call) => (await weather.before?.(call)) ?? undefined,
          after: (call) => weather.after?.(call),
        },
      },
      onInvoke: (invocation) => weather.onInvoke?.(invocation),
    });
    for (const bucket of setup.versioning ? [buckets.source, buckets.destination] : []) {
      for (const status of setup.versioning === 'Suspended'
        ? (['Enabled', 'Suspended'] as const)
        : (['Enabled'] as const)) {
        await s3.send(
          new PutBucketVersioningCommand({
            Bucket: bucket,
            VersioningConfiguration: { Status: status },
          }),
        );
      }
    }
    return new Archiver(app, sandbox, s3, weather, buckets);
  }

  /** These are the requests of the last run, counted by operation. */
  requests: Record<string, number> = {};

  private constructor(
    private readonly app: string,
    readonly sandbox: Sandbox,
    readonly s3: S3Client,
    readonly weather: Weather,
    readonly buckets: {
      readonly source: string;
      readonly destination: string;
      readonly report: string;
    },
  ) {}

  async put(
    key: string,
    body: string | Buffer = key,
    more: Partial<PutObjectCommandInput> = {},
  ): Promise<void> {
    await this.s3.send(
      new PutObjectCommand({
        Bucket: this.buckets.source,
        Key: key,
        Body: typeof body === 'string' ? Buffer.from(body) : body,
        ...more,
      }),
    );
  }

  async putArchived(
    key: string,
    body: string | Buffer = key,
    more: Partial<PutObjectCommandInput> = {},
  ): Promise<void> {
    await this.put(key, body, { Bucket: this.buckets.destination, ...more });
  }

  async remove(key: string): Promise<void> {
    await this.s3.send(new DeleteObjectCommand({ Bucket: this.buckets.source, Key: key }));
  }

  /** Returns the keys at the source. */
  source(): Promise<string[]> {
    return this.keys(this.buckets.source);
  }

  archive(): Promise<string[]> {
    return this.keys(this.buckets.destination);
  }

  /** Returns the contents at the source or in the archive, by key. */
  async contents(place: 'source' | 'destination'): Promise<Record<string, string>> {
    const keys = await this.keys(this.buckets[place]);
    return Object.fromEntries(
      await Promise.all(keys.map(async (key) => [key, (await this.see(place, key))!.content])),
    );
  }

  async see(place: 'source' | 'destination', key: string): Promise<Seen | undefined> {
    const where = { Bucket: this.buckets[place], Key: key };
    try {
      const [object, head, { TagSet = [] }] = await Promise.all([
        this.s3.send(new GetObjectCommand(where)).then(async (answer) => ({
          ...answer,
          content: contentOf(await answer.Body!.transformToByteArray()),
        })),
        this.s3.send(new HeadObjectCommand({ ...where, ChecksumMode: 'ENABLED' })),
        this.s3.send(new GetObjectTaggingCommand(where)),
      ]);
      return {
        content: object.content,
        checksum:
          head.ChecksumType === 'COMPOSITE'
            ? undefined
            : (head.ChecksumCRC32 ?? head.ChecksumCRC64NVME),
        metadata: object.Metadata ?? {},
        headers: {
          type: object.ContentType,
          cache: object.CacheControl,
          disposition: object.ContentDisposition,
          encoding: object.ContentEncoding,
          language: object.ContentLanguage,
          expires: object.ExpiresString,
        },
        tags: TagSet.map(({ Key, Value }) => `${Key}=${Value}`).sort(),
        storageClass: head.StorageClass,
        encryption: head.ServerSideEncryption,
        kmsKeyId: head.SSEKMSKeyId,
        etag: head.ETag,
        versionId: head.VersionId,
      };
    } catch (error) {
      if (['NoSuchKey', 'NotFound'].includes((error as Error).name)) {
        return undefined;
      }
      throw error;
    }
  }

  /** Does a run, and checks that its counts add up. */
  async run(input: object = { date: DAY }): Promise<SandboxSummary> {
    const summary = await this.sandbox.run({ input });
    const { counts, error, cause } = summary;
    this.requests = summary.requests;
    assert.notStrictEqual(error, 'LedgerUnbalanced', cause ?? '');
    // Those of a restore or a verification have other names.
    if (counts && 'archived' in counts) {
      assert.strictEqual(
        counts.listed,
        counts.archived + counts.skipped + counts.conflicting + counts.failed,
        JSON.stringify(counts),
      );
    }
    return summary;
  }

  /** Does a run without disturbances, which must succeed. */
  async cleanRun(input?: object): Promise<NonNullable<SandboxSummary['counts']>> {
    this.calm();
    const { status, error, cause, counts } = await this.run(input);
    assert.strictEqual(status, 'SUCCEEDED', `${error}: ${cause}`);
    return counts!;
  }

  calm(): void {
    this.weather.before = this.weather.after = this.weather.onInvoke = undefined;
  }

  /** Returns the ledger lines of all runs since the last reset. */
  async ledger(): Promise<LedgerLine[]> {
    const keys = (await this.keys(this.buckets.report)).filter((key) => key.includes('/ledger/'));
    const texts = await Promise.all(
      keys.map(async (Key) => {
        const { Body } = await this.s3.send(
          new GetObjectCommand({ Bucket: this.buckets.report, Key }),
        );
        return Body!.transformToString();
      }),
    );
    return texts.flatMap((text) =>
      text
        .split('\n')
        .filter((line) => line.trim() !== '')
        .map((line) => JSON.parse(line) as LedgerLine),
    );
  }

  async reset(): Promise<void> {
    this.calm();
    for (const bucket of Object.values(this.buckets)) {
      await Promise.all(
        (await this.keys(bucket)).map((Key) =>
          this.s3.send(new DeleteObjectCommand({ Bucket: bucket, Key })),
        ),
      );
    }
  }

  async close(): Promise<void> {
    await this.sandbox.close();
    fs.rmSync(this.app, { recursive: true });
  }

  private async keys(bucket: string): Promise<string[]> {
    const keys: string[] = [];
    for await (const page of paginateListObjectsV2({ client: this.s3 }, { Bucket: bucket })) {
      keys.push(...(page.Contents ?? []).map(({ Key }) => Key!));
    }
    return keys.sort();
  }
}

function synthesize({ props, multipartThreshold }: Setup, buckets: Archiver['buckets']): string {
  const outdir = fs.mkdtempSync(path.join(os.tmpdir(), 'safety-'));
  const app = new App({ outdir, analyticsReporting: false });
  const stack = new Stack(app, 'Safety');
  const archiver = new S3DatedArchiver(stack, 'Archiver', {
    bucket: new Bucket(stack, 'Source', { bucketName: buckets.source }),
    destinationBucket: new Bucket(stack, 'Archive', { bucketName: buckets.destination }),
    reportBucket: new Bucket(stack, 'Reports', { bucketName: buckets.report }),
    prefix: 'incoming/',
    batchSize: 10, // this gives several children
    maxObjectsPerSecond: 100_000,
    toleratedFailurePercentage: 100,
    ...props?.(stack),
  });
  if (multipartThreshold !== undefined) {
    archiver.handler.addEnvironment('MULTIPART_THRESHOLD_BYTES', String(multipartThreshold));
  }
  app.synth();
  return outdir;
}
