import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { S3Double, S3DoubleOptions } from '../../src';
import { startDouble } from '../start-double';

let double: S3Double;
let client: S3Client;

async function start(options: S3DoubleOptions = {}): Promise<void> {
  ({ double, client } = await startDouble('key', options));
}

function deny(statement: object): void {
  double.store.putPolicy('bucket', {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: ['arn:aws:s3:::bucket', 'arn:aws:s3:::bucket/*'],
        ...statement,
      },
    ],
  });
}

const DENIED = { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } };
const get = (key = 'key') => client.send(new GetObjectCommand({ Bucket: 'bucket', Key: key }));
const copy = (key: string, source = 'bucket/key') =>
  client.send(new CopyObjectCommand({ Bucket: 'bucket', Key: key, CopySource: source }));

describe('a bucket policy', () => {
  const INSECURE = { Condition: { Bool: { 'aws:SecureTransport': 'false' } } };

  test('that denies plain HTTP denies everything, unless the double is said to be behind TLS', async () => {
    await start();
    deny(INSECURE);
    await expect(get()).rejects.toMatchObject(DENIED);
    await expect(client.send(new ListObjectsV2Command({ Bucket: 'bucket' }))).rejects.toMatchObject(
      DENIED,
    );
    await double.close();
    await start({ secureTransport: true });
    deny(INSECURE);
    await get();
  });

  test("of the source's bucket holds for copies of its objects", async () => {
    await start();
    double.store.createBucket('other');
    deny({ Action: 's3:GetObject' });
    await expect(
      client.send(
        new CopyObjectCommand({ Bucket: 'other', Key: 'copy', CopySource: 'bucket/key' }),
      ),
    ).rejects.toMatchObject(DENIED);
  });

  test('that denies a prefix denies its keys in a bulk delete inside the 200', async () => {
    await start();
    deny({ Action: 's3:DeleteObject', Resource: 'arn:aws:s3:::bucket/kept/*' });
    const output = await client.send(
      new DeleteObjectsCommand({
        Bucket: 'bucket',
        Delete: { Objects: [{ Key: 'kept/1' }, { Key: 'key' }] },
      }),
    );
    expect(output.Errors?.map(({ Key, Code }) => [Key, Code])).toEqual([
      ['kept/1', 'AccessDenied'],
    ]);
    expect(output.Deleted?.map(({ Key }) => Key)).toEqual(['key']);
  });

  test(
    'that asks for conditional deletes takes the ETag of each key of a bulk delete as the ' +
      'condition',
    async () => {
      await start();
      deny({ Action: 's3:DeleteObject', Condition: { Null: { 's3:if-match': 'true' } } });
      const ETag = `"${double.store.get('bucket', 'key')?.etag}"`;
      const output = await client.send(
        new DeleteObjectsCommand({
          Bucket: 'bucket',
          Delete: { Objects: [{ Key: 'key', ETag }, { Key: 'other' }] },
        }),
      );
      expect(output.Deleted?.map(({ Key }) => Key)).toEqual(['key']);
      expect(output.Errors?.map(({ Key, Code }) => [Key, Code])).toEqual([
        ['other', 'AccessDenied'],
      ]);
    },
  );

  test('that asks for KMS takes the encryption of the upload for its parts', async () => {
    await start();
    deny({
      Action: 's3:PutObject',
      Condition: { StringNotEquals: { 's3:x-amz-server-side-encryption': 'aws:kms' } },
    });
    const create = (encryption?: 'aws:kms') =>
      client.send(
        new CreateMultipartUploadCommand({
          Bucket: 'bucket',
          Key: 'large',
          ServerSideEncryption: encryption,
        }),
      );
    await expect(create()).rejects.toMatchObject(DENIED);
    const upload = { Bucket: 'bucket', Key: 'large', UploadId: (await create('aws:kms')).UploadId };
    const { ETag } = await client.send(
      new UploadPartCommand({ ...upload, PartNumber: 1, Body: 'x' }),
    );
    await client.send(
      new CompleteMultipartUploadCommand({
        ...upload,
        MultipartUpload: { Parts: [{ ETag, PartNumber: 1 }] },
      }),
    );
    expect(double.store.get('bucket', 'large')?.attributes.encryption.algorithm).toBe('aws:kms');
  });

  test('of one prefix in listings', async () => {
    await start();
    deny({ Action: 's3:ListBucket', Condition: { StringNotLike: { 's3:prefix': 'incoming/*' } } });
    await client.send(new ListObjectsV2Command({ Bucket: 'bucket', Prefix: 'incoming/2026/' }));
    await expect(client.send(new ListObjectsV2Command({ Bucket: 'bucket' }))).rejects.toMatchObject(
      DENIED,
    );
  });

  test('holds until it is taken away', async () => {
    await start();
    deny({ Action: 's3:PutObject' });
    await expect(copy('copy')).rejects.toMatchObject(DENIED);
    double.store.putPolicy('bucket', undefined);
    await copy('copy');
  });
});

describe('Requester Pays', () => {
  test('refuses who does not say that it pays, reading and writing, source and destination', async () => {
    await start();
    double.store.createBucket('free');
    double.store.bucket('bucket').requesterPays = true;
    await expect(get()).rejects.toMatchObject(DENIED);
    await expect(copy('copy')).rejects.toMatchObject(DENIED);
    await expect(
      client.send(new CopyObjectCommand({ Bucket: 'free', Key: 'copy', CopySource: 'bucket/key' })),
    ).rejects.toMatchObject(DENIED);
    await expect(
      client.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'new', Body: 'x' })),
    ).rejects.toMatchObject(DENIED);
    const paying = { RequestPayer: 'requester' } as const;
    await client.send(new GetObjectCommand({ Bucket: 'bucket', Key: 'key', ...paying }));
    await client.send(
      new CopyObjectCommand({ Bucket: 'free', Key: 'copy', CopySource: 'bucket/key', ...paying }),
    );
  });

  test('lets the owner in', async () => {
    await start();
    double.store.createBucket('mine', { requesterPays: true, owners: ['AKIATEST'] });
    await client.send(new PutObjectCommand({ Bucket: 'mine', Key: 'new', Body: 'x' }));
  });
});
