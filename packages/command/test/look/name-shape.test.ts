import { toMask, toShape } from '../../src/look/name-shape';

const shapeOf = (key: string) => toShape(toMask(key));

test.each([
  ['orders-2026-11-24.csv', 'a-9999-99-99.a'],
  ['eu/Bericht_24.11.2026.xlsx', 'a/a_99.99.9999.a'],
  ['2026-11-24-00-12-59-E568B2907131C0C0', '9999-99-99-99-99-99-x'],
  ['u_ex261124.log', 'a_a999999.a'],
  ['20261124T0210Z', '99999999a9999a'],
  ['kunde-M\u00fcller/\u58f2\u4e0a.csv', 'a-a/a.a'],
  ['', ''],
])('%s has the shape %s', (key, shape) => {
  expect(shapeOf(key)).toBe(shape);
});

test('a shape has no letter and no digit of a name', () => {
  expect(shapeOf('Secret-Project-X7/salary-of-bob-2026-11-24.xls')).not.toMatch(/[b-wyzA-Z0-8]/);
});

test('a long one is cut', () => {
  expect(shapeOf('a-'.repeat(500))).toHaveLength(120);
});
