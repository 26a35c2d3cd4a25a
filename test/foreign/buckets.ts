import {
  CopyObjectCommand, CreateBucketCommand, DeleteObjectsCommand, GetObjectCommand, paginateListObjectsV2, PutObjectCommand, S3Client,
} from '@aws-sdk/client-s3';

/** What is in an S3 server, seen by somebody who is not the archiver. */
export class Buckets {
  readonly client: S3Client;

  constructor(endpoint: string) {
    this.client = new S3Client({
      endpoint, region: 'us-east-1', forcePathStyle: true, credentials: { accessKeyId: 'foreign', secretAccessKey: 'foreign' },
    });
  }

  /** Makes a bucket with objects whose content and metadata tell their keys. */
  async seed(bucket: string, keys: string[]): Promise<void> {
    await this.client.send(new CreateBucketCommand({ Bucket: bucket }));
    await Promise.all(keys.map(key => this.put(bucket, key, `content of ${key}`)));
  }

  async put(bucket: string, key: string, body: string): Promise<void> {
    await this.client.send(new PutObjectCommand({
      Bucket: bucket, Key: key, Body: body, ContentType: 'text/csv', CacheControl: 'no-store', Metadata: { origin: encodeURIComponent(key) }, Tagging: 'team=data',
    }));
  }

  async keys(bucket: string): Promise<string[]> {
    const keys: string[] = [];
    for await (const page of paginateListObjectsV2({ client: this.client }, { Bucket: bucket })) {
      keys.push(...(page.Contents ?? []).map(({ Key }) => Key!));
    }
    return keys.sort();
  }

  /** An object's content, headers and metadata, in one line. */
  async describe(bucket: string, key: string): Promise<string> {
    const object = await this.client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    const { ContentType, CacheControl, Metadata, TagCount } = object;
    return JSON.stringify([await object.Body!.transformToString(), ContentType, CacheControl, Metadata, TagCount]);
  }

  async json(bucket: string, key: string): Promise<unknown> {
    const object = await this.client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return JSON.parse(await object.Body!.transformToString());
  }

  /** Conditions that the archiver relies on and this server does not look at: what a check here cannot show. */
  async laxities(): Promise<string[]> {
    const Bucket = 'laxities';
    await this.seed(Bucket, ['source', 'taken', 'changed']);
    const copy = { Bucket, CopySource: `${Bucket}/source` };
    const wrong = '"00000000000000000000000000000000"';
    const attempts: [string, () => Promise<unknown>][] = [
      ['copies although the source has another ETag than x-amz-copy-source-if-match', () => this.client.send(new CopyObjectCommand({ ...copy, Key: 'new', CopySourceIfMatch: wrong }))],
      ['copies over an object in spite of If-None-Match: *', () => this.client.send(new CopyObjectCommand({ ...copy, Key: 'taken', IfNoneMatch: '*' }))],
      ['deletes although the object has another ETag than DeleteObjects says', async () => {
        const { Errors = [] } = await this.client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'changed', ETag: wrong }] } }));
        if (Errors.length > 0) throw new Error(Errors[0].Code);
      }],
    ];
    const lax: string[] = [];
    for (const [what, attempt] of attempts) {
      const refused = await attempt().then(() => false, () => true);
      if (!refused) lax.push(what);
    }
    return lax;
  }
}
