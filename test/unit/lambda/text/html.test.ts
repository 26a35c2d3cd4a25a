import * as fc from 'fast-check';
import { html } from '../../../../src/lambda/text/html';

test('html escapes values', () => {
  expect(html`<p title="${'"\'`'}">${'<b>&amp;</b>'}</p>`.text).toBe(
    '<p title="&#34;&#39;&#96;">&#60;b&#62;&#38;amp;&#60;/b&#62;</p>',
  );
});

test('html does not escape nested templates again, nor lists of them', () => {
  expect(html`<ul>${['<', '>'].map((each) => html`<li>${each}</li>`)}</ul>`.text).toBe(
    '<ul><li>&#60;</li><li>&#62;</li></ul>',
  );
});

test('html writes numbers, but neither undefined nor false', () => {
  expect(html`${0}${undefined}${false}${[]}|${''}`.text).toBe('0|');
});

test('html escapes unprintable characters', () => {
  expect(html`${'a\u0000\n\u202eb\ud800'}`.text).toBe('a\\u0000\\u000a\\u202eb\\ud800');
});

test('html escapes any text so that it cannot become markup', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      // eslint-disable-next-line no-control-regex
      expect(html`${text}`.text).not.toMatch(/[<>"'`\u0000-\u001f\u202a-\u202e]|&(?!#\d+;)/);
    }),
  );
});
