import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  type CompleteMultipartUploadCommandInput,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
  type UploadPartCopyCommandInput,
} from '@aws-sdk/client-s3';
import { type Check, copySource, MIB, refused, type Subject } from '../subject';

const OVERVIEW = 'userguide/mpuoverview.html';
const LIMITS = 'userguide/qfacts.html';
const COMPLETE = 'API/API_CompleteMultipartUpload.html';
const PART_COPY = 'API/API_UploadPartCopy.html';
const CONDITIONS = 'userguide/conditional-writes.html';
const INTEGRITY = 'userguide/checking-object-integrity.html';
const OTHER = '"00000000000000000000000000000000"';

const FIRST = Buffer.alloc(5 * MIB, 'a');
const LAST = Buffer.from('the end');

interface Part {
  PartNumber: number;
  ETag?: string;
}

/** A multipart upload to `key` in a new bucket. */
class Upload {
  uploadId = '';

  constructor(
    readonly subject: Subject,
    readonly bucket: string,
  ) {}

  async create(input: Partial<CreateMultipartUploadCommandInput> = {}): Promise<void> {
    const output = await this.subject.client.send(
      new CreateMultipartUploadCommand({ Bucket: this.bucket, Key: 'key', ...input }),
    );
    this.uploadId = output.UploadId ?? '';
  }

  async part(PartNumber: number, body: Buffer, checksum?: 'CRC32' | 'SHA256'): Promise<Part> {
    const output = await this.subject.client.send(
      new UploadPartCommand({
        ...this.target,
        PartNumber,
        Body: body,
        ChecksumAlgorithm: checksum,
      }),
    );
    return {
      PartNumber,
      ETag: output.ETag,
      ...(checksum && { [`Checksum${checksum}`]: output[`Checksum${checksum}`] }),
    };
  }

  async partCopy(
    PartNumber: number,
    source: string,
    input: Partial<UploadPartCopyCommandInput> = {},
  ): Promise<Part> {
    const output = await this.subject.client.send(
      new UploadPartCopyCommand({
        ...this.target,
        PartNumber,
        CopySource: copySource(this.bucket, source),
        ...input,
      }),
    );
    return { PartNumber, ETag: output.CopyPartResult?.ETag };
  }

  complete(parts: Part[], input: Partial<CompleteMultipartUploadCommandInput> = {}) {
    return this.subject.client.send(
      new CompleteMultipartUploadCommand({
        ...this.target,
        MultipartUpload: { Parts: parts },
        ...input,
      }),
    );
  }

  head() {
    return this.subject.client.send(
      new HeadObjectCommand({ Bucket: this.bucket, Key: 'key', ChecksumMode: 'ENABLED' }),
    );
  }

  async content(): Promise<Buffer> {
    const output = await this.subject.client.send(
      new GetObjectCommand({ Bucket: this.bucket, Key: 'key' }),
    );
    return Buffer.from((await output.Body?.transformToByteArray()) ?? []);
  }

  get target() {
    return { Bucket: this.bucket, Key: 'key', UploadId: this.uploadId };
  }
}

function check(name: string, page: string, run: (upload: Upload) => Promise<void>): Check {
  return { name, page, run: async (subject) => run(new Upload(subject, await subject.bucket())) };
}

const md5 = (content: Buffer) => createHash('md5').update(content).digest();

