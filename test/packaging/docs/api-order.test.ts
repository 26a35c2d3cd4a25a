import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { orderApi, readTopics } from '../../../scripts/docs/order-api';

const ROOT = path.resolve(__dirname, '../../..');
const topics = readTopics(readFileSync(path.join(ROOT, 'src/s3-dated-archiver-props.ts'), 'utf8'));
const api = readFileSync(path.join(ROOT, 'API.md'), 'utf8');

test('API.md has the props of S3DatedArchiver by topic, in the order of the source', () => {
  expect(topics.length).toBeGreaterThan(5);
  expect(orderApi(api, topics)).toBe(api);
});

test('throws for a prop that API.md does not have', () => {
  expect(() => orderApi(api, [...topics, { title: 'Other', props: ['missing'] }])).toThrow(
    'missing is not both in API.md and in the source',
  );
});
