import { createHash } from 'node:crypto';
import type { InvocationHook } from 'cdk-s3-dated-archiver-engine';
import { UsageError } from '../common/errors';
import { isObject } from '../common/json';

const KIND = 'FunctionTimeout';
/** The functions of an archiver, as the construct names them. */
const FUNCTIONS = [
  'PlanRun',
  'ListObjects',
  'ArchiveBatch',
  'VerifyBatch',
  'RestoreBatch',
  'ReportRun',
  'ExplainFailure',
];

export const FUNCTION_TIMEOUT_HELP = `
  ${KIND}  an invocation of a function ends as if its time had passed,
                   as in --faults ${KIND}:ArchiveBatch=0.5`;

interface Rule {
  readonly functions?: readonly string[];
  readonly probability: number;
}

export interface SplitFaults {
  /** What is left for S3; undefined if nothing is. */
  readonly faults?: string;
  readonly onInvoke?: (invocation: InvocationHook) => void;
}

/**
 * Takes the faults of functions out of a fault plan, as a person types it or as JSON. S3 knows the
 * other ones.
 */
export function splitFunctionTimeouts(text: string): SplitFaults {
  if (!text.includes(KIND)) {
    return { faults: text };
  }
  return text.trimStart().startsWith('{') ? splitJson(text) : splitShort(text);
}

function splitShort(text: string): SplitFaults {
  const isOurs = (part: string) => part.trim().startsWith(KIND);
  const rules = text
    .split(',')
    .filter(isOurs)
    .map((part): Rule => {
      const [, name, amount, percent] = /^\s*\w+(?::(\w+))?=([\d.]+)(%?)\s*$/.exec(part) ?? [];
      return {
        functions: name === undefined ? undefined : [name],
        probability: Number(amount) / (percent ? 100 : 1),
      };
    });
  const others = text.split(',').filter((part) => !isOurs(part));
  const seed = others.flatMap((part) => /^\s*seed=(\d+)\s*$/.exec(part)?.[1] ?? [])[0] ?? '1';
  const hasOthers = others.some((part) => !/^\s*seed=/.test(part));
  return { faults: hasOthers ? others.join(',') : undefined, onInvoke: timeOut(rules, seed) };
}

function splitJson(text: string): SplitFaults {
  const plan: unknown = JSON.parse(text);
  if (!isObject(plan) || !Array.isArray(plan.rules)) {
    return { faults: text };
  }
  const isOurs = (rule: unknown) => isObject(rule) && rule.kind === KIND;
  const rules = (plan.rules as unknown[]).filter(isOurs).map((rule): Rule => {
    const {
      kind: _,
      functions,
      probability,
      ...unknown
    } = rule as unknown as Rule & { kind: string };
    for (const field of Object.keys(unknown)) {
      throw new UsageError(
        `--faults has the field '${field}' in a rule of ${KIND}, but must have only kind, ` +
          'functions, probability',
      );
    }
    return { functions, probability };
  });
  const others = (plan.rules as unknown[]).filter((rule) => !isOurs(rule));
  return {
    faults: others.length > 0 ? JSON.stringify({ ...plan, rules: others }) : undefined,
    onInvoke: timeOut(rules, String(plan.seed)),
  };
}

/**
 * Whether an invocation meets a fault depends on the seed and on how many of its function came
 * before.
 */
function timeOut(rules: readonly Rule[], seed: string): (invocation: InvocationHook) => void {
  for (const { functions = [], probability } of rules) {
    if (!(probability >= 0 && probability <= 1)) {
      throw new UsageError(
        `--faults has the probability '${probability}' for ${KIND}, but must have a number from ` +
          '0 to 1, or a percentage such as 2%',
      );
    }
    const unknown = functions.find((name) => !FUNCTIONS.includes(name));
    if (unknown !== undefined) {
      throw new UsageError(
        `--faults has the function '${unknown}', but must have one of ${FUNCTIONS.join(', ')}`,
      );
    }
  }
  return ({ logicalId, n, timeOut: end }) => {
    const name = FUNCTIONS.find((each) => logicalId.includes(`${each}Function`));
    const uniform =
      createHash('sha256').update(`${seed}/${name}/${n}`).digest().readUInt32BE() / 2 ** 32;
    if (
      rules.some(
        ({ functions, probability }) =>
          uniform < probability && (functions?.includes(name!) ?? name !== undefined),
      )
    ) {
      end();
    }
  };
}
