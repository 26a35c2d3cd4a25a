import { toCause } from '../../../../src/lambda/alerts/layers';
import { lambdaCause } from '../../../helpers/failure-fixtures';

test.each([
  [undefined, lambdaCause('TypeError', 'x'), { error: 'TypeError', text: 'x' }],
  ['E', '{"a":1}', { error: 'E', text: '{"a":1}' }],
  ['E', 'null', { error: 'E', text: 'null' }],
  ['E', undefined, { error: 'E', text: 'no cause was given' }],
  [undefined, undefined, { error: 'unknown error', text: 'no cause was given' }],
])('cause of %s, %s', (error, cause, expected) => {
  expect(toCause(error, cause)).toEqual(expected);
});
