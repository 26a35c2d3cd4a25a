/** HTML that cannot be forged: what a template puts in is escaped, unless it is HTML of another template. */
import { printable } from './format';

export class Html {
  constructor(readonly text: string) {}
}

/** `undefined` and `false` leave nothing. */
export type HtmlValue = Html | string | number | undefined | false | readonly HtmlValue[];

export function html(strings: TemplateStringsArray, ...values: HtmlValue[]): Html {
  return new Html(strings.map((text, index) => text + textOf(values[index])).join(''));
}

function textOf(value: HtmlValue): string {
  if (value === undefined || value === false) { return ''; }
  if (value instanceof Html) { return value.text; }
  if (typeof value === 'object') { return value.map(textOf).join(''); }
  return printable(String(value)).replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);
}