export const multipart: Check[] = [
  check('parts put together in order are the object', OVERVIEW, async (upload) => {
    await upload.create();
    const last = await upload.part(7, LAST);
    const first = await upload.part(2, FIRST);
    await upload.complete([first, last]);
    assert.ok((await upload.content()).equals(Buffer.concat([FIRST, LAST])));
  }),
  check(
    "the ETag is the MD5 of the parts' MD5s and their number",
    'API/API_Object.html',
    async (upload) => {
      await upload.create();
      const output = await upload.complete([
        await upload.part(1, FIRST),
        await upload.part(2, LAST),
      ]);
      assert.equal(
        output.ETag,
        `"${md5(Buffer.concat([md5(FIRST), md5(LAST)])).toString('hex')}-2"`,
      );
      assert.equal((await upload.head()).ETag, output.ETag);
    },
  ),
  check('nothing is visible before the completion', OVERVIEW, async (upload) => {
    await upload.create();
    await upload.part(1, LAST);
    await refused(upload.head(), { status: 404 });
  }),
  check(
    'metadata, content headers, tags and class are those of the creation',
    'API/API_CreateMultipartUpload.html',
    async (upload) => {
      await upload.create({
        Metadata: { owner: 'ops' },
        ContentType: 'text/csv',
        CacheControl: 'no-store',
        Tagging: 'a=b',
        StorageClass: 'STANDARD_IA',
      });
      await upload.complete([await upload.part(1, LAST)]);
      const output = await upload.head();
      assert.deepEqual(output.Metadata, { owner: 'ops' });
      assert.equal(output.ContentType, 'text/csv');
      assert.equal(output.CacheControl, 'no-store');
      assert.equal(output.StorageClass, 'STANDARD_IA');
      const { TagSet } = await upload.subject.client.send(
        new GetObjectTaggingCommand({ Bucket: upload.bucket, Key: 'key' }),
      );
      assert.deepEqual(TagSet, [{ Key: 'a', Value: 'b' }]);
    },
  ),
  check(
    'a part uploaded again replaces the earlier one',
    'API/API_UploadPart.html',
    async (upload) => {
      await upload.create();
      await upload.part(1, FIRST);
      await upload.complete([await upload.part(1, LAST)]);
      assert.ok((await upload.content()).equals(LAST));
    },
  ),
  check('a part that is not listed is left out', COMPLETE, async (upload) => {
    await upload.create();
    await upload.part(1, FIRST);
    await upload.complete([await upload.part(2, LAST)]);
    assert.ok((await upload.content()).equals(LAST));
  }),
  check('a part below 5 MiB that is not the last is refused', LIMITS, async (upload) => {
    await upload.create();
    await refused(upload.complete([await upload.part(1, LAST), await upload.part(2, LAST)]), {
      status: 400,
      code: 'EntityTooSmall',
    });
  }),
  check('parts out of order are refused', COMPLETE, async (upload) => {
    await upload.create();
    const parts = [await upload.part(1, FIRST), await upload.part(2, FIRST)];
    await refused(upload.complete(parts.reverse()), { status: 400, code: 'InvalidPartOrder' });
  }),
  check('a part with another ETag, or none uploaded, is refused', COMPLETE, async (upload) => {
    await upload.create();
    await upload.part(1, LAST);
    await refused(upload.complete([{ PartNumber: 1, ETag: OTHER }]), {
      status: 400,
      code: 'InvalidPart',
    });
    await refused(upload.complete([{ PartNumber: 2, ETag: OTHER }]), {
      status: 400,
      code: 'InvalidPart',
    });
  }),
  check('part numbers go from 1 to 10,000', LIMITS, async (upload) => {
    await upload.create();
    await upload.part(10_000, LAST);
    await refused(upload.part(10_001, LAST), { status: 400, code: 'InvalidArgument' });
    await refused(upload.part(0, LAST), { status: 400, code: 'InvalidArgument' });
  }),
  check('an unknown upload is 404 NoSuchUpload', 'API/API_UploadPart.html', async (upload) => {
    upload.uploadId = 'unknown';
    await refused(upload.part(1, LAST), { status: 404, code: 'NoSuchUpload' });
    await refused(upload.complete([{ PartNumber: 1, ETag: OTHER }]), {
      status: 404,
      code: 'NoSuchUpload',
    });
  }),
  check('an aborted upload is gone', 'API/API_AbortMultipartUpload.html', async (upload) => {
    await upload.create();
    await upload.part(1, LAST);
    await upload.subject.client.send(new AbortMultipartUploadCommand(upload.target));
    assert.equal(upload.subject.status, 204);
    await refused(upload.part(1, LAST), { status: 404, code: 'NoSuchUpload' });
  }),
  check('the parts are listed in order, page by page', 'API/API_ListParts.html', async (upload) => {
    await upload.create();
    for (const number of [3, 1, 2]) {
      await upload.part(number, LAST);
    }
    const first = await upload.subject.client.send(
      new ListPartsCommand({ ...upload.target, MaxParts: 2 }),
    );
    assert.deepEqual(
      first.Parts?.map((part) => part.PartNumber),
      [1, 2],
    );
    assert.equal(first.IsTruncated, true);
    assert.equal(first.Parts?.[0].Size, LAST.length);
    const second = await upload.subject.client.send(
      new ListPartsCommand({ ...upload.target, PartNumberMarker: first.NextPartNumberMarker }),
    );
    assert.deepEqual(
      second.Parts?.map((part) => part.PartNumber),
      [3],
    );
    assert.equal(second.IsTruncated, false);
  }),
  check(
    'uploads under way are listed by prefix',
    'API/API_ListMultipartUploads.html',
    async (upload) => {
      await upload.create();
      const list = async (Prefix: string) => {
        const output = await upload.subject.client.send(
          new ListMultipartUploadsCommand({ Bucket: upload.bucket, Prefix }),
        );
        return output.Uploads;
      };
      assert.deepEqual(
        (await list('k'))?.map(({ Key, UploadId }) => [Key, UploadId]),
        [['key', upload.uploadId]],
      );
      assert.equal(await list('other'), undefined);
    },
  ),
  check(
    'a completed upload is not listed any more',
    'API/API_ListMultipartUploads.html',
    async (upload) => {
      await upload.create();
      await upload.complete([await upload.part(1, LAST)]);
      assert.equal(
        (
          await upload.subject.client.send(
            new ListMultipartUploadsCommand({ Bucket: upload.bucket }),
          )
        ).Uploads,
        undefined,
      );
    },
  ),
  check('a completion with If-None-Match:* does not replace', CONDITIONS, async (upload) => {
    await upload.create();
    const part = await upload.part(1, LAST);
    await upload.subject.put(upload.bucket, 'key', 'earlier');
    await refused(upload.complete([part], { IfNoneMatch: '*' }), {
      status: 412,
      code: 'PreconditionFailed',
    });
    assert.equal((await upload.content()).toString(), 'earlier');
  }),
  check('a completion with If-None-Match:* creates', CONDITIONS, async (upload) => {
    await upload.create();
    await upload.complete([await upload.part(1, LAST)], { IfNoneMatch: '*' });
    assert.ok((await upload.content()).equals(LAST));
  }),
  check('a completion with a wrong object size is refused', COMPLETE, async (upload) => {
    await upload.create();
    await refused(upload.complete([await upload.part(1, LAST)], { MpuObjectSize: 1 }), {
      status: 400,
      code: 'InvalidRequest',
    });
  }),
  check(
    'a composite checksum is a checksum of checksums, with the number of parts',
    INTEGRITY,
    async (upload) => {
      await upload.create({ ChecksumAlgorithm: 'SHA256' });
      await upload.complete([await upload.part(1, LAST, 'SHA256')]);
      const output = await upload.head();
      const part = createHash('sha256').update(LAST).digest();
      assert.equal(
        output.ChecksumSHA256,
        `${createHash('sha256').update(part).digest('base64')}-1`,
      );
      assert.equal(output.ChecksumType, 'COMPOSITE');
    },
  ),
  check('a full-object checksum is that of the whole', INTEGRITY, async (upload) => {
    await upload.create({ ChecksumAlgorithm: 'CRC64NVME' });
    await upload.complete([await upload.part(1, Buffer.from('123456789'))]);
    const output = await upload.head();
    assert.equal(output.ChecksumCRC64NVME, 'rosUhgp5mIg=');
    assert.equal(output.ChecksumType, 'FULL_OBJECT');
  }),
  check('SHA-256 cannot be a full-object checksum of an upload', INTEGRITY, async (upload) => {
    await refused(upload.create({ ChecksumAlgorithm: 'SHA256', ChecksumType: 'FULL_OBJECT' }), {
      status: 400,
      code: 'InvalidRequest',
    });
  }),
  check(
    'a copy of a multipart object is a single part: its ETag changes, a composite checksum too',
    'API/API_CopyObject.html',
    async (upload) => {
      await upload.create({ ChecksumAlgorithm: 'SHA256' });
      await upload.complete([await upload.part(1, LAST, 'SHA256')]);
      const { CopyObjectResult: result } = await upload.subject.client.send(
        new CopyObjectCommand({
          Bucket: upload.bucket,
          Key: 'copy',
          CopySource: copySource(upload.bucket, 'key'),
        }),
      );
      assert.equal(result?.ETag, `"${md5(LAST).toString('hex')}"`);
      assert.equal(result?.ChecksumSHA256, createHash('sha256').update(LAST).digest('base64'));
    },
  ),
  check(
    'a HEAD of one part tells its size and the number of parts',
    'API/API_HeadObject.html',
    async (upload) => {
      await upload.create();
      await upload.complete([await upload.part(1, FIRST), await upload.part(2, LAST)]);
      const output = await upload.subject.client.send(
        new HeadObjectCommand({ Bucket: upload.bucket, Key: 'key', PartNumber: 2 }),
      );
      assert.equal(output.ContentLength, LAST.length);
      assert.equal(output.PartsCount, 2);
    },
  ),

  check('a part copied from an object', PART_COPY, async (upload) => {
    await upload.subject.put(upload.bucket, 'source', '0123456789');
    await upload.create();
    await upload.complete([await upload.partCopy(1, 'source')]);
    assert.equal((await upload.content()).toString(), '0123456789');
  }),
  check('a part copied from a range, both ends included', PART_COPY, async (upload) => {
    await upload.subject.put(upload.bucket, 'source', '0123456789');
    await upload.create();
    await upload.complete([await upload.partCopy(1, 'source', { CopySourceRange: 'bytes=2-4' })]);
    assert.equal((await upload.content()).toString(), '234');
  }),
  check(
    'a copied range beyond the source, or without an end, is refused',
    PART_COPY,
    async (upload) => {
      await upload.subject.put(upload.bucket, 'source', '0123456789');
      await upload.create();
      await refused(upload.partCopy(1, 'source', { CopySourceRange: 'bytes=5-10' }), {
        status: 400,
        code: ['InvalidArgument', 'InvalidRange'],
      });
      await refused(upload.partCopy(1, 'source', { CopySourceRange: 'bytes=5-' }), {
        status: 400,
        code: 'InvalidArgument',
      });
    },
  ),
  check('a copied part is pinned with copy-source-if-match', PART_COPY, async (upload) => {
    const { etag } = await upload.subject.put(upload.bucket, 'source', '0123456789');
    await upload.create();
    await refused(upload.partCopy(1, 'source', { CopySourceIfMatch: OTHER }), {
      status: 412,
      code: 'PreconditionFailed',
    });
    await upload.partCopy(1, 'source', { CopySourceIfMatch: etag });
  }),
  check('a part copied from a missing object is 404', PART_COPY, async (upload) => {
    await upload.create();
    await refused(upload.partCopy(1, 'source'), { status: 404, code: 'NoSuchKey' });
  }),
];
