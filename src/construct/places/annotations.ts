import { Annotations, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

const toldIn = new WeakMap<Stack, Map<string, Construct>>();

/**
 * Adds a note to an archiver. If several archivers of a stack have the same note, only the first
 * one shows it.
 */
export function addInfo(scope: Construct, id: string, text: string): void {
  const stack = Stack.of(scope);
  const told = toldIn.get(stack) ?? new Map<string, Construct>();
  toldIn.set(stack, told);
  if (!told.has(text)) {
    told.set(text, scope);
  }
  if (told.get(text) === scope) {
    Annotations.of(scope).addInfoV2(id, text);
  }
}

/**
 * Does something when the app is synthesized: what an app adds after the archiver is known only
 * then.
 */
export function atSynth(scope: Construct, work: () => void): void {
  scope.node.addValidation({
    validate: () => {
      work();
      return [];
    },
  });
}

const toSnakeCase = (name: string) =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/**
 * Returns code for a message after the given words, if the language of the app is TypeScript,
 * JavaScript, for which jsii says nothing, or Python, for which it says such as `Python/3.12.1`.
 * For other languages it would be wrong.
 * @param code an expression in TypeScript that has no other braces and strings than those of
 * Python's keyword arguments and strings
 * @see
 * https://github.com/aws/jsii/blob/main/packages/%40jsii/python-runtime/src/jsii/_kernel/providers/process.py
 */
export function inAppLanguage(words: string, code: string): string {
  const agent = process.env.JSII_AGENT;
  if (!agent) {
    return words + code;
  }
  if (!/^Python\b/i.test(agent)) {
    return '';
  }
  return (
    words +
    code
      .replace(/\bnew |\{ | \}/g, '')
      .replace(/\b([a-z]\w*): /g, (_, name: string) => `${toSnakeCase(name)}=`)
      .replace(/\.([a-z]\w*)/g, (_, name: string) => `.${toSnakeCase(name)}`)
      .replace(/\btrue\b/g, 'True')
      .replace(/'/g, '"')
  );
}
