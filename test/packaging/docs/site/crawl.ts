/** Follows all links of the built site, without a browser. */
import * as fs from 'node:fs';
import { findFile } from './serve';
import { SITE_BASE } from '../../../../site/pages';

const OWN_HOST = 'http://site';

/** The addresses of all pages. */
export function pagesOf(folder: string): string[] {
  return fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.html'))
    .map((file) => SITE_BASE + file.replace(/(^|\/)index\.html$/, '$1').replace(/\.html$/, ''))
    .sort();
}

/** Returns the problems of the links, pictures, scripts and styles of a page. */
export function brokenLinks(
  folder: string,
  page: string,
  html = fs.readFileSync(findFile(folder, page)!, 'utf8'),
): string[] {
  const targets = [...html.matchAll(/<[a-z][^>]*?\s(?:href|src)="([^"]*)"/g)].map(([, target]) =>
    decode(target!),
  );
  return [...new Set(targets)].flatMap((target) => {
    const problem = problemOf(folder, page, target);
    return problem ? [`${page}: ${target}: ${problem}`] : [];
  });
}

function problemOf(folder: string, page: string, target: string): string | undefined {
  const { protocol, origin, pathname, hash } = new URL(target, OWN_HOST + page);
  if (origin !== OWN_HOST) {
    return protocol === 'https:' || protocol === 'data:' ? undefined : 'not an https address';
  }
  const file = findFile(folder, pathname);
  if (!file) {
    return 'no such page or file';
  }
  if (hash.length < 2 || !file.endsWith('.html')) {
    return undefined;
  }
  return anchorsOf(file).has(decodeURIComponent(hash.slice(1))) ? undefined : 'no such anchor';
}

const anchors = new Map<string, Set<string>>();

function anchorsOf(file: string): Set<string> {
  const known =
    anchors.get(file) ??
    new Set(
      [...fs.readFileSync(file, 'utf8').matchAll(/\sid="([^"]*)"/g)].map(([, id]) => decode(id!)),
    );
  anchors.set(file, known);
  return known;
}

const decode = (text: string) =>
  text
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
