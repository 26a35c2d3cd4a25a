import {
  type Condition,
  type ConditionKeys,
  holds,
  isKnown,
  type Matcher,
  toActionPattern,
  toConditions,
  toPattern,
} from 'cdk-s3-dated-archiver-s3-double';
import { type Caller, matchPrincipal, type Principal } from './principals';
import { isObject, toList } from '../common/json';

/**
 * One action pattern on one resource pattern of a statement: the smallest part that can be removed
 * from a policy.
 */
export interface Rule {
  readonly effect: 'Allow' | 'Deny';
  /** As written in the policy; for NotAction and NotResource, all exceptions. */
  readonly action: string;
  readonly resource: string;
  readonly conditions: readonly Condition[];
  readonly matchesAction: Matcher;
  readonly matchesResource: Matcher;
  /** Set in policies of resources. */
  readonly principal?: Principal;
}

/**
 * The rules of a policy document. Statements whose conditions the sandbox cannot evaluate are left
 * out and reported.
 */
export function toRules(
  document: unknown,
  unknown: (what: string) => void = () => undefined,
): Rule[] {
  return toList(isObject(document) ? document.Statement : undefined).flatMap((statement) => {
    if (!isObject(statement)) {
      return [];
    }
    const conditions = toConditions(statement.Condition);
    const strange = conditions.find((condition) => !isKnown(condition));
    if (strange) {
      unknown(`${String(statement.Effect)} with ${strange.operator} of ${strange.key}`);
      return [];
    }
    const effect = statement.Effect === 'Deny' ? ('Deny' as const) : ('Allow' as const);
    const principal =
      statement.NotPrincipal !== undefined
        ? { excepted: statement.NotPrincipal }
        : statement.Principal !== undefined
          ? { named: statement.Principal }
          : undefined;
    return toActions(statement).flatMap((action) =>
      toResources(statement).map((resource) => ({
        effect,
        conditions,
        principal,
        action: action.text,
        matchesAction: action.matches,
        resource: resource.text,
        matchesResource: resource.matches,
      })),
    );
  });
}

interface Pattern {
  readonly text: string;
  readonly matches: Matcher;
}

function toActions(statement: Record<string, unknown>): Pattern[] {
  return toPatterns(statement.Action, statement.NotAction, toActionPattern);
}

/** A trust policy has no resource: it belongs to its role. */
function toResources(statement: Record<string, unknown>): Pattern[] {
  return toPatterns(
    statement.Resource ?? (statement.NotResource === undefined ? '*' : undefined),
    statement.NotResource,
    toPattern,
  );
}

function toPatterns(
  named: unknown,
  excepted: unknown,
  compile: (text: string) => Matcher,
): Pattern[] {
  if (named !== undefined) {
    return toList(named)
      .map(String)
      .map((text) => ({ text, matches: compile(text) }));
  }
  const all = toList(excepted).map(String).map(compile);
  return [
    {
      text: `not ${toList(excepted).join(' ')}`,
      matches: (text) => !all.some((matches) => matches(text)),
    },
  ];
}

/** What a policy decides about a request. */
export interface Verdict {
  readonly denied: boolean;
  /** Rules that allow it. */
  readonly allowing: readonly Rule[];
  /** Rules that delegate to the identity policies of the caller's account. */
  readonly delegating: readonly Rule[];
}

const NOTHING: readonly Rule[] = [];

/** The rules of one role, or of one resource's policy. */
export class RuleSet {
  private readonly byAction = new Map<string, readonly Rule[]>();

  constructor(private rules: readonly Rule[]) {}

  get all(): readonly Rule[] {
    return this.rules;
  }

  /** Removes a rule until the returned function is called. */
  revoke(rule: Rule): () => void {
    const before = this.rules;
    this.replace(before.filter((each) => each !== rule));
    return () => this.replace(before);
  }

  /** @param keys evaluated only if a condition uses them, which most requests avoid */
  judge(action: string, resource: string, keys: () => ConditionKeys, caller?: Caller): Verdict {
    let denied = false;
    let allowing = NOTHING;
    let delegating = NOTHING;
    for (const rule of this.forAction(action)) {
      if (!rule.matchesResource(resource)) {
        continue;
      }
      const match = caller && rule.principal ? matchPrincipal(rule.principal, caller) : 'itself';
      if (match === undefined || !rule.conditions.every((condition) => holds(condition, keys()))) {
        continue;
      }
      if (rule.effect === 'Deny') {
        denied = true;
      } else if (match === 'itself') {
        allowing = [...allowing, rule];
      } else {
        delegating = [...delegating, rule];
      }
    }
    return { denied, allowing, delegating };
  }

  private forAction(action: string): readonly Rule[] {
    let rules = this.byAction.get(action);
    if (!rules) {
      rules = this.rules.filter((rule) => rule.matchesAction(action));
      this.byAction.set(action, rules);
    }
    return rules;
  }

  private replace(rules: readonly Rule[]): void {
    this.rules = rules;
    this.byAction.clear();
  }
}
