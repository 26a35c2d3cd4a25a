/** The commands that pages tell their readers to type. */
import { PAGES, readPage } from '../pages/links';

export interface Command {
  readonly page: string;
  readonly text: string;
}

/** A line each, without comments. A fence with a loop is one command. */
export function readCommands(): Command[] {
  return PAGES.flatMap((page) =>
    fencesOf(readPage(page)).flatMap((fence) => {
      const code = fence.replace(/\\\n\s*/g, '');
      const commands = /^for /m.test(code) ? [code] : code.split('\n');
      return commands.map(withoutComment).flatMap((text) => (text ? [{ page, text }] : []));
    }),
  );
}

function fencesOf(markdown: string): string[] {
  const fences = markdown.matchAll(/^( *)```(?:sh|bash|console)\b[^\n]*\n(.*?)^ *```$/gms);
  return [...fences].map(([, indent, code]) => code.replace(new RegExp(`^${indent}`, 'gm'), ''));
}

function withoutComment(line: string): string {
  return line
    .replace(/(^|\s+)# .*$/, '')
    .replace(/^\$ /, '')
    .trim();
}
