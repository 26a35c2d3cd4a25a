const toSnakeCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/**
 * Returns code for a message after the given words, if the language of the app is TypeScript, JavaScript, for which jsii says nothing, or
 * Python, for which it says such as `Python/3.12.1`. For other languages it would be wrong.
 * @param code an expression in TypeScript that has no other braces and strings than those of Python's keyword arguments and strings
 * @see https://github.com/aws/jsii/blob/main/packages/%40jsii/python-runtime/src/jsii/_kernel/providers/process.py
 */
export function inAppLanguage(words: string, code: string): string {
  const agent = process.env.JSII_AGENT;
  if (!agent) { return words + code; }
  if (!/^Python\b/i.test(agent)) { return ''; }
  return words + code
    .replace(/\bnew |\{ | \}/g, '')
    .replace(/\b([a-z]\w*): /g, (_, name: string) => `${toSnakeCase(name)}=`)
    .replace(/\.([a-z]\w*)/g, (_, name: string) => `.${toSnakeCase(name)}`)
    .replace(/\btrue\b/g, 'True')
    .replace(/'/g, '"');
}
