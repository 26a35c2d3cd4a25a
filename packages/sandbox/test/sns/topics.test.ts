import { Topics } from '../../src/sns/topics';

const ARN = 'arn:aws:sns:us-east-1:123456789012:alerts';
const topics = () => {
  const created = new Topics();
  created.add(ARN);
  return created;
};

test('keeps what is published, in order', () => {
  const some = topics();
  some.publish(ARN, 'one', 'Subject');
  some.publish(ARN, 'two', null, { level: { DataType: 'String', StringValue: 'high' } });
  expect(some.published).toEqual([
    { topicArn: ARN, subject: 'Subject', message: 'one', attributes: {} },
    { topicArn: ARN, subject: null, message: 'two', attributes: { level: 'high' } },
  ]);
});

test.each([
  ['another topic', `${ARN}2`, 'm', 's', 'NotFound'],
  ['an empty message', ARN, '', 's', 'InvalidParameter'],
  ['a message above 256 KiB', ARN, 'é'.repeat(128 * 1024 + 1), 's', 'InvalidParameter'],
  ['a subject of 100 characters', ARN, 'm', 's'.repeat(100), 'InvalidParameter'],
  ['a subject with a line break', ARN, 'm', 'a\nb', 'InvalidParameter'],
  ['a subject beyond ASCII', ARN, 'm', 'é', 'InvalidParameter'],
  ['a subject that begins with a space', ARN, 'm', ' s', 'InvalidParameter'],
  ['an empty subject', ARN, 'm', '', 'InvalidParameter'],
])('%s is refused', (_name, arn, message, subject, code) => {
  const some = topics();
  expect(() => some.publish(arn, message, subject)).toThrow(expect.objectContaining({ code }));
  expect(some.published).toEqual([]);
});

test.each([
  ['x'.repeat(256 * 1024), 's'.repeat(99)],
  ['m', '1. "quoted" ~'],
])('what is just allowed passes (%#)', (message, subject) => {
  expect(topics().publish(ARN, message, subject)).toMatch(/^[0-9a-f-]{36}$/);
});

test.each([
  ['an empty value', { a: { DataType: 'String', StringValue: '' } }],
  ['no value', { a: { DataType: 'String' } }],
  ['a type that the sandbox has not', { a: { DataType: 'Number', StringValue: '1' } }],
  ['a name with a space', { 'a b': { DataType: 'String', StringValue: 'x' } }],
  ['a name that AWS keeps for itself', { 'AWS.x': { DataType: 'String', StringValue: 'x' } }],
  [
    'more than 256 KiB together with the message',
    { a: { DataType: 'String', StringValue: 'x'.repeat(256 * 1024 - 7) } },
  ],
])('an attribute with %s is refused', (_name, attributes) => {
  expect(() => topics().publish(ARN, 'm', null, attributes)).toThrow(
    expect.objectContaining({ code: 'InvalidParameter' }),
  );
});
