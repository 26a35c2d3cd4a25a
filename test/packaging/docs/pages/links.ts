/** Checks whether the targets of a page's links exist. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { render, REPOSITORY, ROOT } from './render';

/** All pages that a person reads in the repository, on npm, on PyPI or on Construct Hub. */
export const PAGES = [
  'README.md',
  'API.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'VERSIONS.md',
  ...[
    'docs',
    'docs/results',
    'examples',
    'benchmark',
    'packages/s3-double',
    'packages/engine',
    'packages/command',
    'packages/sandbox',
    'packages/sandbox/docs',
  ].flatMap((folder) =>
    fs
      .readdirSync(path.join(ROOT, folder))
      .filter((name) => name.endsWith('.md'))
      .map((name) => `${folder}/${name}`),
  ),
];

export const readPage = (file: string) => fs.readFileSync(path.join(ROOT, file), 'utf8');

/** Returns the problems of the links of a page. */
export function brokenLinks(file: string, markdown = readPage(file)): string[] {
  const html = render(markdown);
  const targets = [
    ...html.matchAll(/<(?:a|img|source)\b[^>]*? (?:href|src|srcset)="([^"]*)"/g),
  ].map(([, target]) => decode(target!));
  return [...new Set(targets)].flatMap((target) => {
    const problem = problemOf(file, html, target);
    return problem ? [`${target}: ${problem}`] : [];
  });
}

function problemOf(file: string, html: string, target: string): string | undefined {
  if (target.startsWith('#')) {
    return anchorsOf(html).has(decodeURIComponent(target.slice(1)))
      ? undefined
      : 'no such anchor on the page';
  }
  if (/^[a-z][a-z+.-]*:/i.test(target)) {
    const [, inRepository, anchor] = REPOSITORY.exec(target) ?? [];
    return inRepository === undefined ? malformed(target) : missing(inRepository, anchor);
  }
  const [relative, anchor] = target.split('#');
  return missing(path.join(path.dirname(file), decodeURIComponent(relative!)), anchor);
}

function malformed(address: string): string | undefined {
  if (!URL.canParse(address)) {
    return 'not an address';
  }
  const { protocol, hostname } = new URL(address);
  return protocol === 'https:' && /^[\w-]+(\.[\w-]+)+$/.test(hostname)
    ? undefined
    : 'not an https address of a public host';
}

function missing(file: string, anchor?: string): string | undefined {
  if (!fs.existsSync(path.join(ROOT, file))) {
    return 'no such file';
  }
  if (!anchor || !file.endsWith('.md')) {
    return undefined;
  }
  return anchorsOf(render(readPage(file))).has(anchor) ? undefined : `no such anchor in ${file}`;
}

function anchorsOf(html: string): Set<string> {
  return new Set(
    [...html.matchAll(/ (?:id|name)="([^"]*)"/g)].map(([, anchor]) => decode(anchor!)),
  );
}

const decode = (text: string) =>
  text
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
