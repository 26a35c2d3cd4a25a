/** HTML templates. Each value is escaped, unless it is the HTML of another template. */
import { escapeUnprintable } from './escape';

export class Html {
  constructor(readonly text: string) {}
}

/** `undefined` and `false` produce nothing. */
export type HtmlValue = Html | string | number | undefined | false | readonly HtmlValue[];

export function html(strings: TemplateStringsArray, ...values: HtmlValue[]): Html {
  return new Html(strings.map((text, index) => text + toText(values[index])).join(''));
}

function toText(value: HtmlValue): string {
  if (value === undefined || value === false) {
    return '';
  }
  if (value instanceof Html) {
    return value.text;
  }
  if (typeof value === 'object') {
    return value.map(toText).join('');
  }
  return escapeUnprintable(String(value)).replace(
    /[&<>"'`]/g,
    (character) => `&#${character.charCodeAt(0)};`,
  );
}
