import type { S3Client } from '@aws-sdk/client-s3';
import { look } from '../../src';
import { clock } from '../helpers/look-at';

/** Where many delete markers lie, S3 answers with pages that are empty and not the last one. */
test('empty pages are paid for, too: the budget counts requests', async () => {
  let requests = 0;
  const send = async () => {
    requests += 1;
    return { Contents: [], IsTruncated: true, NextContinuationToken: String(requests) };
  };
  const report = await look({
    s3: { send } as unknown as S3Client,
    clock,
    source: { bucket: 'logs', prefix: 'in/' },
    destination: { bucket: 'logs', prefix: 'archive/' },
    pages: 7,
    timeZone: 'UTC',
  });
  expect(requests).toBe(7);
  expect(report).toMatchObject({ objects: 0, pages: { used: 7, isComplete: false } });
});
