import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { XMLParser } from 'fast-xml-parser';
import { renderTerminal } from '../../../scripts/docs/terminal-svg';

const COMMITTED = readFileSync(path.resolve(__dirname, '../../../docs/demo.svg'), 'utf8');
const textsOf = (svg: string) =>
  [...svg.matchAll(/<tspan[^>]*>([^<]*)<\/tspan>/g)].map(([, text]) => text);
const delaysOf = (svg: string) =>
  [...svg.matchAll(/animation-delay:([\d.]+)s/g)].map(([, seconds]) => Number(seconds));

test('lines appear in the order and at the pace of the recording, without its long pauses', () => {
  const svg = renderTerminal(
    'demo',
    [
      { milliseconds: 500, text: 'one' },
      { milliseconds: 60_000, text: '' },
      { milliseconds: 60_100, text: 'two' },
    ],
    'what',
  );
  expect(delaysOf(svg)).toEqual([0, 0.5, 1.8]);
  expect(textsOf(svg)).toEqual(['$', 'demo', 'one', 'two']);
});

test('colors are classes, and markup is text', () => {
  const svg = renderTerminal(
    'demo',
    [{ milliseconds: 0, text: '  \x1b[32myes\x1b[39m  <b> & "c"' }],
    'a < b',
  );
  expect(svg).toContain('<tspan class="good"');
  expect(textsOf(svg).slice(2)).toEqual(['yes', '&#60;b&#62; &#38; &#34;c&#34;']);
  expect(new XMLParser({ htmlEntities: true }).parse(svg, true)).toMatchObject({
    svg: { title: 'a < b' },
  });
  expect(() => renderTerminal('demo', [{ milliseconds: 0, text: '\x1b[35mmagenta' }], '')).toThrow(
    'escape sequence 35',
  );
});

test(
  'the committed recording is of a run that went well, for light and dark pages, and for readers ' +
    'who want no motion',
  () => {
    expect(() => new XMLParser().parse(COMMITTED, true)).not.toThrow();
    const texts = textsOf(COMMITTED).join('\n');
    expect(texts).toContain('npm run demo');
    expect(texts).toContain('The report: .demo/night/runs/');
    expect(texts).not.toMatch(/\bNO\b/);
    expect(COMMITTED).toContain('@media (prefers-color-scheme: dark)');
    expect(COMMITTED).toContain('@media (prefers-reduced-motion: reduce)');
    expect(COMMITTED.match(/https?:\/\/(?!www\.w3\.org)/g)).toBeNull();
  },
);
