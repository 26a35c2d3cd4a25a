import assert from 'node:assert/strict';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectAnnotationCommand,
  GetObjectAnnotationCommand,
  HeadObjectCommand,
  ListObjectAnnotationsCommand,
  PutObjectAnnotationCommand,
  type PutObjectAnnotationCommandInput,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { type Check, copySource, refused, type Subject } from '../subject';

const OVERVIEW = 'userguide/annotations-overview.html';

function check(
  name: string,
  page: string,
  run: (subject: Subject, bucket: string) => Promise<void>,
): Check {
  return {
    name,
    page,
    run: async (subject) => {
      const bucket = await subject.bucket();
      await subject.put(bucket, 'key', 'content');
      await run(subject, bucket);
    },
  };
}

function annotate(
  subject: Subject,
  Bucket: string,
  AnnotationName: string,
  AnnotationPayload: string | Buffer,
  more: Partial<PutObjectAnnotationCommandInput> = {},
) {
  return subject.client.send(
    new PutObjectAnnotationCommand({
      Bucket,
      Key: 'key',
      AnnotationName,
      AnnotationPayload,
      ...more,
    }),
  );
}

async function namesOf(
  subject: Subject,
  Bucket: string,
  Key = 'key',
): Promise<(string | undefined)[]> {
  const { Annotations } = await subject.client.send(
    new ListObjectAnnotationsCommand({ Bucket, Key }),
  );
  return (Annotations ?? []).map(({ AnnotationName }) => AnnotationName).sort();
}

async function read(
  subject: Subject,
  Bucket: string,
  AnnotationName: string,
  Key = 'key',
): Promise<string> {
  const { AnnotationPayload } = await subject.client.send(
    new GetObjectAnnotationCommand({ Bucket, Key, AnnotationName }),
  );
  return AnnotationPayload!.transformToString();
}

export const annotations: Check[] = [
  check(
    'an annotation can be put, listed, read, replaced and deleted',
    OVERVIEW,
    async (subject, bucket) => {
      await annotate(subject, bucket, 'a summary/ü', 'first');
      await annotate(subject, bucket, 'a summary/ü', 'second');
      assert.deepEqual(await namesOf(subject, bucket), ['a summary/ü']);
      assert.equal(await read(subject, bucket, 'a summary/ü'), 'second');
      await subject.client.send(
        new DeleteObjectAnnotationCommand({
          Bucket: bucket,
          Key: 'key',
          AnnotationName: 'a summary/ü',
        }),
      );
      assert.deepEqual(await namesOf(subject, bucket), []);
    },
  ),
  check(
    'an annotation changes neither the ETag nor the content of its object',
    OVERVIEW,
    async (subject, bucket) => {
      const head = () => subject.client.send(new HeadObjectCommand({ Bucket: bucket, Key: 'key' }));
      const before = await head();
      await annotate(subject, bucket, 'note', 'x');
      const after = await head();
      assert.deepEqual(
        [after.ETag, after.ContentLength, after.LastModified],
        [before.ETag, before.ContentLength, before.LastModified],
      );
    },
  ),
  check(
    'an annotation can be put on condition of the ETag of its object',
    'API/API_PutObjectAnnotation.html',
    async (subject, bucket) => {
      const { ETag } = await subject.client.send(
        new HeadObjectCommand({ Bucket: bucket, Key: 'key' }),
      );
      await annotate(subject, bucket, 'note', 'x', { ObjectIfMatch: ETag });
      await refused(
        annotate(subject, bucket, 'note', 'y', {
          ObjectIfMatch: '"00000000000000000000000000000000"',
        }),
        { status: 412, code: 'PreconditionFailed' },
      );
      assert.equal(await read(subject, bucket, 'note'), 'x');
    },
  ),
  check(
    'an annotation must be text',
    'API/API_PutObjectAnnotation.html',
    async (subject, bucket) => {
      await refused(annotate(subject, bucket, 'note', Buffer.from([0xff, 0xfe])), { status: 415 });
    },
  ),
  check(
    'a name of an annotation has at most 512 bytes',
    'API/API_PutObjectAnnotation.html',
    async (subject, bucket) => {
      await annotate(subject, bucket, 'n'.repeat(512), 'x');
      await refused(annotate(subject, bucket, 'n'.repeat(513), 'x'), { status: 400 });
    },
  ),
  check(
    'a copy has the annotations of its source, unless it excludes them',
    'API/API_CopyObject.html',
    async (subject, bucket) => {
      await annotate(subject, bucket, 'note', 'x');
      const copy = (Key: string, AnnotationDirective?: 'EXCLUDE') =>
        subject.client.send(
          new CopyObjectCommand({
            Bucket: bucket,
            Key,
            CopySource: copySource(bucket, 'key'),
            AnnotationDirective,
          }),
        );
      await copy('with');
      await copy('without', 'EXCLUDE');
      assert.equal(await read(subject, bucket, 'note', 'with'), 'x');
      assert.deepEqual(await namesOf(subject, bucket, 'without'), []);
    },
  ),
  check(
    'a copy in parts has no annotations',
    'API/API_CopyObject.html',
    async (subject, bucket) => {
      await annotate(subject, bucket, 'note', 'x');
      const target = { Bucket: bucket, Key: 'copy' };
      const { UploadId } = await subject.client.send(new CreateMultipartUploadCommand(target));
      const part = { ...target, UploadId, PartNumber: 1, CopySource: copySource(bucket, 'key') };
      const { CopyPartResult } = await subject.client.send(new UploadPartCopyCommand(part));
      const Parts = [{ PartNumber: 1, ETag: CopyPartResult?.ETag }];
      await subject.client.send(
        new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts } }),
      );
      assert.deepEqual(await namesOf(subject, bucket, 'copy'), []);
    },
  ),
  check(
    'a replaced object has no annotations of the one before',
    OVERVIEW,
    async (subject, bucket) => {
      await annotate(subject, bucket, 'note', 'x');
      await subject.put(bucket, 'key', 'other content');
      assert.deepEqual(await namesOf(subject, bucket), []);
    },
  ),
];
