/**
 * Builds the site from the Markdown files of the repository into site/.build/out.
 *
 *   npm run site                   the files as they are
 *   npm run site -- --versions     the newest release, the files as they are, and older releases,
 *                                  each in its folder
 *   npm run site -- --old NAME=REF the files as they are, and those of a commit in the folder NAME
 *
 * It installs the generator, from a lock file of its own, into site/node_modules.
 */
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { picturePath } from './links';
import { PAGES, SITE_BASE } from './pages';
import type { BuildSettings } from './settings';
import { examplesOf, translate } from './translate';
import { type SiteVersion, versionsOf } from './versions';

const SITE = __dirname;
const ROOT = path.dirname(SITE);
const BUILD = path.join(SITE, '.build');
export const OUT = path.join(BUILD, 'out');
const PICTURE_FOLDERS = ['docs', 'docs/results'];

function run(command: string, args: readonly string[], env?: Record<string, string>): string {
  return execFileSync(command, args, {
    cwd: ROOT,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** Installs the generator, unless the lock file's version of it is there. */
function install(): void {
  const installed = path.join(SITE, 'node_modules/.package-lock.json');
  const isCurrent =
    fs.existsSync(installed) &&
    fs.statSync(installed).mtimeMs >= fs.statSync(path.join(SITE, 'package-lock.json')).mtimeMs;
  if (!isCurrent) {
    run('npm', ['ci', '--prefix', SITE, '--ignore-scripts', '--no-audit', '--no-fund']);
  }
}

/** Returns the folder with the files of a version. */
function filesOf({ name, ref }: SiteVersion): string {
  if (name === 'main') {
    return ROOT;
  }
  const folder = path.join(BUILD, 'files', name);
  fs.mkdirSync(folder, { recursive: true });
  const archive = path.join(BUILD, `${name}.tar`);
  run('git', ['archive', '--output', archive, ref]);
  run('tar', ['-x', '-f', archive, '-C', folder]);
  return folder;
}

/**
 * Copies pages and pictures to where they are on the site. An old version may lack a page that
 * today's has.
 */
function stage(files: string, name: string): string {
  const staged = path.join(BUILD, 'pages', name);
  for (const { source, path: page } of PAGES) {
    const from = path.join(files, source);
    if (name === 'main' || fs.existsSync(from)) {
      copy(from, path.join(staged, `${page}.md`));
    }
  }
  for (const folder of PICTURE_FOLDERS) {
    for (const picture of fs
      .readdirSync(path.join(files, folder))
      .filter((each) => /\.(svg|png)$/.test(each))) {
      copy(
        path.join(files, folder, picture),
        path.join(staged, picturePath(`${folder}/${picture}`)),
      );
    }
  }
  return staged;
}

function copy(from: string, to: string): void {
  fs.mkdirSync(path.dirname(to), { recursive: true });
  fs.copyFileSync(from, to);
}

/** Examples of an old version that cannot be translated stay in TypeScript only. */
function addTranslations(
  { name }: SiteVersion,
  files: string,
  translations: Map<string, string>,
): void {
  const examples = examplesOf(files).filter((code) => !translations.has(code));
  if (examples.length === 0) {
    return;
  }
  try {
    for (const [code, translation] of translate(files, examples)) {
      translations.set(code, translation);
    }
  } catch (error) {
    if (name === 'main') {
      throw error;
    }
    console.log(`${name}: ${(error as Error).message}`);
  }
}

function build(versions: readonly SiteVersion[]): void {
  fs.rmSync(BUILD, { recursive: true, force: true });
  install();
  fs.mkdirSync(BUILD);
  const translations = new Map<string, string>();
  for (const version of versions) {
    const files = filesOf(version);
    addTranslations(version, files, translations);
    fs.writeFileSync(path.join(BUILD, 'translations.json'), JSON.stringify([...translations]));
    const settings: BuildSettings = {
      version,
      versions,
      files,
      pages: stage(files, version.name),
      translations: path.join(BUILD, 'translations.json'),
      out: path.join(OUT, version.folder),
      base: `${SITE_BASE}${version.folder}`,
    };
    console.log(`${version.name}: ${settings.base}`);
    run(
      process.execPath,
      [path.join(SITE, 'node_modules/vitepress/bin/vitepress.js'), 'build', SITE],
      { SITE_SETTINGS: JSON.stringify(settings) },
    );
  }
  // GitHub Pages hides files of Jekyll otherwise.
  fs.writeFileSync(path.join(OUT, '.nojekyll'), '');
  console.log(`the site is in ${path.relative(process.cwd(), OUT)}`);
}

const { values } = parseArgs({
  options: { versions: { type: 'boolean' }, old: { type: 'string', multiple: true, default: [] } },
});
const old = values.old.map((each): SiteVersion => {
  const [name, ref] = each.split('=');
  return { name: name!, ref: ref!, folder: `${name}/` };
});
build([
  ...versionsOf(values.versions ? run('git', ['tag', '--list', 'v*']).split('\n') : []),
  ...old,
]);
