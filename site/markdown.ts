/**
 * What the site does with Markdown that is written for GitHub: anchors and links, and tabs for code
 * in several languages. It works on the tokens of markdown-it, so that code which looks like a link
 * stays as it is.
 */
import { siteLink, type Version } from './links';
import { PAGES } from './pages';
import { Slugs } from './slugs';

/** What is used of markdown-it, of which the generator and the tests have a version each. */
interface Token {
  type: string;
  tag: string;
  info: string;
  content: string;
  markup: string;
  block: boolean;
  children: Token[] | null;
  attrGet(name: string): string | number | null;
  attrSet(name: string, value: string): void;
}
interface State {
  tokens: Token[];
  readonly env: unknown;
  readonly Token: new (type: string, tag: string, nesting: -1 | 0 | 1) => Token;
}
export interface Renderer {
  readonly core: {
    readonly ruler: { after(other: string, name: string, rule: (state: State) => void): void };
  };
}

const LANGUAGES: Record<string, string> = {
  ts: 'TypeScript',
  typescript: 'TypeScript',
  python: 'Python',
};

export interface Options extends Version {
  /** Returns code in TypeScript in Python, if it can be translated. */
  translate?(code: string): string | undefined;
}

/**
 * Adds the rules to a renderer whose environment has the page's path on the site as `relativePath`.
 */
export function githubMarkdown(md: Renderer, options: Options): void {
  md.core.ruler.after('block', 'site_tabs', (state) => {
    state.tokens = withTabs(state, options);
  });
  md.core.ruler.after('inline', 'site_anchors', ({ tokens }) => setAnchors(tokens));
  md.core.ruler.after('inline', 'site_tables', ({ tokens }) => setCorners(tokens));
  md.core.ruler.after('inline', 'site_badges', (state) => {
    state.tokens = withoutBadges(state.tokens);
  });
  md.core.ruler.after('inline', 'site_links', ({ tokens, env }) => {
    const source = sourceOf((env as { relativePath: string }).relativePath);
    for (const token of tokens.flatMap((each) => [each, ...(each.children ?? [])])) {
      // A picture for light and one for dark mode are written as HTML.
      if (/^html_(?:block|inline)$/.test(token.type)) {
        token.content = token.content.replace(
          /\b(src|srcset)="([^"\s]+)"/g,
          (_, name, target: string) => `${name}="${siteLink(source, target, options)}"`,
        );
      }
      const name = { link_open: 'href', image: 'src' }[token.type];
      if (name) {
        token.attrSet(name, siteLink(source, String(token.attrGet(name)), options));
      }
    }
  });
}

function sourceOf(relativePath: string): string {
  const page = PAGES.find(({ path }) => `${path}.md` === relativePath);
  if (!page) {
    throw new Error(`${relativePath} is no page of the site: add it to site/pages.ts`);
  }
  return page.source;
}

/**
 * Gives each heading the anchor that it has on GitHub. API.md has anchors of its own inside the
 * headings, some of them more than once.
 */
function setAnchors(tokens: readonly Token[]): void {
  const slugs = new Slugs();
  const owns = new Set<string>();
  tokens.forEach((token, at) => {
    if (token.type !== 'heading_open') {
      return;
    }
    const inline = tokens[at + 1]!;
    const [, own] =
      /^<a name="[^"]*" id="([^"]*)">$/.exec(
        inline.children!.find(({ type }) => type === 'html_inline')?.content ?? '',
      ) ?? [];
    if (own !== undefined) {
      inline.children = inline.children!.filter(
        ({ type, content }) => type !== 'html_inline' || !/^<\/?a\b/.test(content),
      );
    }
    const text = inline
      .children!.filter(({ type }) => type === 'text' || type === 'code_inline')
      .map(({ content }) => content)
      .join('')
      .trim();
    token.attrSet('id', own === undefined || owns.has(own) ? slugs.of(text) : own);
    if (own !== undefined) {
      owns.add(own);
    }
  });
}

/**
 * The empty corner of a table is no header: https://www.w3.org/WAI/tutorials/tables/two-headers/
 */
function setCorners(tokens: readonly Token[]): void {
  tokens.forEach((token, at) => {
    if (token.type === 'th_open' && tokens[at + 1]!.content === '') {
      token.tag = tokens[at + 2]!.tag = 'td';
    }
  });
}

/** Removes the paragraphs of badges: the site loads nothing from other hosts. */
function withoutBadges(tokens: readonly Token[]): Token[] {
  const isBadges = (inline?: Token) =>
    inline?.children?.some(
      (child) =>
        child.type === 'image' && /shields\.io|badge\.svg/.test(String(child.attrGet('src'))),
    );
  return tokens.filter((token, at) => {
    const inline = {
      paragraph_open: tokens[at + 1],
      inline: token,
      paragraph_close: tokens[at - 1],
    }[token.type];
    return !isBadges(inline);
  });
}

/**
 * Makes tabs of code in TypeScript that is followed by the same in Python, also if that is folded,
 * as in the README. Code that is in TypeScript only gets a translation.
 */
function withTabs(state: State, { translate }: Options): Token[] {
  const { tokens } = state;
  const result: Token[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at]!;
    const [fold, folded, end] = tokens.slice(at + 1, at + 4);
    if (languageOf(token) !== 'TypeScript') {
      result.push(token);
    } else if (languageOf(fold) === 'Python') {
      result.push(...asTabs(state, [token, fold!]));
      at += 1;
    } else if (
      isFold(fold) &&
      languageOf(folded) === 'Python' &&
      end?.content.trim() === '</details>'
    ) {
      result.push(...asTabs(state, [token, folded!]));
      at += 3;
    } else {
      const translation = translate?.(token.content);
      result.push(
        ...(translation === undefined
          ? [token]
          : asTabs(state, [token, fence(state, 'python', translation)])),
      );
    }
  }
  return result;
}

const languageOf = (token?: Token) =>
  token?.type === 'fence' ? LANGUAGES[token.info.split(' ')[0]!] : undefined;
const isFold = (token?: Token) =>
  token?.type === 'html_block' &&
  /^<details>\s*<summary>[^<]*Python<\/summary>\s*$/.test(token.content);

function fence(state: State, info: string, content: string): Token {
  return Object.assign(new state.Token('fence', 'code', 0), {
    info,
    content,
    markup: '```',
    block: true,
  });
}

/** The tokens that VitePress itself makes of a `::: code-group`. */
function asTabs(state: State, codes: readonly Token[]): Token[] {
  for (const code of codes) {
    code.info = `${code.info.split(' ')[0]} [${languageOf(code)}]`;
  }
  const open = Object.assign(new state.Token('container_code-group_open', 'div', 1), {
    block: true,
  });
  const close = Object.assign(new state.Token('container_code-group_close', 'div', -1), {
    block: true,
  });
  return [open, ...codes, close];
}
