import { S3Error } from '../common/errors';
import type { Answer, Context } from '../http/context';
import { element, parseXml, getText, XML_HEADER, XMLNS } from '../http/xml';

export function getBucketPolicy({ request, store }: Context): Answer {
  const { policy } = store.bucket(request.bucket);
  if (!policy) {
    throw new S3Error('NoSuchBucketPolicy', { fields: { BucketName: request.bucket } });
  }
  return {
    status: 200,
    headers: { 'Content-Type': 'application/json' },
    body: [Buffer.from(policy.text)],
  };
}

export function putBucketPolicy({ request, store }: Context): Answer {
  store.putPolicy(request.bucket, request.body.toString('utf8'));
  return { status: 204 };
}

export function deleteBucketPolicy({ request, store }: Context): Answer {
  store.putPolicy(request.bucket, undefined);
  return { status: 204 };
}

export function getBucketRequestPayment({ request, store }: Context): Answer {
  const { requesterPays } = store.bucket(request.bucket);
  return {
    status: 200,
    body:
      `${XML_HEADER}<RequestPaymentConfiguration ` +
      `${XMLNS}>${element('Payer', requesterPays ? 'Requester' : 'BucketOwner')}` +
      '</RequestPaymentConfiguration>',
  };
}

export function putBucketRequestPayment({ request, store }: Context): Answer {
  const payer = getText(parseXml(request.body, 'RequestPaymentConfiguration'), 'Payer');
  if (payer !== 'Requester' && payer !== 'BucketOwner') {
    throw new S3Error('MalformedXML');
  }
  store.bucket(request.bucket).requesterPays = payer === 'Requester';
  return { status: 200 };
}
