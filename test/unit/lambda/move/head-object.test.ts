import { isListed, headObject } from '../../../../src/lambda/move/head-object';
import { type Harness, moverFor, startHarness } from '../../../helpers/harness';

let harness: Harness;
beforeEach(async () => { harness = await startHarness(); });
afterEach(() => harness.close());

const listed = (key: string) => isListed(harness.s3, moverFor(harness).budget, 'source', key);
const seen = (key: string) => headObject(harness.s3, moverFor(harness).budget, 'source', key);

test('a key is listed, one that only begins another is not', async () => {
  harness.put('in/a.csv');
  expect(await listed('in/a.csv')).toBe(true);
  expect(await listed('in/a')).toBe(false);
});

test('what may be neither read nor listed counts as present: nothing may be concluded from it', async () => {
  harness.store.deny({ bucket: 'source', operations: ['HeadObject', 'ListObjectsV2'] });
  expect(await listed('in/a.csv')).toBe(true);
  await expect(seen('in/a.csv')).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
});

test('a missing object is seen as none, whether or not it looks forbidden', async () => {
  expect(await seen('in/a.csv')).toBeUndefined();
  harness.store.deny({ bucket: 'source', operations: ['HeadObject'] });
  expect(await seen('in/a.csv')).toBeUndefined();
});
