import MarkdownIt, { type Token } from 'markdown-it';

/**
 * A step of a document's reader, who writes the files that it shows and types its commands, in
 * their order.
 */
export type Step =
  | { readonly kind: 'command'; readonly text: string }
  | { readonly kind: 'file'; readonly name: string; readonly content: string }
  /** A line that the commands so far have printed. */
  | { readonly kind: 'output'; readonly line: string };

/**
 * Returns the steps of one section of Markdown. The fence of a file has the file's name after the
 * language.
 */
export function readSteps(markdown: string, heading: string): Step[] {
  const fences = readSection(markdown, heading).filter(({ type }) => type === 'fence');
  return fences.flatMap(({ info, content }): Step[] => {
    const [language, name] = info.split(' ');
    if (name) {
      return [{ kind: 'file', name, content }];
    }
    const lines = content.trim().split('\n');
    if (language === 'sh') {
      return lines.map((text) => ({ kind: 'command', text }));
    }
    if (language === 'text') {
      return lines.map((line) => ({ kind: 'output', line }));
    }
    throw new Error(
      `the section ${heading} has a fence of ${language} without a name: give it one, as ` +
        `\`\`\`${language} app.${language}`,
    );
  });
}

/** Returns the tokens between a heading of the second level and the next one. */
function readSection(markdown: string, heading: string): Token[] {
  const tokens = new MarkdownIt({ html: true }).parse(markdown, {});
  const starts = tokens.flatMap(({ type, tag }, index) =>
    type === 'heading_open' && tag === 'h2' ? [index] : [],
  );
  const start = starts.find((index) => tokens[index + 1].content === heading);
  if (start === undefined) {
    throw new Error(`there is no section '## ${heading}'`);
  }
  return tokens.slice(
    start,
    starts.find((index) => index > start),
  );
}

/** Puts figures into their place in the document. */
export function withFigures(markdown: string, heading: string, figures: string): string {
  const place = new RegExp(`(<!-- figures: ${heading} -->\n)[^]*?(<!-- end -->)`);
  if (!place.test(markdown)) {
    throw new Error(`there is no place '<!-- figures: ${heading} -->'`);
  }
  return markdown.replace(place, (_, begin: string, end: string) => `${begin}${figures}\n${end}`);
}

/**
 * Before a release, replaces the packages that a command installs with the packages that were built
 * here, by package name.
 */
export function withBuiltPackages(
  command: string,
  built: Readonly<Record<string, string>>,
): string {
  if (!/^(npm|pip) install /.test(command)) {
    return command;
  }
  return command
    .split(' ')
    .map((word) => built[`${command.slice(0, 3)}:${word}`] ?? word)
    .join(' ');
}
