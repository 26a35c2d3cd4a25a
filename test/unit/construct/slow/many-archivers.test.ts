import { NestedStack, Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { quickApp } from '../feature-flags/places';
import { addArchiver, addArchivers, CLI, measure, type Measured } from '../many-archivers';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const MAX_RESOURCES = 500;
const MAX_BYTES = 1_000_000;

test('12 scheduled archivers with alarms fit into a stack, which says that no more do', () => {
  const app = quickApp(CLI);
  const stack = new Stack(app, 'Archives');
  addArchivers(stack, 12);
  const [{ bytes, resources }] = measure(app) as [Measured];
  expect(resources).toBeLessThanOrEqual(MAX_RESOURCES);
  expect(bytes).toBeLessThanOrEqual(0.85 * MAX_BYTES);
  expect(
    Annotations.fromStack(stack)
      .findWarning('*', Match.stringLikeRegexp('stackLimits'))
      .map(({ entry }) => String(entry.data)),
  ).toEqual([
    expect.stringContaining('so 0 more fit: put others into a NestedStack or another Stack'),
  ]);
});

test('50 fit into nested stacks of one stack, without a warning', () => {
  const app = quickApp(CLI);
  const parent = new Stack(app, 'Archives');
  const bucket = new s3.Bucket(parent, 'Source');
  const stacks = Array.from({ length: 50 }, (_, index) => {
    const nested = new NestedStack(parent, `Nested${index}`);
    addArchiver(nested, bucket, index);
    return nested;
  });
  const templates = measure(app);
  expect(templates).toHaveLength(51);
  expect(Math.max(...templates.map(({ resources }) => resources))).toBeLessThanOrEqual(
    0.8 * MAX_RESOURCES,
  );
  expect(Math.max(...templates.map(({ bytes }) => bytes))).toBeLessThanOrEqual(0.85 * MAX_BYTES);
  for (const stack of [parent, ...stacks]) {
    expect(stack.node.metadata.filter(({ data }) => String(data).includes('stackLimits'))).toEqual(
      [],
    );
  }
});
