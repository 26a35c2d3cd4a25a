import { brokenLinks, PAGES } from './links';

test.each(PAGES)('the links of %s lead somewhere', (file) => {
  expect(brokenLinks(file)).toEqual([]);
});

test.each([
  ['[a](docs/none.md)', 'docs/none.md: no such file'],
  ['[a](#nowhere)', '#nowhere: no such anchor on the page'],
  ['[a](docs/runbook.md#nowhere)', 'docs/runbook.md#nowhere: no such anchor in docs/runbook.md'],
  [
    '<picture><source media="print" ' +
      'srcset="https://github.com/cdk-s3-dated-archiver/cdk-s3-dated-archiver/raw/main/docs/none.png"></picture>',
    'https://github.com/cdk-s3-dated-archiver/cdk-s3-dated-archiver/raw/main/docs/none.png: no ' +
      'such file',
  ],
  [
    '![a](https://github.com/cdk-s3-dated-archiver/cdk-s3-dated-archiver/raw/main/docs/none.svg)',
    'https://github.com/cdk-s3-dated-archiver/cdk-s3-dated-archiver/raw/main/docs/none.svg: no ' +
      'such file',
  ],
  ['[a](http://example.com/)', 'http://example.com/: not an https address of a public host'],
  ['[a](https://localhost/)', 'https://localhost/: not an https address of a public host'],
])('%s is noticed', (markdown, problem) => {
  expect(brokenLinks('README.md', markdown)).toEqual([problem]);
});

test('headings of the same name, with code and punctuation', () => {
  expect(brokenLinks('README.md', '# `a`, b: C?\n# `a`, b: C?\n[1](#a-b-c) [2](#a-b-c-1)')).toEqual(
    [],
  );
});
