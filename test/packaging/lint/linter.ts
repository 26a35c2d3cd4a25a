import * as path from 'node:path';
import { loadESLint } from 'eslint';

export const ROOT = path.resolve(__dirname, '../../..');

export type Lint = (file: string, text: string) => Promise<string[]>;

/** Lints texts as if they were files below a folder, and returns the rules that they break. */
export async function linterFor(cwd: string): Promise<Lint> {
  const ESLint = await loadESLint({ useFlatConfig: false });
  // Without a project, rules about types cannot run. None of the tested rules is about types.
  const untyped = Object.fromEntries(
    ['no-floating-promises', 'return-await'].map((rule) => [
      `@typescript-eslint/${rule}`,
      'off' as const,
    ]),
  );
  const eslint = new ESLint({
    cwd,
    overrideConfig: { parserOptions: { project: null }, rules: untyped },
  });
  return async (file, text) => {
    const [{ messages }] = await eslint.lintText(text, { filePath: path.join(cwd, file) });
    // The order of imports is not tested here.
    return messages
      .map(({ ruleId, message }) => ruleId ?? message)
      .filter((rule) => rule !== 'import/order');
  };
}
