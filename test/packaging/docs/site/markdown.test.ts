import MarkdownIt from 'markdown-it';
import { type Options, githubMarkdown } from '../../../../site/markdown';
import { PLACES, PAGES as SITE_PAGES } from '../../../../site/pages';
import { versionsOf } from '../../../../site/versions';
import { PAGES } from '../pages/links';

const FILES = [
  'README.md',
  'docs/runbook.md',
  'docs/recipes.md',
  'docs/architecture.svg',
  'docs/report.schema.json',
  'packages/sandbox/README.md',
  'packages/sandbox/docs/fidelity.md',
  'src/index.ts',
];
const FOLDERS = ['docs', 'src', 'packages/sandbox'];
const GITHUB = 'https://github.com/cdk-s3-dated-archiver/cdk-s3-dated-archiver';

/** Renders a page as the site does, without VitePress. */
function render(relativePath: string, markdown: string, options: Partial<Options> = {}): string {
  const md = new MarkdownIt({ html: true });
  githubMarkdown(md, {
    ref: 'main',
    kindOf: (file) =>
      FILES.includes(file)
        ? 'file'
        : FOLDERS.includes(file.replace(/\/$/, ''))
          ? 'folder'
          : undefined,
    ...options,
  });
  return md.render(markdown, { relativePath });
}

describe('links', () => {
  test.each([
    ['runbook.md', '[a](recipes.md#x)', '<a href="/recipes.md#x">'],
    [
      'runbook.md',
      '[a](../packages/sandbox/README.md#flags)',
      '<a href="/sandbox/index.md#flags">',
    ],
    ['runbook.md', '[a](../packages/sandbox/)', '<a href="/sandbox/index.md">'],
    ['runbook.md', '[a](../src/index.ts)', `<a href="${GITHUB}/blob/main/src/index.ts">`],
    ['runbook.md', '[a](../src)', `<a href="${GITHUB}/tree/main/src">`],
    [
      'runbook.md',
      '[a](report.schema.json)',
      `<a href="${GITHUB}/blob/main/docs/report.schema.json">`,
    ],
    ['runbook.md', '[a](#first)', '<a href="#first">'],
    [
      'runbook.md',
      '[a](https://docs.aws.amazon.com/x)',
      '<a href="https://docs.aws.amazon.com/x">',
    ],
    [
      'index.md',
      `[a](${GITHUB}/blob/main/docs/runbook.md#slow_down)`,
      '<a href="/runbook.md#slow_down">',
    ],
    ['index.md', `[a](${GITHUB}/actions)`, `<a href="${GITHUB}/actions">`],
    [
      'index.md',
      `![A run: a schedule](${GITHUB}/raw/main/docs/architecture.svg)`,
      '<img src="./pictures/docs-architecture.svg" alt="A run: a schedule">',
    ],
    [
      'index.md',
      `<picture>\n<source srcset="${GITHUB}/raw/main/docs/architecture.svg">\n</picture>`,
      '<source srcset="./pictures/docs-architecture.svg">',
    ],
    [
      'sandbox/fidelity.md',
      '![A run](../../../docs/architecture.svg)',
      '<img src="./../pictures/docs-architecture.svg" alt="A run">',
    ],
  ])('on %s, %s', (page, markdown, html) => {
    expect(render(page, markdown)).toContain(html);
  });

  test('to files of an old version lead to its tag', () => {
    expect(render('runbook.md', '[a](../src/index.ts)', { ref: 'v1.2.3' })).toContain(
      `${GITHUB}/blob/v1.2.3/src/index.ts`,
    );
  });

  test('that look like links in code stay', () => {
    expect(render('runbook.md', '`[a](recipes.md)`\n\n```md\n[a](recipes.md)\n```')).not.toContain(
      'href',
    );
  });

  test('to a file that is not there fail the build', () => {
    expect(() => render('runbook.md', '[a](none.md)')).toThrow(
      'docs/runbook.md links to none.md, but there is no docs/none.md',
    );
  });
});

describe('anchors', () => {
  test('are those of GitHub', () => {
    expect(render('runbook.md', '# `OLD_KEY_TAKEN`, and 5 GB\n\n## A\n\n## A')).toMatch(
      /<h1 id="old_key_taken-and-5-gb">.*<h2 id="a">.*<h2 id="a-1">/s,
    );
  });

  test('of API.md are in the headings, each once', () => {
    const heading = '# Props <a name="Props" id="pkg.Props"></a>';
    expect(render('api.md', `${heading}\n\n${heading}`)).toBe(
      '<h1 id="pkg.Props">Props </h1>\n<h1 id="props">Props </h1>\n',
    );
  });
});

