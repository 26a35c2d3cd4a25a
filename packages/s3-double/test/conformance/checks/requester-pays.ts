import assert from 'node:assert/strict';
import {
  GetBucketRequestPaymentCommand,
  GetObjectCommand,
  PutBucketRequestPaymentCommand,
} from '@aws-sdk/client-s3';
import type { Check, Subject } from '../subject';

const REQUESTER_PAYS = 'userguide/RequesterPaysBuckets.html';

function check(
  name: string,
  page: string,
  run: (subject: Subject, bucket: string) => Promise<void>,
): Check {
  return { name, page, run: async (subject) => run(subject, await subject.bucket()) };
}

async function payerOf(subject: Subject, bucket: string): Promise<string | undefined> {
  return (await subject.client.send(new GetBucketRequestPaymentCommand({ Bucket: bucket }))).Payer;
}

function letRequesterPay(subject: Subject, bucket: string) {
  return subject.client.send(
    new PutBucketRequestPaymentCommand({
      Bucket: bucket,
      RequestPaymentConfiguration: { Payer: 'Requester' },
    }),
  );
}

export const requesterPays: Check[] = [
  check(
    'the owner pays unless told otherwise',
    'API/API_GetBucketRequestPayment.html',
    async (subject, bucket) => {
      assert.equal(await payerOf(subject, bucket), 'BucketOwner');
      await letRequesterPay(subject, bucket);
      assert.equal(await payerOf(subject, bucket), 'Requester');
    },
  ),
  check(
    'the owner need not say that it pays',
    'userguide/ObjectsinRequesterPaysBuckets.html',
    async (subject, bucket) => {
      await letRequesterPay(subject, bucket);
      await subject.put(bucket, 'key', 'content');
      await subject.client.send(new GetObjectCommand({ Bucket: bucket, Key: 'key' }));
    },
  ),
  check('nobody can read without saying who pays', REQUESTER_PAYS, async (subject, bucket) => {
    await subject.put(bucket, 'key', 'content');
    await letRequesterPay(subject, bucket);
    assert.equal((await fetch(`${subject.endpoint}/${bucket}/key`)).status, 403);
  }),
];
