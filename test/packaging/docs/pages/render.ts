/**
 * Renders Markdown like GitHub and Construct Hub: with tables, raw HTML, headings with anchors, and
 * GitHub's own style sheet.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import MarkdownIt from 'markdown-it';
import { Slugs } from '../../../../site/slugs';

export const ROOT = path.resolve(__dirname, '../../../..');
/**
 * The addresses of the repository's files. The README needs absolute addresses, because Construct
 * Hub shows it outside the repository.
 */
export const REPOSITORY =
  /^https:\/\/github\.com\/cdk-s3-dated-archiver\/cdk-s3-dated-archiver\/(?:blob|tree|raw)\/main\/([^#]*)(?:#(.*))?$/;

const STYLE = () =>
  fs.readFileSync(
    path.join(
      path.dirname(require.resolve('github-markdown-css/package.json')),
      'github-markdown.css',
    ),
    'utf8',
  );
// The documentation of the style sheet requires this frame. Construct Hub's column has about the
// same width.
const FRAME = `
body { margin: 0; }
.markdown-body { box-sizing: border-box; min-width: 200px; max-width: 980px; min-height: 100vh; margin: 0 auto; padding: 45px; }
@media (max-width: 767px) { .markdown-body { padding: 15px; } }
@media (prefers-color-scheme: dark) { html { background: #0d1117; } }`;

/** Returns the body of a page. */
export function render(markdown: string): string {
  const md = new MarkdownIt({ html: true, linkify: false });
  const slugs = new Slugs();
  md.core.ruler.push('anchors', ({ tokens }) => {
    tokens.forEach((token, index) => {
      if (token.type !== 'heading_open') {
        return;
      }
      const text = (tokens[index + 1]!.children ?? [])
        .filter(({ type }) => type === 'text' || type === 'code_inline')
        .map(({ content }) => content)
        .join('');
      token.attrSet('id', slugs.of(text.trim()));
    });
  });
  return md.render(markdown);
}

/**
 * Returns a whole page. Its pictures come from the files of the repository, or of another copy of
 * it.
 */
export function page(title: string, markdown: string, root = ROOT): string {
  const body = render(markdown).replace(
    /(src|srcset)="([^"]+)"/g,
    (whole, name: string, address: string) => {
      const [, file] = REPOSITORY.exec(address) ?? [];
      return file ? `${name}="file://${path.join(root, file)}"` : whole;
    },
  );
  return `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<title>${title}</title><style>${STYLE()}${FRAME}</style></head>
<body><article class="markdown-body">${body}</article></body></html>
`;
}

const BADGE =
  /!\[([^\]]*)\]\((?:https:\/\/github\.com\/[^)]+\/badge\.svg|https:\/\/img\.shields\.io\/[^)]+)\)/g;

/**
 * Badges are on other hosts, which a check must not need. A picture of their usual size with their
 * words is shown instead.
 */
export function withoutBadges(markdown: string): string {
  return markdown.replace(BADGE, (_, words: string) => {
    const svg =
      '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="20"><rect width="90" ' +
      'height="20" rx="3" fill="#57606a"/>' +
      '<text x="45" y="14" font-size="11" font-family="DejaVu Sans" text-anchor="middle" ' +
      `fill="white">${words}</text></svg>`;
    return `<img alt="${words}" src="data:image/svg+xml,${encodeURIComponent(svg)}">`;
  });
}
