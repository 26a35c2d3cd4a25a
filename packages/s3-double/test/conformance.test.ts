import { type S3Double, startS3 } from '../src';
import { CHECKS } from './conformance/checks';
import { Subject } from './conformance/subject';

let double: S3Double;

beforeAll(async () => {
  double = await startS3();
});

afterAll(async () => {
  await double.close();
});

describe.each(Object.entries(CHECKS))('%s', (_, checks) => {
  test.each(checks)('$name ($page)', async (check) => {
    await check.run(new Subject(double.endpoint));
  });
});
