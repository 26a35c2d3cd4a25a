import { getListedFields } from '../../../../src/lambda/ledger/listed-fields';

test('a ledger line has a field only if its value is not the usual one', () => {
  const item = { Key: 'a', Etag: '"e"', Size: 1, LastModified: 1_700_000_000, StorageClass: 'STANDARD' };
  expect(getListedFields(item, undefined, { CopyObject: 1 })).toEqual({});
  expect(getListedFields(item, undefined, { CopyObject: 2 })).toEqual({ requests: { CopyObject: 2 } });
  expect(getListedFields(item, 'GLACIER_IR', { 'CopyObject@GLACIER_IR': 1 })).toEqual({});
  expect(getListedFields({ ...item, StorageClass: 'STANDARD_IA' }, undefined, { CopyObject: 1 })).toEqual({ storageClass: 'STANDARD_IA', modified: 1_700_000_000 });
  // A real run has only the storage class, which sets the price of reading from it.
  expect(getListedFields({ ...item, StorageClass: 'STANDARD_IA' }, undefined)).toEqual({ storageClass: 'STANDARD_IA' });
});
