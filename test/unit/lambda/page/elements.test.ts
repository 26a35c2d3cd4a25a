import fc from 'fast-check';
import { renderKey } from '../../../../src/lambda/page/elements';

/** The parts of a long key: the beginning, of which the middle may be hidden, and the end. */
const parts = (key: string) =>
  [...renderKey(key).text.matchAll(/<span>(.*?)<\/span>/g)].map(([, part]) => part);

test('a key that fits on a phone is not folded', () => {
  expect(renderKey('incoming/2026-11-24.csv').text).toBe('<code>incoming/2026-11-24.csv</code>');
});

test('the end of a long key stays visible', () => {
  expect(parts('incoming/orders/berlin/orders-2026-11-24-0001.parquet')).toEqual([
    'incoming/orders/berlin/orders',
    '-2026-11-24-0001.parquet',
  ]);
});

test('no accent is cut from its letter', () => {
  expect(parts(`${'a'.repeat(30)}e\u0301${'b'.repeat(23)}`)).toEqual([
    'a'.repeat(30),
    `e\u0301${'b'.repeat(23)}`,
  ]);
});

test('no character of any key is lost, and none is there twice', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', '/', '\u0301', '😀', '日', ' '), maxLength: 100 }),
      (key) => {
        expect(renderKey(key).text.replace(/<[^>]+>/g, '')).toBe(key);
      },
    ),
  );
});
