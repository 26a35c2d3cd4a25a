import type { Problem } from '../../contract/payloads/outcomes';
import { formatCause, formatKey, listItems } from '../text/format';

const MAX_KEYS = 10;

export type ShownProblem = Partial<Problem> &
  Pick<Problem, 'key'> & { readonly destination?: string };

/** The objects are the first ones of all, which are in the ledger. */
export function listProblems(problems: readonly ShownProblem[], total: number): string[] {
  if (problems.length === 0) {
    return [];
  }
  const items = omitRepeatedMessages(problems).map(
    ({ key, code, message }) =>
      `${formatKey(code ?? 'UNKNOWN')} ` +
      `${formatKey(key)}${message ? `\n      ${formatCause(message, 500)}` : ''}`,
  );
  return ['Affected objects:', ...listItems(items, MAX_KEYS, total, ' in the ledger')];
}

/**
 * If several problems have the same message, apart from the object and the request id, only the
 * first one keeps it.
 */
export function omitRepeatedMessages(problems: readonly ShownProblem[]): ShownProblem[] {
  const texts = problems.map((problem) => `${problem.code} ${toSharedMessage(problem)}`);
  return problems.map((problem, index) =>
    texts.indexOf(texts[index]) === index ? problem : { ...problem, message: undefined },
  );
}

/**
 * S3 names the object that it denies, in the ARN of a resource: a thousand denials by one policy
 * have a thousand texts.
 */
function toSharedMessage({ key, destination, message = '' }: ShownProblem): string {
  return [destination, key]
    .reduce<string>((text, name) => (name ? text.replaceAll(name, '*') : text), message)
    .replace(/(arn:[\w-]+:s3:::[^/\s"]+\/)[^"]*"/g, '$1*"')
    .replace(/\(request [^)]*\)/, '');
}
