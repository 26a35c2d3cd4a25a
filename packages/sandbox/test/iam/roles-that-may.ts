import type { Policies, Role } from '../../src/iam/policies';
import { matchPrincipal } from '../../src/iam/principals';
import type { Rule } from '../../src/iam/rules';

/**
 * Returns the roles that may perform an action on a resource, or on at least one of the resources
 * that a pattern with `*` matches: `arn:aws:s3:::bucket/archive/*`. As in policies, `${*}` is the
 * character itself. An allow counts with any conditions, and a deny counts only if it has none,
 * because a caller chooses many condition keys of a request itself.
 */
export function findRolesThatMay(policies: Policies, action: string, resource: string): Role[] {
  // What the simulation does not know could allow anything.
  const unknown = [
    ...policies.unknown,
    ...[...policies.roles.values()].flatMap(({ unknownPolicies }) => unknownPolicies),
  ];
  if (unknown.length > 0) {
    throw new Error(`the simulation does not know ${unknown.join(', ')}`);
  }
  return [...policies.roles.values()].filter((role) => {
    const rules = [...role.rules.all, ...rulesOfResources(policies, role)].filter((rule) =>
      rule.matchesAction(action),
    );
    return (
      rules.some((rule) => rule.effect === 'Allow' && mayMatch(rule, resource)) &&
      !rules.some((rule) => isDenied(rule, resource))
    );
  });
}

/** Returns the rules of policies of resources that name this role, or its account. */
function rulesOfResources({ resources }: Policies, { arn, account }: Role): Rule[] {
  const session = { kind: 'role', account, roleArn: arn, arn: `${arn}/simulated` } as const;
  return [...resources.values()]
    .flatMap(({ all }) => all)
    .filter(({ effect, principal }) => {
      const match = principal && matchPrincipal(principal, session);
      // An allow for the account leaves it to the role's own policies.
      return match === 'itself' || (match === 'account' && effect === 'Deny');
    });
}

function isDenied(
  { effect, conditions, resource, matchesResource }: Rule,
  wanted: string,
): boolean {
  return (
    effect === 'Deny' &&
    conditions.length === 0 &&
    !isException(resource) &&
    ['', '\uFFFF\uFFFF'].every((any) => matchesResource(textOf(wanted, any)))
  );
}

/** Returns a text that matches a pattern, with `any` in the place of each wildcard. */
function textOf(pattern: string, any: string): string {
  return tokensOf(pattern)
    .map((token) => ('wildcard' in token ? any : token.character))
    .join('');
}

function mayMatch({ resource }: Rule, wanted: string): boolean {
  return isException(resource) || overlap(tokensOf(resource), tokensOf(wanted));
}

/** Returns true for the text of a NotResource. */
function isException(resource: string): boolean {
  return resource.startsWith('not ');
}

/**
 * Characters, and the wildcards of a policy: `*` and `?`, unless they are written as `${*}` and
 * `${?}`.
 */
type Token = { readonly wildcard: '*' | '?' } | { readonly character: string };

function tokensOf(pattern: string): Token[] {
  return (pattern.match(/\$\{[*?$]\}|./gsu) ?? []).map((part) => {
    if (part === '*' || part === '?') {
      return { wildcard: part };
    }
    return { character: part.length > 2 ? part[2]! : part };
  });
}

/** Returns true if at least one text matches both patterns. */
function overlap(one: readonly Token[], other: readonly Token[]): boolean {
  const isStar = (token: Token | undefined) =>
    token !== undefined && 'wildcard' in token && token.wildcard === '*';
  // reachable[j]: what is before token i of the one, and before token j of the other, can be the
  // same text.
  let reachable = other.map((_, j) => other.slice(0, j).every(isStar)).concat(other.every(isStar));
  for (const token of one) {
    const next: boolean[] = [];
    for (let j = 0; j <= other.length; j++) {
      const before = other[j - 1];
      const alike =
        before !== undefined &&
        ('wildcard' in token || 'wildcard' in before || token.character === before.character);
      next[j] = isStar(token)
        ? reachable[j]! || (j > 0 && next[j - 1]!)
        : isStar(before)
          ? next[j - 1]! || reachable[j]!
          : alike && reachable[j - 1]!;
    }
    reachable = next;
  }
  return reachable[other.length]!;
}