describe('tabs', () => {
  const ts = '```ts nofixture\nconst a = 1;\n```\n';
  const python = '```python\na = 1\n```\n';
  // Without VitePress, a tab group is a plain element.
  const tabs =
    /^<div>\n<pre><code class="language-ts">const a = 1;\n<\/code><\/pre>\n<pre><code class="language-python">a = 1\n<\/code><\/pre>\n<\/div>\n$/;

  test('are made of TypeScript that Python follows', () => {
    expect(render('index.md', `${ts}\n${python}`)).toMatch(tabs);
  });

  test('are made of Python that is folded', () => {
    expect(
      render(
        'index.md',
        `${ts}\n<details>\n<summary>The same in Python</summary>\n\n${python}\n</details>\n`,
      ),
    ).toMatch(tabs);
  });

  test('are made of a translation', () => {
    expect(render('recipes.md', ts, { translate: () => 'a = 1\n' })).toMatch(tabs);
  });

  test('are not made of other code, or of a fold with text', () => {
    for (const markdown of [
      python,
      `${ts}\n\`\`\`sh\nls\n\`\`\``,
      `${ts}\n<details>\n<summary>The same in Python</summary>\n\ntext\n\n${python}\n</details>`,
      `${python}\n${ts}`,
    ]) {
      expect(render('index.md', markdown)).not.toContain('<div>');
    }
  });
});

test('the empty corner of a table is no header', () => {
  expect(render('index.md', '| | a |\n|---|---|\n| b | c |')).toMatch(
    /<tr>\n<td><\/td>\n<th>a<\/th>\n<\/tr>/,
  );
});

test('badges, which come from other hosts, are left out', () => {
  const badge = `[![build](${GITHUB}/actions/workflows/build.yml/badge.svg)](${GITHUB}/actions)\n[![License](https://img.shields.io/badge/license-Apache--2.0-blue)](https://example.com/)`;
  expect(render('index.md', `before\n\n${badge}\n\nafter`)).toBe('<p>before</p>\n<p>after</p>\n');
});

describe('pages', () => {
  test('each page that a person reads is on the site', () => {
    const sources = SITE_PAGES.map(({ source }) => source);
    expect(PAGES.filter((page) => !sources.includes(page))).toEqual([]);
    expect([new Set(sources).size, new Set(SITE_PAGES.map(({ path }) => path)).size]).toEqual([
      sources.length,
      sources.length,
    ]);
  });

  test('there are two places: for users, and for the people who change the code', () => {
    expect(
      Object.fromEntries(
        PLACES.map(({ title, sections }) => [title, sections.map((section) => section.title)]),
      ),
    ).toEqual({
      'Use it': [
        'Getting started',
        'How it works',
        'Configuration',
        'Recipes',
        'Operations',
        'Safety',
        'Sandbox',
        'API',
      ],
      'Work on it': ['Contributing', 'Evidence', 'Measurements'],
    });
  });
});

describe('versions', () => {
  const main = { name: 'main', ref: 'main' };

  test('before the first release, the site is what comes next', () => {
    expect(versionsOf([''])).toEqual([{ ...main, folder: '' }]);
  });

  test('the newest release is the site, and each minor version has its last patch', () => {
    expect(
      versionsOf(['v0.9.0', 'v0.10.1', 'v0.10.0', 'v0.2.0', 'v1.0.0-rc.1', 'other', 'v0.2.11']),
    ).toEqual([
      { name: '0.10', ref: 'v0.10.1', folder: '' },
      { ...main, folder: 'main/' },
      { name: '0.9', ref: 'v0.9.0', folder: '0.9/' },
      { name: '0.2', ref: 'v0.2.11', folder: '0.2/' },
    ]);
  });

  test('the five newest minor versions stay', () => {
    const tags = Array.from({ length: 9 }, (_, minor) => `v1.${minor}.0`);
    expect(versionsOf(tags).map(({ name }) => name)).toEqual([
      '1.8',
      'main',
      '1.7',
      '1.6',
      '1.5',
      '1.4',
    ]);
  });
});
