import {
  CreateBucketCommand,
  GetObjectCommand,
  paginateListObjectsV2,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { Server } from '../../packages/s3-double/test/conformance/servers/server';

/** Shows what is in an S3 server, as a client other than the archiver sees it. */
export class Buckets {
  readonly client: S3Client;

  constructor({ endpoint, credentials }: Pick<Server, 'endpoint' | 'credentials'>) {
    this.client = new S3Client({
      endpoint,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials,
    });
  }

  /** Creates a bucket with objects whose content and metadata name their keys. */
  async seed(bucket: string, keys: string[]): Promise<void> {
    await this.client.send(new CreateBucketCommand({ Bucket: bucket }));
    await Promise.all(keys.map((key) => this.put(bucket, key, `content of ${key}`)));
  }

  async put(bucket: string, key: string, body: string): Promise<void> {
    await this.client.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: body,
        ContentType: 'text/csv',
        CacheControl: 'no-store',
        Metadata: { origin: encodeURIComponent(key) },
        Tagging: 'team=data',
      }),
    );
  }

  async keys(bucket: string): Promise<string[]> {
    const keys: string[] = [];
    for await (const page of paginateListObjectsV2({ client: this.client }, { Bucket: bucket })) {
      keys.push(...(page.Contents ?? []).map(({ Key }) => Key!));
    }
    return keys.sort();
  }

  /** Describes an object's content, headers and metadata in one line. */
  async describe(bucket: string, key: string): Promise<string> {
    const object = await this.client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    const { ContentType, CacheControl, Metadata, TagCount } = object;
    return JSON.stringify([
      await object.Body!.transformToString(),
      ContentType,
      CacheControl,
      Metadata,
      TagCount,
    ]);
  }

  async json(bucket: string, key: string): Promise<unknown> {
    const object = await this.client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return JSON.parse(await object.Body!.transformToString());
  }
}
