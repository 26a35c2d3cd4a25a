import { getListedFields } from '../../../../src/lambda/ledger/listed-fields';

test('a ledger line has the storage class and the requests only if they are not the usual ones', () => {
  const item = {
    Key: 'a',
    Etag: '"e"',
    Size: 1,
    LastModified: 1_700_000_000,
    StorageClass: 'STANDARD',
  };
  expect(getListedFields(item, undefined, { CopyObject: 1 })).toEqual({
    modified: 1_700_000_000,
  });
  expect(getListedFields(item, undefined, { CopyObject: 2 })).toEqual({
    modified: 1_700_000_000,
    requests: { CopyObject: 2 },
  });
  expect(getListedFields(item, 'GLACIER_IR', { 'CopyObject@GLACIER_IR': 1 })).toEqual({
    modified: 1_700_000_000,
  });
  expect(
    getListedFields({ ...item, StorageClass: 'STANDARD_IA' }, undefined, { CopyObject: 1 }),
  ).toEqual({ storageClass: 'STANDARD_IA', modified: 1_700_000_000 });
  expect(getListedFields({ ...item, StorageClass: 'STANDARD_IA' }, undefined)).toEqual({
    storageClass: 'STANDARD_IA',
    modified: 1_700_000_000,
  });
});
