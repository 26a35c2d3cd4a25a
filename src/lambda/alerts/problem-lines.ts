/** The objects that were not archived, as lines of an alert. */
import type { Problem } from '../../contract/payloads';
import { formatCause, formatKey, listLines } from '../text/format';

const MAX_KEYS = 10;

type ShownProblem = Partial<Problem> & Pick<Problem, 'key'>;

/**
 * @param problems the first problems
 * @param total how many there are; the ledger has all of them
 */
export function listProblems(problems: readonly ShownProblem[], total: number): string[] {
  if (problems.length === 0) { return []; }
  const messages = omitRepeatedMessages(problems);
  const lines = problems.map(({ key, code }, index) => {
    const message = messages[index];
    return `  ${formatKey(code ?? 'UNKNOWN')} ${formatKey(key)}${message ? `\n      ${formatCause(message, 500)}` : ''}`;
  });
  return ['Affected objects:', ...listLines(lines, MAX_KEYS, total).map((line) => (line.startsWith(' ') ? line : `  ${line} in the ledger`))];
}

/**
 * The messages of problems. If several objects have the same message, apart from the request id, only the first of them
 * keeps it.
 */
export function omitRepeatedMessages(problems: readonly ShownProblem[]): (string | undefined)[] {
  const seen = new Set<string>();
  return problems.map(({ code, message = '' }) => {
    const text = `${code} ${message.replace(/\(request [^)]*\)/, '')}`;
    if (seen.has(text)) { return undefined; }
    seen.add(text);
    return message || undefined;
  });
}
