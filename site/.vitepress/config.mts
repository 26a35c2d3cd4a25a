/** The generator's configuration: https://vitepress.dev/reference/site-config */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { defineConfig } from 'vitepress';
import { githubMarkdown } from '../markdown';
import { addressOf, PAGES, PLACES, REPOSITORY, type Section } from '../pages';
import { repairs } from '../repairs';
import { miniSearch } from '../search';
import type { BuildSettings } from '../settings';

if (!process.env.SITE_SETTINGS) { throw new Error('the site is built by `npm run site`'); }
const { version, versions, files, pages, translations, out, base } = JSON.parse(process.env.SITE_SETTINGS) as BuildSettings;

const python = new Map<string, string>(JSON.parse(fs.readFileSync(translations, 'utf8')));

function kindOf(file: string) {
  const stats = fs.statSync(path.join(files, file), { throwIfNoEntry: false });
  return stats && (stats.isDirectory() ? 'folder' : 'file');
}

/** A section of the sidebar, with the pages that this version has. */
function toGroup({ title, pages: items }: Section) {
  return {
    text: title,
    collapsed: true,
    items: items.filter(({ source }) => kindOf(source)).map((page) => ({ text: page.title, link: addressOf(page) })),
  };
}

/** A box. */
const ICON = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path fill="#3451b2" d="M1 2h14v4H1zm1 5h12v7H2zm4 1v2h4V8z"/></svg>';

const toRoot = version.folder === '' ? '/' : '/../';

export default defineConfig({
  title: 'cdk-s3-dated-archiver',
  description: JSON.parse(fs.readFileSync(path.join(files, 'package.json'), 'utf8')).description,
  lang: 'en-US',
  base,
  srcDir: pages,
  outDir: out,
  cacheDir: path.join(pages, '../../cache'),
  cleanUrls: true,
  head: [['link', { rel: 'icon', type: 'image/svg+xml', href: `data:image/svg+xml,${encodeURIComponent(ICON)}` }]],
  vite: { plugins: [repairs()] },
  markdown: {
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    config: (md) => githubMarkdown(md, { ref: version.ref, kindOf, translate: (code) => python.get(code) }),
  },
  transformPageData(pageData) {
    pageData.frontmatter.source = PAGES.find(({ path: page }) => `${page}.md` === pageData.relativePath)?.source;
  },
  themeConfig: {
    nav: [...PLACES.map(({ title, sections }) => ({ text: title, link: addressOf(sections[0].pages[0]) })), {
      text: version.name,
      items: versions.map(({ name, folder }) => ({ text: name, link: `${toRoot}${folder}`, target: '_self' })),
    }],
    sidebar: PLACES.map(({ title, sections }) => ({
      text: title,
      collapsed: false,
      items: sections.map(toGroup),
    })),
    notFound: {
      title: 'There is no such page',
      quote: 'It may have another name now. The search finds it.',
      linkText: 'To the overview',
      linkLabel: 'To the overview',
    },
    outline: [2, 3],
    search: { provider: 'local', options: { detailedView: false, miniSearch } },
    socialLinks: [{ icon: 'github', link: REPOSITORY }],
    editLink: {
      text: 'Edit this page on GitHub',
      // The browser gets the text of this function, so that it must not use anything from here.
      pattern: ({ frontmatter }) => `https://github.com/cdk-s3-dated-archiver/cdk-s3-dated-archiver/edit/main/${frontmatter.source}`,
    },
  },
});
