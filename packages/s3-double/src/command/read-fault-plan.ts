import { FAULT_KINDS, type FaultKind, type FaultPlan, type FaultRule } from '../faults/faults';
import { SERVED } from '../server/routes';

const KINDS = Object.keys(FAULT_KINDS);
const SEED = 1;
const PLAN_FIELDS: Record<keyof FaultPlan, true> = { seed: true, rules: true };
const RULE_FIELDS: Record<keyof FaultRule, true> = {
  kind: true,
  probability: true,
  operations: true,
  bucket: true,
  keyPrefix: true,
  limit: true,
  ms: true,
  executed: true,
};

/**
 * Reads a fault plan as a person types it: `SlowDown=0.02,ErrorIn200:CopyObject=5%,seed=7`, or as
 * JSON for everything that a rule can say. Rejects rules that would never apply, or always.
 */
export function readFaultPlan(text: string): FaultPlan {
  const plan = text.trimStart().startsWith('{') ? readJson(text) : readShort(text);
  demandFields(plan, PLAN_FIELDS);
  if (typeof plan.seed !== 'number' || !Array.isArray(plan.rules)) {
    throw new Error(`--faults is '${text}', but must have a number 'seed' and a list 'rules'`);
  }
  plan.rules.forEach(checkRule);
  return plan as FaultPlan;
}

function readJson(text: string): Partial<FaultPlan> {
  try {
    return JSON.parse(text) as Partial<FaultPlan>;
  } catch {
    throw new Error(`--faults is '${text}', which is not JSON`);
  }
}

function readShort(text: string): Partial<FaultPlan> {
  let seed: number = SEED;
  const rules = text.split(',').flatMap((part): FaultRule[] => {
    const [, kind, operation, amount, percent] =
      /^\s*(\w+)(?::(\w+))?=([\d.]+)(%?)\s*$/.exec(part) ?? [];
    if (kind === undefined || Number.isNaN(Number(amount))) {
      throw new Error(
        `--faults has '${part}', but must have KIND=PROBABILITY or KIND:OPERATION=PROBABILITY, ` +
          'as SlowDown=0.05 or ErrorIn200:CopyObject=5%',
      );
    }
    if (kind === 'seed') {
      seed = Number(amount);
      return [];
    }
    return [
      {
        kind: kind as FaultKind,
        probability: Number(amount) / (percent ? 100 : 1),
        ...(operation === undefined ? {} : { operations: [operation] }),
        ...(kind === 'Latency' ? { ms: DEFAULT_LATENCY_MS } : {}),
      },
    ];
  });
  return { seed, rules };
}

/** In the short form there is no place for it. */
const DEFAULT_LATENCY_MS = 200;

function checkRule(rule: Partial<FaultRule> | null): void {
  demandFields(rule ?? {}, RULE_FIELDS);
  demandName('kind', rule?.kind, KINDS);
  for (const operation of [rule?.operations ?? []].flat()) {
    demandName('operation', operation, SERVED);
  }
  if (typeof rule?.probability !== 'number' || !(rule.probability >= 0 && rule.probability <= 1)) {
    throw new Error(
      `--faults has the probability '${rule?.probability}', but must have a number from 0 to 1, ` +
        'or a percentage such as 2%',
    );
  }
  if (rule.executed !== undefined && typeof rule.executed !== 'boolean') {
    throw new Error(
      `--faults has 'executed' ${JSON.stringify(rule.executed)}, but must have true or false`,
    );
  }
}

/** A misspelled field would otherwise widen a rule without a word. */
function demandFields(given: object, known: object): void {
  for (const field of Object.keys(given)) {
    if (!(field in known)) {
      throw new Error(
        `--faults has the field '${field}', but must have only ${Object.keys(known).join(', ')}`,
      );
    }
  }
}

function demandName(what: string, name: unknown, names: readonly string[]): void {
  if (!names.includes(name as string)) {
    throw new Error(`--faults has the ${what} '${name}', but must have one of ${names.join(', ')}`);
  }
}
