/** Links that are made for GitHub, as the site needs them. */
import * as path from 'node:path';
import { PAGES, REPOSITORY } from './pages';

/** The files of one version of the repository, as far as links need them. */
export interface Version {
  /** The branch or tag that links to files lead to. */
  readonly ref: string;
  /** Says whether a path of the repository is a file or a folder. */
  kindOf(file: string): 'file' | 'folder' | undefined;
}

const OWN = new RegExp(`^${REPOSITORY}/(?:blob|tree|raw)/main/([^#]*)(#.*)?$`);
const PICTURE = /\.(svg|png)$/;

/**
 * Returns where a link of a page leads on the site. A link to another page leads to the page, a
 * picture is loaded from the site, and every other file of the repository is on GitHub. Throws if
 * the repository has no such file.
 */
export function siteLink(source: string, target: string, { ref, kindOf }: Version): string {
  const [, own, ownAnchor] = OWN.exec(target) ?? [];
  if (target.startsWith('#') || (own === undefined && /^[a-z][a-z+.-]*:/i.test(target))) {
    return target;
  }
  const [relative, anchor = ''] = own === undefined ? target.split(/(?=#)/) : [own, ownAnchor];
  const file =
    own === undefined
      ? path.posix.join(path.posix.dirname(source), decodeURIComponent(relative!))
      : decodeURIComponent(own);
  const kind = kindOf(file);
  if (!kind) {
    throw new Error(`${source} links to ${target}, but there is no ${file}`);
  }
  const page = PAGES.find(
    (each) => each.source === (kind === 'folder' ? path.posix.join(file, 'README.md') : file),
  );
  if (page && kindOf(page.source)) {
    return `/${page.path}.md${anchor}`;
  }
  if (PICTURE.test(file)) {
    return pictureLink(source, file);
  }
  return `${REPOSITORY}/${kind === 'folder' ? 'tree' : 'blob'}/${ref}/${file.replace(/\/$/, '')}${anchor}`;
}

/** The path of a picture on the site. */
export const picturePath = (file: string): string => `pictures/${file.replaceAll('/', '-')}`;

/** VitePress gives a picture the right address if the link is relative to the page. */
function pictureLink(source: string, file: string): string {
  const page = PAGES.find((each) => each.source === source)!;
  return `./${path.posix.relative(path.posix.dirname(page.path), picturePath(file))}`;
}
