import fc from 'fast-check';
import { compareKeys } from '../../../../../src/lambda/s3/listing/compare-keys';

test('keys are compared by their UTF-8 bytes', () => {
  expect(['b', 'a', '\u{1f600}', '\uffee', 'aa', ''].sort(compareKeys)).toEqual([
    '',
    'a',
    'aa',
    'b',
    '\uffee',
    '\u{1f600}',
  ]);
  expect(compareKeys('a', 'a')).toBe(0);
});

test('all keys, half characters included, are in the order of their bytes', () => {
  const unit = fc.oneof(
    fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
    fc.constantFrom('a', '\ud7ff', '\ud800', '\udfff', '\ue000', '\uffff', '\u{10ffff}'),
  );
  const key = fc.array(unit, { maxLength: 3 }).map((units) => units.join(''));
  fc.assert(
    fc.property(key, key, key, (prefix, a, b) => {
      const [one, other] = [prefix + a, prefix + b];
      expect(compareKeys(one, other)).toBe(
        one === other ? 0 : Buffer.compare(Buffer.from(one), Buffer.from(other)),
      );
    }),
    { numRuns: 2_000 },
  );
});
