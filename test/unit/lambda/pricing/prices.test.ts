import { getClassPrices, getPrices } from '../../../../src/lambda/pricing/prices';
import {
  groupByOperation,
  toRequestName,
  getRequestPrice,
  sumRequests,
} from '../../../../src/lambda/pricing/requests';

const us = getPrices('us-east-1');

test.each([
  ['CopyObject', undefined, 0.005],
  ['CopyObject', 'STANDARD_IA', 0.01],
  ['CopyObject', 'GLACIER_IR', 0.02],
  ['CopyObject', 'DEEP_ARCHIVE', 0.05],
  ['PutObject', undefined, 0.005],
  ['ListObjectsV2', undefined, 0.005],
  ['HeadObject', undefined, 0.0004],
  ['GetObject', 'GLACIER_IR', 0.01],
  ['DeleteObjects', undefined, 0],
  ['AbortMultipartUpload', 'STANDARD_IA', 0],
  ['UploadPartCopy', 'GLACIER_IR', 0.02],
  // Parts are stored in STANDARD until the upload is completed.
  ['UploadPartCopy', 'DEEP_ARCHIVE', 0.005],
  ['CompleteMultipartUpload', 'DEEP_ARCHIVE', 0.05],
  ['CopyObject', 'A_CLASS_OF_TOMORROW', 0.005],
])('a thousand requests %s for class %s cost $%f', (operation, storageClass, usd) => {
  expect(getRequestPrice(us, toRequestName(operation, storageClass)) * 1000).toBeCloseTo(usd, 9);
});

test('regions have different prices, and an unknown region has the prices of us-east-1', () => {
  expect(getRequestPrice(getPrices('ap-northeast-1'), 'CopyObject')).toBeCloseTo(0.0000047, 12);
  expect(getPrices('ap-northeast-1')).toMatchObject({
    region: 'ap-northeast-1',
    lambdaGbSecond: us.lambdaGbSecond,
  });
  expect(getPrices('moon-north-1')).toEqual(us);
  expect(us.region).toBe('us-east-1');
});

test('colder storage classes cost less for storage and more for writes', () => {
  const order = ['STANDARD', 'STANDARD_IA', 'GLACIER_IR', 'GLACIER', 'DEEP_ARCHIVE'].map((name) =>
    getClassPrices(us, name),
  );
  for (const [index, { write, storageGbMonth }] of order.slice(1).entries()) {
    expect(write).toBeGreaterThan(order[index].write);
    expect(storageGbMonth).toBeLessThan(order[index].storageGbMonth);
  }
});

test('groupByOperation and sumRequests add up the requests of all storage classes', () => {
  const requests = { CopyObject: 1, 'CopyObject@GLACIER_IR': 2, HeadObject: 3 };
  expect(groupByOperation(requests)).toEqual({ CopyObject: 3, HeadObject: 3 });
  expect(sumRequests(requests)).toBe(6);
});
